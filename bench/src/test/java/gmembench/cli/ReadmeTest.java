// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every command in the README runs, in its order, and the output shown there is the output. */
class ReadmeTest {
  private static final Path HOME = Path.of(System.getProperty("gmembench.home"));
  private static final String LAUNCHER = "scripts/gmembench ";

  @TempDir static Path folder;

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    boolean shell = false;
    for (String line : Files.readAllLines(HOME.resolve("README.md"))) {
      shell = line.startsWith("```") ? line.equals("```sh") : shell;
      if (shell && line.startsWith(LAUNCHER)) {
        commands.add(line.substring(LAUNCHER.length()));
      }
    }
    return commands;
  }

  @TestFactory
  Stream<DynamicTest> everyCommandRuns() throws IOException {
    assertThat(commands()).hasSizeGreaterThan(5);
    return commands().stream().map(c -> DynamicTest.dynamicTest(c, () -> run(c)));
  }

  private static void run(String command) {
    boolean isCLoop = command.startsWith("c-loop");
    assumeThat(!isCLoop || Files.isExecutable(Path.of("/usr/bin/gcc"))).as("no gcc").isTrue();
    String[] arguments =
        Arrays.stream(command.split(" ", -1))
            .map(a -> a.startsWith("out/") ? folder.resolve(a).toString() : a)
            .map(a -> a.startsWith("workloads/") ? HOME.resolve(a).toString() : a)
            .toArray(String[]::new);
    InProcess run = InProcess.gmembench(arguments);
    // compare says 1 if this host was slower in one of the runs, validate if it was since it was
    // calibrated, which is no fault of the command
    assertThat(run.code())
        .as(run.err())
        .isIn(command.matches("(compare|validate) .*") ? List.of(0, 1) : List.of(0));
    assertThat(run.out()).isNotBlank();
  }

  @Test
  void theOutputShownIsTheOutput() throws IOException {
    String shown = Files.readString(HOME.resolve("README.md"));
    Path golden = HOME.resolve("bench/src/test/resources/golden/reproduce-exact.txt");
    assertThat(shown).contains(Files.readString(golden).strip());
  }
}
