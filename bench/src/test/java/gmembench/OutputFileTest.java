// SPDX-License-Identifier: Apache-2.0
package gmembench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is at the target stays what it is, and no file is ever seen half-written. */
class OutputFileTest {
  @TempDir private Path folder = Path.of("");

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void theTargetOfALinkIsReplacedAndNotTheLink() throws IOException {
    Path target = file("target", "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
    OutputFile.write(link, "new");
    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nothing"));
    assertThatThrownBy(() -> OutputFile.write(dangling, "new"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dangling: cannot be written (no such file");
    assertThat(dangling).isSymbolicLink();
  }

  @Test
  void aPipeIsWrittenTo() throws IOException, InterruptedException {
    Host.toolOrSkip("mkfifo");
    Path pipe = folder.resolve("pipe");
    assertThat(sh("mkfifo " + pipe)).isZero();
    Process reader = new ProcessBuilder("cat", pipe.toString()).start();
    OutputFile.write(pipe, "text");
    assertThat(sh("test -p " + pipe)).as("else nothing would ever be read").isZero();
    assertThat(reader.inputReader().readLine()).isEqualTo("text");
    assertThat(OutputFile.isStream(pipe)).isTrue();
  }

  /** Copies of /dev/null and /dev/full: a test that fails destroys these and not the host's. */
  @Tag("root")
  @Test
  void devicesAreWrittenToAndStay() throws IOException, InterruptedException {
    Host.rootOrSkip();
    if (sh("cd " + folder + " && mknod null c 1 3 && mknod full c 1 7 && : >null") != 0) {
      throw Host.skip("no devices can be made here");
    }
    Path devNull = folder.resolve("null");
    Path full = folder.resolve("full");
    OutputFile.write(devNull, "text");
    assertThatThrownBy(() -> OutputFile.write(full, "text"))
        .isInstanceOf(NotComparableException.class)
        .hasMessage(full + ": cannot be written (No space left on device)");
    assertThat(sh("cd " + folder + " && test -c null -a -c full")).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void whatFailsHalfwayLeavesWhatWasThere() throws IOException {
    Path file = file("file", "old");
    assertThatThrownBy(() ->
            OutputFile.write(
                file,
                out -> {
                  out.write('n');
                  throw new IOException("No space left on device");
                }))
        .isInstanceOf(NotComparableException.class);
    assertThat(file).hasContent("old");
    assertThat(folder.resolve("file.part")).doesNotExist();
    file("file.part", "of a killed process");
    OutputFile.write(file, "new");
    assertThat(file).hasContent("new");
    assertThat(folder.resolve("file.part")).doesNotExist();
  }

  /** A results folder is a stranger's: neither its links nor its names lead out of it. */
  @ParameterizedTest
  @ValueSource(strings = {"env.csv", "env.csv.part", "charts", "../victim", "charts/../../victim"})
  void nothingLeadsOutOfAFolder(String name) throws IOException {
    Path victim = file("victim", "old");
    Path results = Files.createDirectory(folder.resolve("results"));
    boolean isLink = !name.contains("..");
    if (isLink) {
      Files.createSymbolicLink(results.resolve(name), name.equals("charts") ? folder : victim);
    }
    String written = name.equals("charts") ? "charts/victim" : name.replace(".part", "");
    assertThatThrownBy(() -> OutputFile.writeIn(results, written, "new"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(", expected ");
    if (name.equals("env.csv")) {
      assertThatThrownBy(() -> OutputFile.appendIn(results, name).close())
          .isInstanceOf(InputException.class);
    }
    assertThat(victim).hasContent("old");
    assertThat(isLink).isEqualTo(Files.isSymbolicLink(results.resolve(name)));
  }

  private static int sh(String command) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", command).start().waitFor();
  }
}
