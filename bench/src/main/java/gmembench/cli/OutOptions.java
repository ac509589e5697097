// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.OutputFile;
import gmembench.result.Host;
import gmembench.result.Repetition.Status;
import gmembench.result.Samples;
import gmembench.run.Home;
import gmembench.run.Shard;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where results go, how they came about, and what is printed when they are there. */
final class OutOptions {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(names = "--out", paramLabel = "DIR", description = "A new folder; default out/NAME-TIME.")
  private @Nullable Path out;

  boolean isNamed() {
    return out != null;
  }

  /** The folder that was asked for, or a new one named after a workload, a suite or a command. */
  Path folder(String name) {
    return out != null ? out : fresh(name);
  }

  static Path fresh(String name) {
    String file = String.valueOf(Path.of(name).getFileName());
    String plain = file.replaceFirst("\\.(toml|csv|csv\\.gz)$", "");
    return Path.of("out", plain + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIME));
  }

  /** The command as typed, but for the launcher's path. */
  String commandLine() {
    return commandLine(spec);
  }

  static String commandLine(CommandSpec spec) {
    return "gmembench "
        + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }

  /** The host's facts and the command, to which others may be added. */
  Map<String, String> facts(Home home) {
    Map<String, String> facts = Host.facts(home.folder());
    facts.put("command", commandLine());
    return facts;
  }

  /** What is to be known of a run apart from its results. */
  void remark(String line) {
    remark(line, spec);
  }

  /** Says what is to be known, if anything is. */
  static void remark(String line, CommandSpec spec) {
    if (!line.isEmpty()) {
      spec.commandLine().getErr().println(line);
    }
  }

  /** Prints a table and where the rest is. */
  void print(Object table, Path folder) {
    spec.commandLine().getOut().print(table);
    spec.commandLine().getOut().println("results: " + folder);
  }

  /** Prints where something was written, if that is a file and not perhaps this very output. */
  static void printPath(Path file, CommandSpec spec) {
    if (!OutputFile.isStream(file)) {
      spec.commandLine().getOut().println(file);
    }
  }

  /** Incomplete: a repetition failed, or no cell of a whole plan gave any. */
  static int exitCode(Samples samples, Shard shard) {
    boolean anyFailed = samples.entries().stream().anyMatch(e -> e.status() == Status.FAILED);
    boolean anyRan = samples.entries().stream().anyMatch(e -> e.status() == Status.OK);
    return anyFailed || (!anyRan && shard.equals(Shard.WHOLE)) ? 3 : 0;
  }
}
