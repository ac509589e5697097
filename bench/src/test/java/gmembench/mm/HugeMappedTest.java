// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.backing.Backing;
import gmembench.backing.InPlaceRules;
import gmembench.backing.InPlaceRules.Check;
import gmembench.backing.InPlaceRules.Reference;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a guest can be mapped huge, against an array of sides that is asked page by page. */
class HugeMappedTest {
  private static final long GIB = 1L << 18;
  private static final Guest GUEST =
      Guest.of(List.of(new Slot(0, 2 * GIB, 0), new Slot(4 * GIB, GIB, 2 * GIB)), 1, 3 * GIB);

  private final Side[] sides = new Side[(int) (5 * GIB)];

  @ParameterizedTest
  @CsvSource({
    "hugetlb-1g, true, true",
    "hugetlb-1g, true, false",
    "hugetlb-1g, false, true",
    "hugetlb-2m, true, true",
    "hugetlb-2m, true, false",
    "hugetlb-2m, false, true"
  })
  void isWhatEachFrameSays(String name, boolean inPlace, boolean keepsLarge) {
    Backing backing = Plugins.parse(Backing.class, name);
    ModelFolios folios = open(backing, inPlace, keepsLarge);
    PageMap map = new Bitmap().open(GUEST.pages());
    Arrays.fill(sides, Side.PRIVATE);
    SplittableRandom random = new SplittableRandom(17);
    for (int step = 0; step < Thorough.FOLIOS.count(30, 300); step++) {
      long gfn = new long[] {0, GIB, 4 * GIB}[random.nextInt(3)];
      long count = new long[] {1, 512, 1024, GIB, 700}[random.nextInt(5)];
      gfn += count == GIB ? 0 : random.nextLong((GIB - count) / 256) * 256;
      convert(folios, map, gfn, count, step % 2 == 0 ? Side.SHARED : Side.PRIVATE);
      reshape(folios, gfn);
      boolean anyFolio = inPlace && keepsLarge;
      assertThat(folios.hugeMappedBytes(map))
          .as(name + " step " + step)
          .isEqualTo(frames(folios, anyFolio) << 21);
      assertThat(folios.gibMappedBytes(map))
          .as(name + " step " + step)
          .isEqualTo(backing.folioOrder() < 18 ? -1 : gibs(folios, anyFolio) << 30);
    }
  }

  /**
   * Two folios of 1G at 0, one at 4 GiB, of which one page goes shared: no entry of 1G maps that
   * GiB any more, but 511 of its frames can be mapped by 2M; so 2 GiB by 1G, and 3 GiB less 2 MiB
   * by any. Split to 4K at once, and mapped as it is, that GiB has no frame left.
   */
  @ParameterizedTest
  @CsvSource({"true, 3219128320", "false, 2147483648"})
  void onePageTakesItsFrameAndItsGib(boolean keepsLarge, long bytes) {
    ModelFolios folios = open(Plugins.parse(Backing.class, "hugetlb-1g"), true, keepsLarge);
    PageMap map = new Bitmap().open(GUEST.pages());
    folios.apply(Verb.SHATTER, 2 * GIB, GIB, Side.PRIVATE);
    convert(folios, map, 4 * GIB, 1, Side.SHARED);
    assertThat(folios.gibMappedBytes(map)).isEqualTo(2L << 30);
    assertThat(folios.hugeMappedBytes(map)).isEqualTo(bytes);
  }

  private static ModelFolios open(Backing backing, boolean inPlace, boolean keepsLarge) {
    Effects effects =
        new Effects(GUEST.filePages(), inPlace, HostSizes.DEFAULT)
            .with(new InPlaceRules(keepsLarge, true, Reference.PIN, Check.REFCOUNT));
    return new ModelFolios(GUEST, backing, effects, false, 1, () -> 0);
  }

  private void convert(ModelFolios folios, PageMap map, long gfn, long count, Side to) {
    map.set(gfn, count, to);
    folios.set(gfn, count, to);
    Arrays.fill(sides, (int) gfn, (int) (gfn + count), to);
  }

  /** What is one folio of 1G becomes 2M ones, and what is 2M ones becomes one. */
  private static void reshape(ModelFolios folios, long gfn) {
    long page = GUEST.page(gfn) & -GIB;
    int order = folios.of(Side.PRIVATE).order(page);
    if (order == 18) {
      folios.apply(Verb.SPLIT, page, GIB, Side.PRIVATE);
    } else if (order == 0) {
      folios.apply(Verb.MERGE, page, 512, Side.PRIVATE);
    } else {
      folios.apply(Verb.SHATTER, page, 512, Side.PRIVATE);
    }
  }

  private long frames(ModelFolios folios, boolean anyFolio) {
    return count(9, page -> anyFolio || folios.of(sides[(int) page]).order(GUEST.page(page)) > 0);
  }

  private long gibs(ModelFolios folios, boolean anyFolio) {
    return count(
        18, page -> anyFolio || folios.of(sides[(int) page]).order(GUEST.page(page)) == 18);
  }

  private long count(int order, LongPredicate isFolio) {
    return GUEST.slots().stream()
        .flatMapToLong(slot -> LongStream.range(slot.gfn() >> order, slot.endGfn() >> order))
        .map(index -> index << order)
        .filter(gfn -> isFolio.test(gfn) && isUniform((int) gfn, 1 << order))
        .count();
  }

  private boolean isUniform(int from, int count) {
    return Arrays.stream(sides, from, from + count).allMatch(side -> side == sides[from]);
  }
}
