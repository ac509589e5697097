// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.OwnHugePages;
import gmembench.linux.HugePool;
import gmembench.linux.HugePoolThief;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.result.Samples;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs with --reserve-hugepages that are killed, and one whose pool somebody else empties. Pages of
 * the host are given back, however a run ends.
 */
@Tag("slow")
@Tag("kernel")
@Tag("root")
@ExtendWith(OwnHugePages.class)
class HugePoolTest {
  private static final HugePool POOL = new HugePool(HugePool.PAGE_2M);

  @TempDir Path temp;

  @BeforeEach
  void thePoolCanGrow() {
    OwnHugePages.orSkip(POOL, POOL.free() + 1).close();
  }

  /** A run that needs 4 frames more than are free, and would go on for hours. */
  private Process start(Path out, String strategies) throws IOException {
    Path workload =
        Files.writeString(
            temp.resolve("frames.toml"),
            """
            # A guest on whole frames.
            #
            # Half of its conversions are of a part.

            guest = "%dMiB"
            vcpus = 1

            [source]
            pattern = "hugepage-guest"
            partial-percent = 50
            rounds = 1
            """
                .formatted(2 * (POOL.free() + 4)));
    return OwnJvm.gmembench(
        temp.resolve("log"),
        "run",
        workload.toString(),
        "--engine",
        "live",
        "--backing",
        "hugetlb-2m",
        "--strategy",
        strategies,
        "--reserve-hugepages",
        "--reps",
        "1000000",
        "--out",
        out.toString());
  }

  /** After SIGKILL a shell that watches the run does it, a moment later. */
  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "KILL,137"})
  void aSignalGivesThePagesBack(String signal, int code) throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    Process run = start(out, "eager-punch-hole");
    ProcessHandle shell;
    try {
      waitFor(run, () -> count(out, "eager-punch-hole", Status.OK) > 0);
      shell = reservation(run);
      OwnJvm.signal(run, signal);
      assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      run.destroyForcibly();
    }
    assertThat(run.exitValue()).isEqualTo(code);
    waitFor(null, () -> !shell.isAlive());
    assertThat(count(out, "eager-punch-hole", Status.OK)).isPositive();
    assertThat(log()).doesNotContain("Exception");
  }

  /**
   * Whatever the run frees is taken away at once: the strategy that punches fails, the other not.
   */
  @Test
  void aPoolEmptiedInTheMiddleFailsTheCellOnly() throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    Process run = start(out, "snp,eager-punch-hole");
    ProcessHandle shell;
    try {
      waitFor(run, () -> count(out, "eager-punch-hole", Status.OK) > 0);
      shell = reservation(run);
      try (HugePoolThief thief = new HugePoolThief(POOL, 1024)) {
        thief.start();
        waitFor(run, () -> count(out, "eager-punch-hole", Status.FAILED) > 0);
        long finished = count(out, "snp", Status.OK);
        waitFor(run, () -> count(out, "snp", Status.OK) > finished + 1);
        OwnJvm.signal(run, "TERM");
        assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      run.destroyForcibly();
    }
    assertThat(run.exitValue()).isEqualTo(143);
    assertThat(count(out, "eager-punch-hole", Status.OK)).as("kept").isPositive();
    assertThat(Samples.read(out).entries())
        .filteredOn(e -> e.status() != Status.OK)
        .singleElement()
        .satisfies(e ->
            assertThat(e.reason())
                .isEqualTo("MADV_POPULATE_WRITE: EFAULT (no free page of 2MiB left in the pool)"));
    assertThat(log()).doesNotContain("Exception", "SIGBUS");
    waitFor(null, () -> !shell.isAlive());
  }

  /**
   * The shell that holds a run's pages, and ends when it has given them back ({@code
   * ReservationTest} has the number). How many the pool has is not asked: that is everybody's.
   */
  private static ProcessHandle reservation(Process run) {
    List<ProcessHandle> shells = run.children().toList();
    assertThat(shells).as("reserved").hasSize(1).allMatch(ProcessHandle::isAlive);
    return shells.getFirst();
  }

  private static long count(Path out, String strategy, Status status) {
    return rows(out).stream()
        .filter(e -> e.cell().strategyName().equals(strategy) && e.status() == status)
        .count();
  }

  private static List<Repetition> rows(Path out) {
    return Files.exists(out.resolve("samples.csv")) ? Samples.read(out).entries() : List.of();
  }

  private String log() throws IOException {
    return Files.readString(temp.resolve("log"));
  }

  /** Until something is so; a run that ends before is a failure. */
  private void waitFor(@Nullable Process run, BooleanSupplier done)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (!done.getAsBoolean()) {
      assertThat(run == null || run.isAlive()).as(log()).isTrue();
      assertThat(System.nanoTime() - end).as(log()).isNegative();
      Thread.sleep(50);
    }
  }
}
