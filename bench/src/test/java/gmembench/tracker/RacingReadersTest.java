// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Thorough;
import gmembench.guest.Side;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link PageMap#readersMayRace} promises: pages that are never converted read as they are
 * while all around them is torn down, split, merged and reused; and a write is seen in the end.
 */
@Tag("slow")
class RacingReadersTest {
  private static final int GUEST = (1 << 18) + 5000;

  private static final int LAST = GUEST - 1;

  /** Every so many pages there are two neighbours that nobody converts, one of each side. */
  private static final int STRIDE = 997;

  static List<Tracker> trackers() {
    List<Tracker> racing = new ArrayList<>(TrackerConformanceTest.trackers());
    racing.removeIf(tracker -> !tracker.open(1).readersMayRace());
    assertThat(racing).hasSizeGreaterThanOrEqualTo(5);
    return racing;
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void readersSeeOnlyWhatIsOrWas(Tracker tracker) throws InterruptedException {
    PageMap map = tracker.open(GUEST);
    for (int page = 0; page + 1 < GUEST; page += STRIDE) {
      map.set(page + 1, 1, Side.SHARED);
    }
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    List<Thread> readers = new ArrayList<>();
    for (int reader = 0; reader < 3; reader++) {
      SplittableRandom random = new SplittableRandom(reader);
      readers.add(Thread.ofPlatform().start(() -> read(map, random, wrong)));
    }
    write(map, new SplittableRandom(99), Thorough.TRACKERS.count(30_000, 300_000));
    map.set(LAST, 1, Side.SHARED);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(wrong).isEmpty();
  }

  /** Converts what lies between the fixed pages, wholly or in part, in a few busy places. */
  private static void write(PageMap map, SplittableRandom random, int operations) {
    int gaps = GUEST / STRIDE;
    for (int i = 0; i < operations; i++) {
      int gap = random.nextInt(3) == 0 ? random.nextInt(gaps) : random.nextInt(Math.min(12, gaps));
      Side side = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
      int from = random.nextInt(4) == 0 ? 2 : 2 + random.nextInt(STRIDE - 2);
      int pages = random.nextInt(4) == 0 ? STRIDE - from : 1 + random.nextInt(STRIDE - from);
      map.set((long) gap * STRIDE + from, pages, side);
    }
  }

  /** Until the last write is seen. */
  private static void read(PageMap map, SplittableRandom random, Queue<String> wrong) {
    try {
      while (map.get(LAST) == Side.PRIVATE && wrong.isEmpty()) {
        for (int i = 0; i < 1000; i++) {
          long page = (long) random.nextInt(GUEST / STRIDE) * STRIDE;
          if (map.get(page) != Side.PRIVATE || map.get(page + 1) != Side.SHARED) {
            wrong.add("near page " + page);
          }
        }
      }
    } catch (RuntimeException e) {
      wrong.add(e + " " + List.of(e.getStackTrace()));
    }
  }
}
