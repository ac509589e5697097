// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.pattern.Snapshot;
import gmembench.result.Repetition;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;

/** A timed replay beside which another thread of the JVM worked is not reported. */
public class DisturbedReplayTest {
  private static final Workload SNAPSHOT =
      new Workload(
          "snapshot",
          "a test",
          new Guest(40, 1),
          new Workload.Generated(new Snapshot(2 * 4096, 1000)),
          null,
          1,
          "test");

  /** Lets another thread compute for 5 ms in its first conversion, in some of its replays. */
  public record Disturbing(int quietFrom) implements Strategy {
    private static int opened;

    @Override
    public String why() {
      return "a test";
    }

    @Override
    public Set<Verb> needs() {
      return Set.of();
    }

    @Override
    public boolean keeps(Side side) {
      return true; // it discards nothing
    }

    @Override
    public Converter open(Memory memory, PageMap map) {
      boolean[] disturbs = {++opened < quietFrom};
      return (gfn, pages, to) -> {
        if (disturbs[0]) {
          disturbs[0] = false;
          compute();
        }
        map.set(gfn, pages, to);
        return true;
      };
    }

    private static void compute() {
      Thread other =
          new Thread(() -> {
            long end = System.nanoTime() + 5_000_000;
            while (System.nanoTime() < end) {
              Thread.onSpinWait();
            }
          });
      other.start();
      try {
        other.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The audit is its first replay, the disturbed ones follow; then one is alone, or nearly. */
  @Test
  void itIsDoneAgainUntilItIsAlone() {
    Backing none = Plugins.parse(Backing.class, "null");
    for (int quietFrom : new int[] {3, 5}) {
      Disturbing strategy = new Disturbing(quietFrom);
      Disturbing.opened = 0;
      Block block = new Block(SNAPSHOT, none, new Bitmap(), List.of(strategy));
      try (Memory memory = none.open(SNAPSHOT.guest(), false)) {
        LiveCell cell = new LiveCell(block, strategy, Subject.of(SNAPSHOT), memory);
        cell.prepare(0);
        Repetition measured = cell.measure(1);
        assertThat(measured.isOk()).isTrue();
        assertThat(Disturbing.opened).isGreaterThanOrEqualTo(quietFrom);
      }
    }
  }
}
