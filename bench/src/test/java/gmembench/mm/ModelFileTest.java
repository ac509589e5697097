// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Thorough;
import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.model.NaiveFolios;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Residency, mappings and orders have one owner each, so they cannot disagree: what is counted is
 * what the ledger shows; what is mapped is resident; a huge folio is there as a whole or not at
 * all; and in place both sides see the same. Worked by hand: a shmem frame is punched as a whole
 * and split then (punch-folio does that). MADV_COLD finds nothing and brings 512 pages, so 512
 * faults are counted, the ledger shows 2 MiB, and the file has no folio of order 9.
 */
class ModelFileTest {
  private static final int PAGES = 4 * 512;
  private static final Verb[] VERBS = {
    Verb.TOUCH,
    Verb.ALLOCATE,
    Verb.DISCARD,
    Verb.UNMAP,
    Verb.PIN,
    Verb.UNPIN,
    Verb.SHATTER,
    Verb.MERGE
  };

  private final SplittableRandom random = new SplittableRandom(5);

  @ParameterizedTest
  @CsvSource({
    "0, false, false, false",
    "9, false, false, false",
    "9, true, false, true",
    "0, false, true, false",
    "0, false, true, true",
    "9, true, true, false",
    "9, true, true, true",
    "9, false, true, false",
    "9, false, true, true"
  })
  void whatIsKnownOfAPageAgrees(int order, boolean hugetlb, boolean countsAll, boolean inPlace) {
    Effects effects = new Effects(PAGES, inPlace, HostSizes.DEFAULT);
    ModelFolios folios =
        new ModelFolios(PAGES, new NaiveFolios(order, hugetlb), effects, countsAll);
    boolean isCut = false;
    for (int i = 0; i < Thorough.FOLIOS.count(1_000, 40_000); i++) {
      Verb verb = VERBS[random.nextInt(order == 0 ? 6 : VERBS.length)];
      Side side = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
      ModelFile file = folios.of(side);
      int gfn = random.nextInt(PAGES);
      int count = Math.min(PAGES - gfn, 1 + random.nextInt(random.nextInt(4) == 0 ? 900 : 9));
      if (random.nextInt(3) == 0 || verb == Verb.SHATTER || verb == Verb.MERGE) {
        gfn &= -512;
        count = 512;
      }
      boolean isHuge = file.order(gfn) > 0;
      if (isHuge ? verb == Verb.MERGE : verb == Verb.SHATTER) {
        continue;
      }
      long before = effects.ledger().fileBytes(side);
      apply(folios, verb, gfn, count, side);
      String step = "step " + i + ": " + verb.text() + " " + Units.hex(gfn) + "+" + count;
      long change = Math.abs(effects.ledger().fileBytes(side) - before) / Units.PAGE_BYTES;
      assertThat(change).as(step).isEqualTo(effects.faults());
      isCut |= file.order(gfn) == 0;
      for (Side each : Side.values()) {
        check(folios.of(each), effects.ledger(), each, step);
      }
    }
    assertThat(isCut).as("folios of 4K must occur").isTrue();
  }

  private static void apply(ModelFolios folios, Verb verb, long gfn, long count, Side side) {
    switch (verb) {
      case PIN -> folios.pin(gfn, count, side);
      case UNPIN -> folios.unpin(gfn, count, side);
      default -> folios.apply(verb, gfn, count, side);
    }
  }

  private static void check(ModelFile file, Ledger ledger, Side side, String step) {
    for (int start = 0; start < PAGES; start += 512) {
      int resident = 0;
      for (int page = start; page < start + 512; page++) {
        boolean isThere = ledger.isResident(page, side);
        resident += isThere ? 1 : 0;
        assertThat(isThere || !file.isMapped(page)).as(step + ", mapped %x", page).isTrue();
      }
      if (file.order(start) > 0) {
        assertThat(resident % 512).as(step + ", folio %x", start).isZero();
      }
    }
  }

  /**
   * fallocate has no VMA, so with huge=advise it brings 4K pages (shmem_allowable_huge_orders): a
   * live run of upm-2022, which discards and allocates, has nothing in smaps that is mapped huge.
   */
  @Test
  void whatIsAllocatedIsNotHuge() {
    Effects effects = new Effects(PAGES, false, HostSizes.DEFAULT);
    ModelFile file = new ShmemFile(PAGES, effects);
    file.apply(Verb.TOUCH, 0, 1, Side.PRIVATE);
    file.apply(Verb.ALLOCATE, 512, 2, Side.PRIVATE);
    assertThat(file.order(0)).isEqualTo(9);
    assertThat(file.order(512)).isZero();
    assertThat(effects.ledger().residentBytes(Side.PRIVATE)).isEqualTo(514 * Units.PAGE_BYTES);
    assertThat(file.hugeFrames(0, PAGES)).as("two that are empty are still to be").isEqualTo(3);
  }

  /**
   * A 1G folio becomes 512 of 2M, one of these is punched, and all become one again. Of a folio
   * that was split when it was not there, all are missing but what was touched since.
   */
  @Test
  void aMergeFillsHoles() {
    long gib = 1L << 18;
    Effects effects = new Effects(gib, true, HostSizes.DEFAULT);
    ModelFile file = new FolioFile(gib, 18, true, effects);
    file.apply(Verb.TOUCH, 0, 1, Side.SHARED);
    file.apply(Verb.SPLIT, 0, gib, Side.SHARED);
    file.apply(Verb.DISCARD, 512, 512, Side.SHARED);
    assertThat(effects.ledger().fileBytes(Side.SHARED)).isEqualTo((gib - 512) * Units.PAGE_BYTES);
    effects.begin();
    file.apply(Verb.MERGE, 0, gib, Side.SHARED);
    assertThat(effects.faults()).isEqualTo(512);
    assertThat(effects.ledger().fileBytes(Side.SHARED)).isEqualTo(gib * Units.PAGE_BYTES);
    ModelFile empty = new FolioFile(gib, 18, true, new Effects(gib, true, HostSizes.DEFAULT));
    empty.apply(Verb.SPLIT, 0, gib, Side.SHARED);
    empty.apply(Verb.TOUCH, 0, 1, Side.SHARED);
    empty.effects.begin();
    empty.apply(Verb.MERGE, 0, gib, Side.SHARED);
    assertThat(empty.effects.faults()).isEqualTo(gib - 512);
  }
}
