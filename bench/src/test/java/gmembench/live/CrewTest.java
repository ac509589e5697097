// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Fault;
import gmembench.engine.Faults;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several host threads as vCPUs. */
@Tag("kernel")
class CrewTest {
  private static final int FLIPS = Thorough.LIVE.count(60, 150);

  /** As many of each of four vCPUs, there and back. */
  private static final int CONVERSIONS = 2 * 4 * FLIPS;

  private static final String OVERLAPPING =
      """
      guest = "8MiB"
      vcpus = 4
      [source]
      pattern = "concurrent"
      region = "1MiB"
      range = "16KiB"
      overlap-percent = 50
      flips = %d
      """
          .formatted(FLIPS);

  @TempDir private Path folder = Path.of("");

  private List<Repetition> run(String text, String backing, List<Strategy> all, int threads)
      throws IOException {
    return run(text, backing, all, threads, Faults.NONE);
  }

  private List<Repetition> run(
      String text, String backing, List<Strategy> all, int threads, Faults faults)
      throws IOException {
    Path file = folder.resolve("w.toml");
    Files.writeString(file, "# Why.\n" + text);
    Workload workload = WorkloadFile.read(file);
    Backing made = Host.orSkip(Plugins.parse(Backing.class, backing));
    Block block = new Block(workload, made, Plugins.parse(Tracker.class, "maple"), all, faults);
    List<Repetition> seen = new ArrayList<>();
    new Live(2, 1, threads).run(block, seen::add);
    return seen;
  }

  /** Conversions meet in the same pages, and state and content are right for all that. */
  @ParameterizedTest
  @CsvSource({"null, 4", "memfd, 2", "memfd, 3", "guest-memfd-bound:slot=256KiB, 4"})
  void everyStrategyIsRightOnSeveralThreads(String backing, int threads) throws IOException {
    int done = 0;
    for (Repetition o : run(OVERLAPPING, backing, Plugins.all(Strategy.class), threads)) {
      assertThat(o.status()).as(o.cell().path() + " " + o.reason()).isNotEqualTo(Status.FAILED);
      if (o.status() == Status.OK) {
        done++;
        assertThat(o.cell().engine()).isEqualTo("live:threads=" + threads);
        assertThat(o.cell().isLive()).isTrue();
        assertThat(o.metrics().written()).containsEntry("conversions", "" + CONVERSIONS);
        assertThat(o.metrics().written()).containsEntry("touch_count", "" + CONVERSIONS);
        assertThat(o.metrics().written()).containsEntry("threads", "" + threads);
        assertThat(o.metrics().written())
            .containsKeys("conversions_per_s", "convert_p99_ns", "state_hash");
      }
    }
    assertThat(done).isGreaterThan(6);
  }

  /**
   * Calls are counted over all threads, so that three fail whichever makes them, and nothing is on
   * a side where no thread has left it.
   */
  @ParameterizedTest
  @CsvSource({"discard, false", "touch, false", "discard, true"})
  void faultsHitWhicheverThreadComes(String verb, boolean hasState) throws IOException {
    List<Strategy> strategy = List.of(hasState ? new LazyDiscard(0) : new EagerPunchHole());
    Fault fault = Fault.parse(verb + ":error=ENOMEM:when=100..300+100");
    for (Faults.Policy policy : Faults.Policy.values()) {
      Faults faults = new Faults(List.of(fault), policy);
      List<Repetition> all = run(OVERLAPPING, "memfd", strategy, 4, faults);
      if (policy == Faults.Policy.CONTINUE) {
        for (Repetition o : all) {
          assertThat(o.status()).as(o.reason()).isEqualTo(Status.OK);
          Map<String, String> metrics = o.metrics().written();
          assertThat(metrics).containsEntry("faults", "3").containsEntry("threads", "4");
          assertThat(metrics)
              .containsEntry("conversions_with_faults", verb.equals("touch") ? "0" : "3");
          long refused = Long.parseLong(metrics.getOrDefault("conversions_refused", "0"));
          assertThat(Long.parseLong(metrics.get("conversions")) + refused).isEqualTo(CONVERSIONS);
        }
      } else {
        assertThat(all)
            .singleElement()
            .satisfies(o -> {
              assertThat(o.status()).isEqualTo(Status.FAILED);
              assertThat(o.reason()).isEqualTo(verb + ": ENOMEM (injected)");
            });
      }
    }
  }

  @Test
  void anEndThatDependsOnWhoIsFirstIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("t.csv"),
        """
        at_ns,vcpu,op,gfn,pages
        0,0,to_shared,0x10,4
        0,1,to_shared,0x12,4
        5,1,to_private,0x13,3
        """);
    String text = "guest = \"1MiB\"\nvcpus = 2\n[source]\ntrace = \"t.csv\"\n";
    List<Strategy> eager = List.of(new EagerPunchHole());
    Repetition o = run(text, "null", eager, 2).get(0);
    assertThat(o.status()).isEqualTo(Status.UNSUPPORTED);
    assertThat(o.reason())
        .isEqualTo("2 threads: what becomes of gfn 0x13 depends on which of two is first");
    assertThat(run(text, "null", eager, 1)).allMatch(one -> one.status() == Status.OK);
  }
}
