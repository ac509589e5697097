// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Latencies and counts as they are reported. */
class RecorderTest {
  private static Metrics report(Recorder recorder) {
    recorder.total(1, 1);
    Metrics metrics = new Metrics();
    recorder.report(metrics);
    return metrics;
  }

  /**
   * By hand, nearest rank: of 1, 2 ... 1000 ns the 500th is the median, the 990th is p99, the 999th
   * is p99.9. All are below 2048, so a histogram of three digits keeps each.
   */
  @Test
  void percentilesAreNearestRanks() {
    for (Recorder recorder : new Recorder[] {Recorder.virtual(), Recorder.live()}) {
      for (int i = 1000; i > 0; i--) {
        recorder.conversion(i, true);
      }
      assertThat(report(recorder).written())
          .containsEntry("convert_p50_ns", "500")
          .containsEntry("convert_p99_ns", "990")
          .containsEntry("convert_p999_ns", "999")
          .containsEntry("convert_max_ns", "1000");
    }
  }

  /** The live log is folded every 65,536 events: none is lost, none is in twice. */
  @ParameterizedTest
  @ValueSource(ints = {1, 65_535, 65_536, 65_537, 131_072, 200_000})
  void theLiveLogKeepsEveryEvent(int events) {
    Recorder recorder = Recorder.live();
    long touched = 0;
    for (int i = 1; i <= events; i++) {
      if (i % 3 == 0) {
        recorder.conversion(7, i % 2 == 0);
      } else {
        recorder.verb(Verb.TOUCH, 2, i);
        touched += i;
      }
    }
    int touches = events - events / 3;
    assertThat(report(recorder).written())
        .containsEntry("touch_count", Integer.toString(touches))
        .containsEntry("touch_pages", Integer.toString(2 * touches))
        .containsEntry("touch_total_ns", Long.toString(touched))
        .containsEntry("conversions", Integer.toString(events / 6));
  }

  /** 32,768 events are half of the log; one more, and there is room to be made, once. */
  @Test
  void roomIsMadeInALogThatIsHalfFull() {
    Recorder recorder = Recorder.live();
    for (int i = 0; i < 32_768; i++) {
      recorder.conversion(7, true);
    }
    assertThat(recorder.makeRoom()).isFalse();
    recorder.conversion(7, true);
    assertThat(recorder.makeRoom()).isTrue();
    assertThat(recorder.makeRoom()).isFalse();
    assertThat(report(recorder).written()).containsEntry("conversions", "32769");
    assertThat(Recorder.virtual().makeRoom()).isFalse();
  }

  /** Pages are those that a call was for, as results/README.md says, also if fewer were done. */
  @Test
  void pagesAreThoseThatACallWasFor() {
    Clock.Virtual clock = new Clock.Virtual(1, 1);
    Recorder recorder = Recorder.virtual();
    FakeMemory half =
        new FakeMemory((verb, pages) -> {
          clock.advance(30);
          return pages / 2;
        });
    assertThat(new Timed(half, clock, recorder).apply(Verb.CHECK, 8, 6, Side.PRIVATE)).isEqualTo(3);
    assertThat(report(recorder).written())
        .containsEntry("check_pages", "6")
        .containsEntry("check_total_ns", "30");
  }
}
