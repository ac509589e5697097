// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import module java.base;

import gmembench.Thorough;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command in every README runs, in its order. Those that made published numbers, or take
 * long, run in the short form that a comment beside them gives; {@code -Dgmembench.thorough=README}
 * runs those of README.md as printed, and the short forms that are slow themselves; {@code today}
 * every fourth of these, since all of them take longer than the other tests together.
 */
@Tag("slow")
class ReadmeTest {
  private static final int PARTS = Thorough.isToday() ? 4 : 1;

  private static final long SCALE_HEAP = 4L << 30;
  private static final String C_COMPILER = "/usr/bin/gcc";

  /**
   * compare says 1 if this host was slower in one of the runs, validate 3 if it was since it was
   * calibrated, soak 3 if other tests allocate in this JVM: no fault of the command.
   */
  private static final Map<String, String> MAY_SAY =
      Map.of("compare", "REGRESSION", "validate", "MISSED", "soak", " grows");

  @TempDir static Path folder;

  @TestFactory
  Stream<DynamicTest> everyCommandRuns() {
    return Readme.all().stream()
        .flatMap(r -> r.commands().stream())
        .filter(c -> !c.arguments().isEmpty())
        .map(c -> DynamicTest.dynamicTest(c.toString(), () -> run(c)));
  }

  private static void run(Readme.Printed command) {
    boolean thorough = Thorough.README.isAsked() && (command.line() + round()) % PARTS == 0;
    assumeThat(thorough || !command.isSlow()).as("slow, see -Dgmembench.thorough=README").isTrue();
    boolean asPrinted = thorough && command.readme().equals(Readme.HOME.resolve("README.md"));
    List<String> arguments = asPrinted ? command.arguments() : command.shortArguments();
    assumeThat(!arguments.contains("c-loop") || Files.isExecutable(Path.of(C_COMPILER)))
        .as("no gcc")
        .isTrue();
    assumeThat(!arguments.contains("scale") || Runtime.getRuntime().maxMemory() >= SCALE_HEAP)
        .as("a guest of 12 TiB in less heap")
        .isTrue();
    InProcess run =
        InProcess.gmembench(
            arguments.stream().map(a -> located(command.readme(), a)).toArray(String[]::new));
    assumeThat(run.err()).as("what this host lacks").doesNotContain("does not run here");
    boolean isFailed = run.out().contains("failed: ");
    assumeThat(run.code() == 3 && run.out().contains("unsupported: ") && !isFailed)
        .as("what this host lacks: no cell ran\n" + run.out())
        .isFalse();
    boolean saysSo = run.out().contains(MAY_SAY.getOrDefault(arguments.get(0), "\0"));
    assertThat(run.code())
        .as(command + "\n" + run.err())
        .isEqualTo(saysSo ? arguments.get(0).equals("compare") ? 1 : 3 : 0);
    assertThat(run.out()).isNotBlank();
  }

  /** Goes up by one whenever it is this test's day. */
  private static long round() {
    return LocalDate.now(ZoneOffset.UTC).toEpochDay() / Thorough.values().length;
  }

  /** What is written goes to a folder of this README's; what is read is the repository's. */
  private static String located(Path readme, String argument) {
    if (argument.startsWith("out/")) {
      Path own = folder.resolve(Readme.HOME.relativize(readme).toString().replace('/', '-'));
      return own.resolve(argument).toString();
    }
    return argument.matches("(workloads|results)/.*")
        ? Readme.HOME.resolve(argument).toString()
        : argument;
  }
}
