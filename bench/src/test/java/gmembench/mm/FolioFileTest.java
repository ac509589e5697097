// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Units;
import gmembench.backing.InPlaceRules;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file of folios against arrays of pages, and what it takes. */
class FolioFileTest {
  private static final long GIB = 1L << 18;

  /** In place, of hugetlb: struct pages are lost by a split. */
  private static FolioFile file(long pages, int order) {
    return file(pages, order, true);
  }

  private static FolioFile file(long pages, int order, boolean keepsLarge) {
    InPlaceRules rules =
        new InPlaceRules(keepsLarge, true, InPlaceRules.Reference.PIN, InPlaceRules.Check.REFCOUNT);
    Effects effects = new Effects(pages, true, HostSizes.DEFAULT).with(rules);
    return new FolioFile(pages, order, true, effects);
  }

  private static boolean done(FolioFile file, Verb verb, long gfn, long count) {
    return file.apply(verb, gfn, count, Side.SHARED) == count;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1500, 1, true",
    "9, 3079, 2, true",
    "9, 3079, 3, false",
    "18, 263687, 4, true",
    "18, 263687, 5, false"
  })
  void equalsArraysOfPages(int order, int pages, long seed, boolean keepsLarge) {
    SplittableRandom random = new SplittableRandom(seed);
    FolioFile file = file(pages, order, keepsLarge);
    file.effects.enter(Verb.ALLOCATE, 0, pages, Side.PRIVATE);
    NaiveFolios naive = new NaiveFolios(pages, order, keepsLarge);
    long atFirst = naive.lostBytes();
    for (int i = 0; i < (order == 18 ? 1500 : 20_000); i++) {
      int gfn = random.nextInt(8) == 0 ? random.nextInt(pages) : random.nextInt(40) * 37 % pages;
      int count = 1 + random.nextInt(random.nextInt(9) == 0 ? Math.min(pages - gfn, 1200) : 3);
      count = Math.min(count, pages - gfn);
      String at = "seed " + seed + " step " + i + " gfn " + Units.hex(gfn) + "+" + count;
      Side side = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
      if (random.nextInt(12) == 0) {
        gfn = 0; // all of a frame, or of a GiB
        count = Math.min(pages, 1 << (random.nextBoolean() ? 18 : 9));
      }
      switch (random.nextInt(9)) {
        case 0, 1 -> {
          Verb verb = random.nextBoolean() ? Verb.TOUCH : Verb.HOST_TOUCH;
          assertThat(entries(file, verb, gfn, count, side))
              .as(at)
              .isEqualTo(naive.verb(verb, gfn, count, side));
        }
        case 2 -> {
          assertThat(entries(file, Verb.UNMAP, gfn, count, side))
              .as(at)
              .isEqualTo(naive.verb(Verb.UNMAP, gfn, count, side));
        }
        case 3 -> {
          assertThat(file.pin(gfn, count, Side.SHARED)).isTrue();
          naive.enter(gfn, count, GibFolios.Table.HOST);
          for (int page = gfn; page < gfn + count; page++) {
            naive.pins[page]++;
          }
        }
        case 4, 5 -> {
          file.unpin(gfn, count);
          for (int page = gfn; page < gfn + count; page++) {
            naive.pins[page] = Math.max(0, naive.pins[page] - 1);
          }
        }
        case 6 -> {
          file.set(gfn, count, side);
          java.util.Arrays.fill(naive.shared, gfn, gfn + count, side == Side.SHARED);
        }
        default -> reshape(file, naive, gfn, random, at);
      }
      assertThat(file.check(gfn, count)).as(at).isEqualTo(naive.check(gfn, count));
      assertThat(file.order(gfn)).as(at).isEqualTo(naive.order[gfn]);
      assertThat(file.isMapped(gfn)).as(at).isEqualTo(naive.mapped(gfn));
      assertThat(file.pins(gfn)).as(at).isEqualTo(naive.pins[gfn]);
    }
    assertThat(file.lostBytes()).isEqualTo(naive.lostBytes() - atFirst);
    assertThat(file.check(0, pages)).isEqualTo(naive.check(0, pages));
  }

  /** Entries that a verb makes or drops: all pages are there already. */
  private static long entries(FolioFile file, Verb verb, long gfn, long count, Side side) {
    file.effects.begin();
    file.apply(verb, gfn, count, side);
    return file.effects.counts().of(verb == Verb.UNMAP ? Term.PER_DROP : Term.PER_REFAULT);
  }

  /** Splits the folio at a page, or merges it with its neighbours, if that is possible there. */
  private static void reshape(
      FolioFile file, NaiveFolios naive, int gfn, SplittableRandom random, String at) {
    int size = naive.order[gfn];
    int start = gfn >>> size << size;
    int up = size + 9;
    boolean fits = ((gfn >>> up) + 1) << up <= naive.order.length && up <= 18;
    if (random.nextBoolean() && size > 0) {
      boolean all = random.nextBoolean();
      boolean done = naive.reshape(start, 1 << size, all ? 0 : size - 9);
      boolean found =
          all
              ? done(file, Verb.SHATTER, start, 1L << size)
              : done(file, Verb.SPLIT, start, 1L << size);
      assertThat(found).as(at).isEqualTo(done);
    } else if (fits) {
      int whole = gfn >>> up << up;
      for (int page = whole; page < whole + (1 << up); page += 1 << 9) {
        if (naive.order[page] >= up) {
          return;
        }
      }
      boolean done = naive.reshape(whole, 1 << up, up);
      assertThat(done(file, Verb.MERGE, whole, 1L << up)).as(at).isEqualTo(done);
    }
  }

  @Test
  void countsWhatShatteringCosts() {
    FolioFile file = file(2 * GIB, 18, false);
    assertThat(file.gibs(0, 2 * GIB)).isEqualTo(2);
    assertThat(file.gibs(1, 2 * GIB)).isEqualTo(1);
    assertThat(file.gibs(1, 2 * GIB - 1)).isZero();
    assertThat(done(file, Verb.SHATTER, GIB, GIB)).isTrue();
    assertThat(file.gibs(0, 2 * GIB)).isEqualTo(1);
    assertThat(file.lostBytes()).isEqualTo((16 << 20) - (4 << 10));
    assertThat(done(file, Verb.MERGE, GIB, GIB)).isTrue();
    assertThat(file.lostBytes()).isZero();
    assertThat(file.gibs(0, 2 * GIB)).isEqualTo(2);
    assertThat(done(file, Verb.SPLIT, 0, GIB)).isTrue();
    assertThat(file.gibs(0, 2 * GIB)).isEqualTo(1);
    assertThat(file.hugeFrames(0, 2 * GIB)).isEqualTo(1024);
    assertThat(file.lostBytes()).isEqualTo((2 << 20) - (4 << 10));
    assertThat(done(file, Verb.SPLIT, 512, 512)).isTrue();
    assertThat(file.lostBytes()).isEqualTo((2 << 20) - (4 << 10) + (28 << 10));
    Metrics reported = new Metrics();
    file.report(reported);
    Map<String, String> metrics = reported.written();
    assertThat(metrics)
        .containsEntry("vmemmap_lost_peak_bytes", Integer.toString((16 << 20) - (4 << 10)))
        .containsEntry("folio_split_count", "3")
        .containsEntry("folio_merge_count", "1");
  }

  /**
   * By hand: after a punch it is one folio again, whose entry the host has, and one of the guest's.
   */
  @Test
  void aPunchTakesTheGuestsEntriesOfWhatIsSharedToo() {
    FolioFile file = file(512, 9);
    file.set(0, 512, Side.SHARED);
    assertThat(entries(file, Verb.TOUCH, 0, 512, Side.SHARED)).isEqualTo(1);
    assertThat(entries(file, Verb.TOUCH, 0, 512, Side.SHARED)).isZero();
    file.apply(Verb.DISCARD, 0, 512, Side.SHARED);
    assertThat(entries(file, Verb.TOUCH, 0, 512, Side.SHARED)).isEqualTo(1);
  }

  @Test
  void newMappingsWaitWhileItIsLocked() {
    FolioFile file = file(1024, 9);
    assertThat(file.map(3, 1, Side.SHARED)).isTrue();
    file.lock();
    assertThat(file.map(4, 1, Side.SHARED)).isFalse();
    assertThat(file.pin(3, 1, Side.SHARED)).as("fast GUP of what is mapped").isTrue();
    assertThat(file.pin(3, 2, Side.SHARED)).isFalse();
    file.unlock();
    assertThat(file.pin(3, 2, Side.SHARED)).isTrue();
    assertThat(file.check(0, 1024)).isZero();
    assertThat(done(file, Verb.SPLIT, 0, 512)).isFalse();
    assertThat(file.check(512, 512)).isEqualTo(512);
  }

  /**
   * 1 TiB in huge folios, every page mapped by the host, and by KVM for the guest as private and as
   * shared: an entry for each folio.
   */
  @ParameterizedTest
  @CsvSource({"9", "18"})
  void aTebibyteTakesLessThan64MiB(int order) {
    long pages = 1024 * GIB;
    long before = heldBytes();
    FolioFile file = file(pages, order);
    for (long gfn = 0; gfn < pages; gfn += GIB) {
      assertThat(file.map(gfn, GIB, Side.SHARED)).isTrue();
      assertThat(entries(file, Verb.TOUCH, gfn, GIB, Side.PRIVATE)).isEqualTo(GIB >>> order);
      file.set(gfn, GIB, Side.SHARED);
      assertThat(entries(file, Verb.TOUCH, gfn, GIB, Side.SHARED)).isEqualTo(GIB >>> order);
    }
    long took = heldBytes() - before;
    assertThat(file.check(0, pages)).as("the host has them mapped").isZero();
    assertThat(took).isLessThan(64L << 20);
  }

  private static long heldBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
