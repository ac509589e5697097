// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Around;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.Ledger;
import gmembench.result.Metrics;
import gmembench.result.Repetition.MemoryPoint;
import gmembench.strategy.Converter;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Bitmap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a replay's times are of, by traces of a few events worked by hand. */
class ReplayTest {
  private static final long TOUCH_NS = 1000;
  private static final long DISCARD_NS = 10;

  /** Plays conversions of a page by these vCPUs, each a discard and a touch. */
  private static Metrics play(Clock.Virtual clock, int... vcpus) {
    Recorder recorder = Recorder.virtual();
    FakeMemory memory =
        new FakeMemory((verb, pages) -> {
          clock.advance(verb == Verb.TOUCH ? TOUCH_NS : verb == Verb.DISCARD ? DISCARD_NS : 0);
          return pages;
        });
    Converter eager =
        new Converter() {
          @Override
          public boolean convert(long gfn, long pages, Side to) {
            memory.discard(gfn, pages, to.other());
            return true;
          }

          @Override
          public void settle() {
            clock.advance(5);
          }
        };
    Batch events = new Batch(8);
    for (int i = 0; i < vcpus.length; i++) {
      events.add(0, vcpus[i], i % 2 == 0 ? Op.TO_SHARED : Op.TO_PRIVATE, 4, 1);
      events.add(0, vcpus[i], i % 2 == 0 ? Op.TOUCH_SHARED : Op.TOUCH_PRIVATE, 4, 1);
    }
    new Replay(memory, eager, clock, recorder).run(Trace.of(events));
    Metrics metrics = new Metrics();
    recorder.report(metrics);
    return metrics;
  }

  /** A conversion begins where what was before it ended: no touch is in it, whosever it is. */
  @Test
  void aConversionHoldsNoTouch() {
    for (int[] vcpus : new int[][] {{0, 0, 0, 0}, {0, 1, 0, 1}}) {
      assertThat(play(new Clock.Virtual(1, 2), vcpus).written())
          .containsEntry("conversions", "4")
          .containsEntry("convert_p50_ns", "10")
          .containsEntry("convert_max_ns", "10")
          .containsEntry("touch_count", "8")
          .containsEntry("touch_total_ns", "8000");
    }
  }

  /**
   * vCPU 0 does 3 conversions of 2010 ns, vCPU 1 does one: 6030 ns, then 5 ns to settle. Together
   * they work 8040 ns; what one waits for the other at the end is no work.
   */
  @Test
  void workIsWhatAllDidWithoutTheirWaiting() {
    Clock.Virtual clock = new Clock.Virtual(1, 2);
    for (int again = 0; again < 2; again++) {
      assertThat(play(clock, 0, 1, 0, 0).written())
          .containsEntry("total_ns", "6035")
          .containsEntry("work_ns", "8045");
    }
  }

  /** Where none runs, a request would be the harness's own time in what a conversion takes. */
  @ParameterizedTest
  @CsvSource({"true, 2", "false, 0"})
  void onlyAGuestIsAskedFor(boolean hasGuest, int requests) {
    List<Verb> called = new ArrayList<>();
    Memory memory = memory(hasGuest, called);
    Batch events = new Batch(2);
    events.add(0, 0, Op.TO_SHARED, 4, 1);
    events.add(0, 0, Op.TO_PRIVATE, 4, 1);
    Converter converter = (gfn, pages, to) -> true;
    new Replay(memory, converter, new Clock.Virtual(1, 1), Recorder.virtual())
        .run(Trace.of(events));
    assertThat(Collections.frequency(called, Verb.ASK)).isEqualTo(requests);
    assertThat(Collections.frequency(called, Verb.TOUCH)).isEqualTo(2);
  }

  private static Memory memory(boolean hasGuest, List<Verb> called) {
    Memory fake =
        new FakeMemory((verb, pages) -> {
          called.add(verb);
          return pages;
        });
    return new Around() {
      @Override
      public Memory memory() {
        return fake;
      }

      @Override
      public boolean hasGuest() {
        return hasGuest;
      }

      @Override
      public long apply(Verb verb, long gfn, long pages, Side side) {
        return fake.apply(verb, gfn, pages, side);
      }
    };
  }

  /**
   * What a strategy does since it saw a touch is not the next conversion's: 300 ns of a touch of a
   * page that it had spared, then a conversion of 10 ns. Where it did nothing there is nothing to
   * leave out.
   */
  @ParameterizedTest
  @CsvSource({"true, 10", "false, 310"})
  void whatATouchSetsOffIsNoConversion(boolean acts, long expected) {
    Clock.Virtual clock = new Clock.Virtual(1, 1);
    Recorder recorder = Recorder.virtual();
    FakeMemory memory = new FakeMemory((verb, pages) -> pages);
    Converter converter =
        new Converter() {
          @Override
          public boolean convert(long gfn, long pages, Side to) {
            clock.advance(10);
            return true;
          }

          @Override
          public boolean touched(long gfn, long pages, Side side) {
            clock.advance(300);
            return acts;
          }
        };
    Batch events = new Batch(2);
    events.add(0, 0, Op.TOUCH_PRIVATE, 4, 1);
    events.add(0, 0, Op.TO_SHARED, 4, 1);
    new Replay(memory, converter, clock, recorder).run(Trace.of(events));
    Metrics metrics = new Metrics();
    recorder.report(metrics);
    assertThat(metrics.written()).containsEntry("convert_max_ns", "" + expected);
  }

  /** Two VMs of two vCPUs each: the times of VM 0, which is far ahead, are not VM 1's. */
  @Test
  void theLastOfAVmIsOneOfItsOwn() {
    Clock.Virtual clock = new Clock.Virtual(2, 2);
    clock.advance(1000);
    clock.turn(2, 0);
    clock.advance(7);
    clock.turn(3, 0);
    clock.advance(50);
    assertThat(clock.lastNs(0, 2)).isEqualTo(50);
    assertThat(clock.lastNs(0, 1)).isEqualTo(7);
  }

  @Test
  void neverIsLaterThanAnyConversion() {
    assertThat(Look.NEVER.next(5)).isEqualTo(Long.MAX_VALUE);
  }

  /** In memory.csv double_allocated_bytes is the highest since the point before. */
  @Test
  void aPointHasTheHighestSinceTheOneBefore() {
    Ledger ledger = new Ledger(64, false);
    ledger.apply(Verb.TOUCH, 0, 64, Side.PRIVATE);
    long[] both = {5, 0, 1, 0, 3}; // after each conversion
    int[] at = {0};
    Converter converter =
        (gfn, pages, to) -> {
          ledger.apply(Verb.DISCARD, 0, 64, Side.SHARED);
          if (both[at[0]] > 0) {
            ledger.apply(Verb.TOUCH, 0, both[at[0]], Side.SHARED);
          }
          at[0]++;
          return true;
        };
    // 128 conversions, so that every other one has a point
    Timeline timeline = new Timeline(converter, ledger, null, new Bitmap().open(64), 128);
    for (int i = 0; i < both.length; i++) {
      timeline.convert(0, 1, Side.SHARED);
    }
    timeline.settle();
    assertThat(timeline.points())
        .extracting(MemoryPoint::conversion)
        .containsExactly(0L, 2L, 4L, 5L);
    assertThat(timeline.points())
        .extracting(p -> p.doubleAllocatedBytes() / 4096)
        .containsExactly(0L, 5L, 1L, 3L);
  }

  /** As strace: the first, then every so many after it. */
  @ParameterizedTest
  @CsvSource({"3+4, 3 7 11 15", "5..9+2, 5 7 9", "6, 6", "14+, 14 15 16", "1+8, 1 9"})
  void afaultHitsFromItsFirstOn(String when, String expected) {
    Fault fault = Fault.parse("discard:error=EIO:when=" + when);
    String hit =
        LongStream.rangeClosed(1, 16)
            .filter(fault::hits)
            .mapToObj(Long::toString)
            .collect(Collectors.joining(" "));
    assertThat(hit).isEqualTo(expected);
  }

  /** Pages 10 and 11 are pinned until 500 ns: their neighbours are free at once. */
  @ParameterizedTest
  @CsvSource({"8, 2, 0", "12, 2, 0", "9, 2, 500", "11, 1, 500", "11, 9, 500", "0, 64, 500"})
  void onlyWhatIsPinnedIsWaitedFor(long gfn, long pages, long expectedNs) {
    Batch events = new Batch(2);
    events.add(0, 0, Op.PIN, 10, 2);
    events.add(500, 0, Op.UNPIN, 10, 2);
    PinSchedule pins = PinSchedule.of(Trace.of(events));
    pins.pinned(10, 2);
    assertThat(pins.left(gfn, pages, 1000)).isEqualTo(expectedNs);
    assertThat(pins.left(gfn, pages, 300)).as("the bound").isEqualTo(Math.min(300, expectedNs));
  }
}
