// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.InputException;
import gmembench.engine.Block;

/**
 * The same replay in C (bench/c/replay.c), as a process that waits for a command to run: so that
 * rounds of Java and C alternate on the same machine in the same minute.
 */
public final class CLoop implements AutoCloseable {
  private final Path folder;
  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  private CLoop(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
    this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts the program on a block's trace: the one that lies beside its source ready-made, or else
   * what gcc -O2 makes of the source.
   */
  public static CLoop start(Path source, Block block) {
    try {
      Path folder = Files.createTempDirectory("gmembench-c");
      Path made = source.resolveSibling("replay");
      Path program = Files.isExecutable(made) ? made : folder.resolve("replay");
      Path trace = folder.resolve("trace.csv");
      gmembench.trace.TraceFile.write(block.workload().trace(), trace);
      if (!program.equals(made)) {
        run("gcc", "-O2", "-Wall", "-o", program.toString(), source.toString());
      }
      String bytes = Long.toString(block.workload().guest().bytes());
      Process process =
          new ProcessBuilder(program.toString(), trace.toString(), bytes)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new CLoop(folder, process);
    } catch (IOException e) {
      throw new InputException("gcc", "cannot be run (" + e.getMessage() + ")", "a C compiler");
    }
  }

  private static void run(String... command) throws IOException {
    try {
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (code != 0) {
        throw new IOException(String.join(" ", command) + " gave " + code);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** One replay; {@code mode} is bare or timed. Returns its ns. */
  public long replayNs(String mode) {
    try {
      commands.write(mode + "\n");
      commands.flush();
      return Long.parseLong(String.valueOf(answers.readLine()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try (var files = Files.list(folder)) {
      files.forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      // a temporary folder that cannot be listed is left to the system
    }
    folder.toFile().delete();
  }
}
