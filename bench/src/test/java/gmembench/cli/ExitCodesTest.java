// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Host;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an exit code means, above all that 1 is a regression and nothing else. */
class ExitCodesTest {
  @TempDir private Path folder = Path.of("");

  /** Standard output that gives an error whenever it is written to. */
  private static InProcess into(Throwable error, String... arguments) {
    Writer broken =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            switch (error) {
              case IOException e -> throw e;
              case RuntimeException e -> throw e;
              case Error e -> throw e;
              default -> throw new AssertionError(error);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    StringWriter err = new StringWriter();
    return new InProcess(Main.execute(arguments, broken, err), "", err.toString());
  }

  @Test
  void anErrorOfStandardOutputIsOneButForAClosedPipe() {
    InProcess full = into(new IOException("No space left on device"), "list");
    assertThat(full.code()).isEqualTo(3);
    assertThat(full.err())
        .isEqualTo("standard output: cannot be written (No space left on device)\n");
    InProcess closed = into(new IOException("Broken pipe"), "list");
    assertThat(closed.code()).isZero();
    assertThat(closed.err()).isEmpty();
  }

  @Test
  void anInternalErrorIsOneLineAndCode4() {
    InProcess wrong = into(new IllegalStateException("two\nlines"), "list");
    assertThat(wrong.code()).isEqualTo(4);
    assertThat(wrong.err())
        .startsWith("internal error: java.lang.IllegalStateException: two?lines at gmembench.")
        .hasLineCount(1);
    assertThat(into(new StackOverflowError(), "list").code()).isEqualTo(4);
    InProcess traced = into(new IllegalStateException("why"), "list", "--debug");
    assertThat(traced.code()).isEqualTo(4);
    assertThat(traced.err()).contains("\tat gmembench.cli.ExitCodesTest");
  }

  @Test
  void outOfMemoryIsOneLine() {
    InProcess much = into(new OutOfMemoryError("Java heap space"), "list");
    assertThat(much.code()).isEqualTo(3);
    assertThat(much.err()).startsWith("out of memory (Java heap space): ").hasLineCount(1);
  }

  /** Escape sequences of arguments, and names of files, do not reach the terminal. */
  @Test
  void nothingSteersTheTerminal() throws IOException {
    StringWriter shown = new StringWriter();
    new PrintWriter(new PlainText(shown)).print("a\u001b[31m\r\n\tb\u202e\u009b\u007f\u00e9");
    assertThat(shown.toString()).isEqualTo("a?[31m?\n\tb???\u00e9");
    InProcess unknown = InProcess.gmembench("run", "\u001b[31m\u009b2J\u202eevil\r");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).startsWith("?[31m?2J?evil?: unknown workload").hasLineCount(1);
    for (String name : List.of("=1+1", "@a", "-a", "+a", "a\nb", "a\u001bb", "a".repeat(201))) {
      Path own = folder.resolve(name + ".toml");
      if (name.length() < 200) {
        Files.copy(Checkout.path("workloads/kvm-clock.toml"), own);
        InProcess run = InProcess.gmembench("run", own.toString(), "--engine", "model");
        assertThat(run.code()).as(name).isEqualTo(2);
        assertThat(run.err()).as(name).contains("expected a name ").hasLineCount(1);
      }
      InProcess label = InProcess.gmembench("run", "kvm-clock", "--run=" + name);
      assertThat(label.code()).as(name).isEqualTo(2);
      assertThat(label.err()).as(name).startsWith("--run: ").hasLineCount(1);
    }
  }

  /** What would never end, or wait for ever. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run IN.toml | is not a regular file",
        "run kvm-clock --costs IN.toml | is not a regular file",
        "calibrate --from IN.toml -o OUT.toml | is not a regular file"
      })
  void pipesAndFoldersAreRefused(String command, String said)
      throws IOException, InterruptedException {
    Host.toolOrSkip("mkfifo");
    Path in = folder.resolve("in.toml");
    new ProcessBuilder("mkfifo", in.toString()).start().waitFor();
    String all = command.replace("IN.toml", in.toString()).replace("OUT", folder + "/out");
    InProcess run = InProcess.gmembench(all.split(" "));
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(said).hasLineCount(1);
  }

  /** The launcher: a JVM that cannot start says so on stderr, and gives no code of ours. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "GMEMBENCH_HEAP=1k, 4",
    "GMEMBENCH_HEAP=99999t, 4",
    "GMEMBENCH_HEAP=much, 2",
    "GMEMBENCH_JAVA_OPTS=-Xbogus, 4",
    "GMEMBENCH_JAVA_OPTS=-Dgood=1, 0"
  })
  void aJvmThatCannotStartIsCode4(String setting, int code)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("env", setting));
    command.addAll(List.of(Checkout.path("scripts/gmembench").toString(), "--version"));
    Path err = folder.resolve("err");
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(err)).isEqualTo(code);
    assertThat(out.isEmpty()).isEqualTo(code != 0);
    assertThat(Files.readString(err).isEmpty()).isEqualTo(code == 0);
  }
}
