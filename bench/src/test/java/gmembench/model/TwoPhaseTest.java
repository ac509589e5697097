// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversion in two steps: what is pending makes touches wait and refuses requests. */
class TwoPhaseTest {
  private static final int PAGES = 256;
  private static final String COSTS =
      """
      # Test.
      [memfd.touch]
      fixed_ns = 10
      [memfd.unmap]
      fixed_ns = 100
      [memfd.check]
      fixed_ns = 0
      [memfd.pin]
      fixed_ns = 0
      [memfd.unpin]
      fixed_ns = 0
      [memfd.split]
      fixed_ns = 0
      [memfd.shatter]
      fixed_ns = 0
      [memfd.merge]
      fixed_ns = 0
      [memfd.discard]
      fixed_ns = 5_000
      [memfd.ask]
      fixed_ns = 1_000
      """;

  @TempDir Path folder;

  /**
   * By hand. vCPU 0 asks (1000 ns) for 4 pages: pending from 1000 to 6100 (unmap 100, punch 5000),
   * then its touch. vCPU 1, at 0, asks for a page of them: at 1000 it is refused, waits until 6100,
   * asks again (7100), and has its punch done at 12,200. vCPU 2, at 0, touches another of them: an
   * exit, at 1000 it waits for 5100 ns, and touches at 6110.
   */
  @Test
  void aPendingPageRefusesRequestsAndMakesTouchesWait() throws IOException {
    Map<String, String> found =
        run(
            "eager-punch-hole:two-phase=true",
            """
            0,0,to_shared,0,4
            0,1,to_private,3,1
            0,2,touch_shared,1,1
            """);
    assertThat(found)
        .containsEntry("pending_count", "2")
        .containsEntry("pending_total_ns", "10200")
        .containsEntry("pending_refused_count", "1")
        .containsEntry("pending_wait_count", "1")
        .containsEntry("pending_wait_ns", "5100")
        .containsEntry("pending_exit_count", "4")
        .containsEntry("total_ns", "12210")
        .containsEntry("unmap_count", "2");
  }

  /**
   * vCPU 0 waits 880 us for a pin (10 to 900 us, asked at 20 us), and a touch by vCPU 1 of a page
   * of the same range waits as long; in one step it goes on at once.
   */
  @Test
  void aTouchWaitsForAConversionThatWaitsForAPin() throws IOException {
    String events =
        """
        0,0,to_shared,0,8
        10000,0,pin,5,1
        20000,0,to_private,0,8
        30000,1,touch_private,1,1
        900000,0,unpin,5,1
        """;
    Map<String, String> found = run("in-place-wait:two-phase=true", events);
    assertThat(found)
        .containsEntry("pin_wait_ns", "880000")
        .containsEntry("pending_wait_count", "1");
    assertThat(Long.parseLong(found.getOrDefault("pending_wait_ns", "0"))).isGreaterThan(879_000);
    assertThat(run("in-place-wait", events))
        .containsEntry("pin_wait_ns", "880000")
        .doesNotContainKey("pending_count");
  }

  /** Refused by the check, so cancelled: the page map is as it was, which the replay checks. */
  @Test
  void whatIsRefusedIsCancelled() throws IOException {
    Map<String, String> found =
        run(
            "in-place-wait:wait=100us:two-phase=true",
            """
            0,0,to_shared,0,8
            10000,0,pin,5,1
            20000,0,to_private,0,8
            900000,0,unpin,5,1
            """);
    assertThat(found)
        .containsEntry("pending_cancelled_count", "1")
        .containsEntry("conversions_refused", "1");
  }

  /** Against clocks of vCPUs and an end for each page, kept by nothing of the program. */
  @Test
  void agreesWithClocksAndPagesOneByOne() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 50; round++) {
      long[] clock = new long[3];
      long[] until = new long[PAGES];
      long waits = 0;
      long waitNs = 0;
      long refused = 0;
      StringBuilder events = new StringBuilder();
      for (int i = 0; i < 30; i++) {
        int vcpu = random.nextInt(3);
        int gfn = random.nextInt(20);
        int count = 1 + random.nextInt(4);
        int what = random.nextInt(3);
        events.append(
            "0," + vcpu + "," + List.of("to_shared", "to_private", "touch_shared").get(what));
        events.append("," + gfn + "," + count + "\n");
        long last = Arrays.stream(until, gfn, gfn + count).max().orElseThrow();
        clock[vcpu] += what < 2 ? 1000 : 0;
        if (last > clock[vcpu]) {
          refused += what < 2 ? 1 : 0;
          waits += what == 2 ? 1 : 0;
          clock[vcpu] += what == 2 ? 1000 : 0;
          waitNs += what == 2 ? Math.max(0, last - clock[vcpu]) : 0;
          clock[vcpu] = Math.max(clock[vcpu], last) + (what < 2 ? 1000 : 0);
        }
        if (what < 2) {
          clock[vcpu] += 5100;
          Arrays.fill(until, gfn, gfn + count, clock[vcpu]);
        }
        clock[vcpu] += 10;
      }
      Map<String, String> found = run("eager-punch-hole:two-phase=true", events.toString());
      String last = Long.toString(Arrays.stream(clock).max().orElseThrow());
      assertThat(found).as(events.toString()).containsEntry("total_ns", last);
      assertThat(found.getOrDefault("pending_refused_count", "0")).isEqualTo("" + refused);
      assertThat(found.getOrDefault("pending_wait_count", "0")).isEqualTo("" + waits);
      assertThat(found.getOrDefault("pending_wait_ns", "0")).isEqualTo("" + waitNs);
    }
  }

  @Test
  void optionsAreReadInAnyOrderAndOnce() {
    assertThat(Strategy.parse("lazy-discard:two-phase=true:budget=1MiB:attribute=true").label())
        .isEqualTo("lazy-discard:budget=1MiB:attribute=true:two-phase=true");
    assertThat(Strategy.parse("lazy-discard:two-phase=false").label())
        .isEqualTo(Strategy.parse("lazy-discard").label());
    for (String wrong :
        List.of(
            "lazy-discard:two-phase=yes",
            "lazy-discard:two-phase=true:two-phase=false",
            "attribute-punch:attribute=true",
            "snp:attribute=true")) {
      assertThatThrownBy(() -> Strategy.parse(wrong)).as(wrong).isInstanceOf(InputException.class);
    }
  }

  private Map<String, String> run(String strategy, String events) throws IOException {
    Files.writeString(folder.resolve("t.csv"), "at_ns,vcpu,op,gfn,pages\n" + events);
    Path file = folder.resolve("w.toml");
    Files.writeString(file, "# Test.\nguest = \"1MiB\"\nvcpus = 3\n[source]\ntrace = \"t.csv\"\n");
    Workload workload = WorkloadFile.read(file);
    Strategy parsed = Strategy.parse(strategy);
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(parsed));
    return new Model(Costs.of("test", COSTS))
        .replay(block, Subject.of(workload), parsed)
        .metrics()
        .written();
  }
}
