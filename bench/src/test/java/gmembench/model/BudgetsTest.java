// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.result.Repetition;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;

/** Budgets against writes to the wrong side, and against punches of what is pinned. */
class BudgetsTest {
  private static final int PAGES = 1024;
  private static final long PAGE = 4096;

  private static Map<String, String> run(String strategy, String backing, Batch events) {
    StringBuilder costs = new StringBuilder("# Nothing costs anything.\n");
    for (String verb : List.of("touch", "discard", "allocate", "unmap", "pin", "unpin")) {
      costs.append("[").append(backing).append(".").append(verb).append("]\nfixed_ns = 0\n");
    }
    Guest guest = Guest.ofBytes(PAGES * PAGE);
    Workload workload =
        new Workload("w", "why", guest, new Workload.Recorded(Path.of(".")), null, 1, "");
    Subject subject = Subject.of(workload, Trace.of(events));
    Strategy parsed = Strategy.parse(strategy);
    Block block =
        new Block(
            workload,
            Plugins.parse(Backing.class, backing),
            Plugins.parse(Tracker.class, "bitmap"),
            List.of(parsed));
    Repetition o = new Model(Costs.of("c", costs.toString())).replay(block, subject, parsed);
    assertThat(o.status()).as(o.reason()).isEqualTo(Repetition.Status.OK);
    return o.metrics().written();
  }

  private static Batch stray() {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 3, 1);
    events.add(1, 0, Op.TOUCH_PRIVATE, 3, 1);
    return events;
  }

  /**
   * By hand: pages 2, 3 and 4 are resident when the guest has used its memory. Page 3 goes shared
   * and its private side is punched; the shared one is touched: 3 pages. The stray brings the
   * private one back: 4 pages, one on both sides. Eager never takes it again; a budget of 0 does at
   * once. The seal refuses the touch, so there is nothing to take; only while page 3 converts has
   * it both sides, since it is allocated before the private one is punched.
   */
  @Test
  void oneStray() {
    assertThat(run("eager-punch-hole", "memfd", stray()))
        .containsEntry("double_allocated_peak_bytes", "4096")
        .containsEntry("double_allocated_end_bytes", "4096")
        .containsEntry("allocated_peak_bytes", "16384");
    assertThat(run("lazy-discard:budget=0B", "memfd", stray()))
        .containsEntry("stray_pages", "1")
        .containsEntry("discard_count", "2")
        .containsEntry("double_allocated_peak_bytes", "4096")
        .containsEntry("double_allocated_end_bytes", "0");
    assertThat(run("eager-punch-hole:seal=true", "memfd", stray()))
        .containsEntry("stray_refused_pages", "1")
        .containsEntry("allocate_count", "1")
        .containsEntry("discard_count", "1")
        .containsEntry("double_allocated_end_bytes", "0")
        .containsEntry("allocated_peak_bytes", "16384")
        .containsEntry("private_end_bytes", "8192");
  }

  /** A shared page that is written to as such is no stray. */
  @Test
  void whatIsOnItsOwnSideIsTouchedFreely() {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 3, 2);
    events.add(1, 0, Op.TOUCH_SHARED, 3, 2);
    events.add(2, 0, Op.TOUCH_PRIVATE, 9, 1);
    events.add(3, 0, Op.TOUCH_SHARED, 4, 2); // page 5 is private: all of it is refused
    assertThat(run("lazy-discard:budget=1MiB:seal=true", "memfd", events))
        .containsEntry("stray_refused_pages", "2")
        .containsEntry("touch_count", "3");
  }

  @Test
  void aBudgetOfAnySizeAgreesWithArrays() {
    for (long seed = 1; seed <= 6; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Batch events = new Batch(2000);
      boolean[] shared = new boolean[PAGES];
      for (int i = 0; i < 1500; i++) {
        int gfn = random.nextInt(PAGES - 8);
        int pages = 1 + random.nextInt(8);
        boolean to = !shared[gfn];
        boolean isTouch = random.nextInt(3) == 0;
        Op op =
            isTouch
                ? random.nextBoolean() ? Op.TOUCH_SHARED : Op.TOUCH_PRIVATE
                : to ? Op.TO_SHARED : Op.TO_PRIVATE;
        events.add(i, 0, op, gfn, pages);
        Arrays.fill(shared, gfn, gfn + (isTouch ? 0 : pages), to);
      }
      int budget = random.nextInt(200);
      Map<String, String> found =
          run("lazy-discard:budget=" + budget * PAGE + "B", "memfd", events);
      Naive naive = new Naive(events, budget);
      assertThat(found)
          .as("seed %d, budget of %d pages", seed, budget)
          .containsEntry("stray_pages", Long.toString(naive.strays))
          .containsEntry("discard_pages", Long.toString(naive.discarded))
          .containsEntry("double_allocated_peak_bytes", Long.toString(naive.bothPeak * PAGE))
          .containsEntry("double_allocated_end_bytes", Long.toString(naive.both() * PAGE))
          .containsEntry("allocated_peak_bytes", Long.toString(naive.allocatedPeak * PAGE));
    }
  }

  /** Who left a page, and when, by page; the oldest is looked for each time. */
  private static final class Naive {
    private final boolean[][] resident = new boolean[2][PAGES];
    private final int[] state = new int[PAGES];
    private final int[] leftAt = new int[PAGES];
    private long strays;
    private long discarded;
    private long bothPeak;
    private long allocatedPeak;

    Naive(Batch events, int budget) {
      for (int i = 0; i < events.size; i++) {
        int from = Math.max(0, (int) events.gfn[i] - 1);
        int to = (int) Math.min(PAGES, events.gfn[i] + events.pages[i] + 1);
        Arrays.fill(resident[0], from, to, true);
      }
      touch(0, 0, 0);
      for (int i = 0; i < events.size; i++) {
        Op op = Op.of(events.op[i]);
        int side = op.side() == Side.SHARED ? 1 : 0;
        int from = (int) events.gfn[i];
        int to = from + (int) events.pages[i];
        if (!op.isConversion()) {
          touch(from, to, side);
        }
        for (int page = from; page < to; page++) {
          if (op.isConversion()) {
            state[page] = side;
            leftAt[page] = i + 1;
          } else if (state[page] != side) {
            strays++;
            leftAt[page] = i + 1;
          }
        }
        keep(budget);
        if (op.isConversion()) {
          touch(from, to, side);
        }
      }
    }

    private void touch(int from, int to, int side) {
      Arrays.fill(resident[side], from, to, true);
      bothPeak = Math.max(bothPeak, both());
      long allocated = 0;
      for (int page = 0; page < PAGES; page++) {
        allocated += (resident[0][page] ? 1 : 0) + (resident[1][page] ? 1 : 0);
      }
      allocatedPeak = Math.max(allocatedPeak, allocated);
    }

    private void keep(int budget) {
      while (Arrays.stream(leftAt).filter(at -> at > 0).count() > budget) {
        int oldest = Arrays.stream(leftAt).filter(at -> at > 0).min().getAsInt();
        for (int page = 0; page < PAGES; page++) {
          if (leftAt[page] == oldest) {
            resident[1 - state[page]][page] = false;
            leftAt[page] = 0;
            discarded++;
          }
        }
      }
    }

    private long both() {
      return IntStream.range(0, PAGES).filter(p -> resident[0][p] && resident[1][p]).count();
    }
  }

  /**
   * By hand, 4K: pages 2 to 7 are resident. Pages 3 and 4 go shared and are touched there; page 3
   * is pinned; both come back, so the shared ones are punched: page 3 of the shared file is in no
   * file, but allocated until it is unpinned, and one pin is stale. Most at once: the 6 private
   * pages, and the orphan.
   */
  @Test
  void aPunchOfWhatIsPinnedLeavesAnOrphan() {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 3, 2);
    events.add(1, 0, Op.PIN, 3, 1);
    events.add(2, 0, Op.TO_PRIVATE, 3, 2);
    events.add(3, 0, Op.TOUCH_PRIVATE, 6, 1);
    Map<String, String> held = run("eager-punch-hole", "memfd", events);
    assertThat(held)
        .containsEntry("orphan_peak_bytes", "4096")
        .containsEntry("orphan_end_bytes", "4096")
        .containsEntry("stale_pin_pages", "1")
        .containsEntry("allocated_peak_bytes", Long.toString(7 * PAGE));
    events.add(4, 0, Op.UNPIN, 3, 1);
    assertThat(run("eager-punch-hole", "memfd", events)).containsEntry("orphan_end_bytes", "0");
    assertThat(run("lazy-discard", "memfd", events)).doesNotContainKey("orphan_peak_bytes");
  }

  /** One pinned page keeps all of its 2M page; a punch of a part leaves that where it is. */
  @Test
  void aPinnedHugePageIsAnOrphanAsAWhole() {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 0, 512);
    events.add(10_000, 0, Op.PIN, 5, 1);
    events.add(20_000, 0, Op.TO_PRIVATE, 9, 1);
    assertThat(run("eager-punch-hole", "hugetlb-2m", events))
        .doesNotContainKey("orphan_peak_bytes");
    events.add(30_000, 0, Op.TO_PRIVATE, 0, 512);
    assertThat(run("eager-punch-hole", "hugetlb-2m", events))
        .containsEntry("orphan_peak_bytes", Long.toString(512 * PAGE))
        .containsEntry("stale_pin_pages", "1");
  }

  @Test
  void whatHasOneSideHasNoSeal() {
    assertThatThrownBy(() -> Strategy.parse("snp:seal=true"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("snp has no option seal");
  }
}
