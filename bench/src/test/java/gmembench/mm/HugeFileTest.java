// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import org.junit.jupiter.api.Test;

/** The counts are those that Linux 6.18 showed in its own statistics, step by step. */
class HugeFileTest {
  private final Effects effects = new Effects(4096, true, HostSizes.DEFAULT);

  private static final Term[] COUNTED = {
    Term.PER_FAULT,
    Term.PER_HUGE_MAP,
    Term.PER_MAP,
    Term.PER_FOLIO,
    Term.PER_SPLIT,
    Term.PER_SPLIT_FOLIO,
    Term.PER_SPLIT_MAP,
    Term.PER_ZEROED
  };

  private void check(ModelFile file, Verb verb, long gfn, long pages, String expected) {
    effects.begin();
    file.act(verb, gfn, pages, Side.PRIVATE);
    assertThat(Counted.of(effects.counts(), COUNTED))
        .as(verb + " " + gfn + " + " + pages)
        .isEqualTo(expected);
  }

  /** hugepages-2048kB, -1024kB, -256kB and -64kB counted one split each. */
  @Test
  void aPunchOfAPartLeavesFoliosOfAllOrders() {
    ShmemFile file = new ShmemFile(4096, effects);
    check(file, Verb.TOUCH, 0, 1, "512 fault, 1 huge map, 1 folio");
    check(file, Verb.TOUCH, 0, 512, "");
    check(
        file,
        Verb.DISCARD,
        100,
        1,
        "1 fault, 1 huge map, 1 folio, 1 split, 9 split folio, 1 zeroed");
    check(file, Verb.TOUCH, 0, 100, "3 map");
    check(file, Verb.TOUCH, 101, 411, "6 map");
    check(
        file,
        Verb.DISCARD,
        300,
        1,
        "1 fault, 1 map, 1 folio, 1 split, 8 split folio, 255 split map, 1 zeroed");
    check(file, Verb.TOUCH, 100, 1, "1 fault, 1 map, 1 folio");
    check(
        file,
        Verb.DISCARD,
        12,
        4,
        "4 fault, 1 map, 3 folio, 2 split, 10 split folio, 60 split map, 4 zeroed");
    check(file, Verb.DISCARD, 0, 512, "507 fault, 8 map, 24 folio");
    check(file, Verb.DISCARD, 0, 512, "");
  }

  /** Until the page table goes, a folio is mapped by as many entries as it has pages. */
  @Test
  void aPageTableKeepsHugeEntriesOut() {
    ShmemFile file = new ShmemFile(4096, effects);
    check(file, Verb.TOUCH, 0, 1, "512 fault, 1 huge map, 1 folio");
    check(
        file,
        Verb.DISCARD,
        0,
        256,
        "256 fault, 1 huge map, 9 folio, 2 split, 17 split folio, 256 zeroed");
    check(file, Verb.TOUCH, 0, 512, "256 fault, 265 map, 256 folio");
    check(file, Verb.DISCARD, 0, 512, "512 fault, 265 map, 265 folio");
    check(file, Verb.TOUCH, 5, 1, "512 fault, 1 map, 1 folio");
    check(
        file,
        Verb.DISCARD,
        5,
        1,
        "1 fault, 1 map, 1 folio, 2 split, 10 split folio, 511 split map, 1 zeroed");
    check(file, Verb.UNMAP, 0, 512, "");
    check(file, Verb.DISCARD, 0, 512, "511 fault, 10 folio");
    check(file, Verb.TOUCH, 5, 1, "512 fault, 1 huge map, 1 folio");
    check(
        file,
        Verb.DISCARD,
        5,
        1,
        "1 fault, 1 huge map, 1 folio, 2 split, 10 split folio, 1 zeroed");
  }

  @Test
  void aSplitLeavesPagesAndACollapseOneFolioThatIsMapped() {
    ShmemFile file = new ShmemFile(4096, effects);
    check(file, Verb.TOUCH, 512, 512, "512 fault, 1 huge map, 1 folio");
    check(file, Verb.SHATTER, 512, 512, "1 huge map, 512 folio");
    check(file, Verb.SHATTER, 512, 512, "");
    check(file, Verb.TOUCH, 512, 256, "256 map");
    check(file, Verb.DISCARD, 512, 2, "2 fault, 2 map, 2 folio");
    check(file, Verb.MERGE, 512, 512, "2 fault, 254 map, 510 folio");
    check(file, Verb.TOUCH, 512, 512, "");
    check(file, Verb.MERGE, 512, 512, "");
    check(file, Verb.UNMAP, 600, 1, "1 huge map");
    check(file, Verb.TOUCH, 700, 1, "1 huge map");
    check(file, Verb.SPLIT, 1024, 512, "512 fault, 513 folio");
    check(file, Verb.ALLOCATE, 1536, 512, "512 fault, 512 folio");
    check(file, Verb.ALLOCATE, 1536, 512, "");
  }

  private void checkMaps(ModelFile file, Verb verb, long gfn, long pages, String expected) {
    effects.begin();
    file.act(verb, gfn, pages, Side.PRIVATE);
    Counts counts = effects.counts();
    assertThat(Counted.of(counts, Term.PER_HUGE_MAP, Term.PER_MAP, Term.PER_ACTIVATION))
        .as(verb + " " + gfn + " + " + pages)
        .isEqualTo(expected);
  }

  /** A split of what is mapped leaves pages that are referenced: their first zap activates them. */
  @Test
  void whatIsZappedForTheSecondTimeIsActivated() {
    ShmemFile file = new ShmemFile(4096, effects);
    checkMaps(file, Verb.TOUCH, 0, 512, "1 huge map");
    checkMaps(file, Verb.UNMAP, 0, 512, "1 huge map");
    checkMaps(file, Verb.TOUCH, 0, 512, "1 huge map");
    checkMaps(file, Verb.UNMAP, 0, 512, "1 huge map, 1 activation");
    checkMaps(file, Verb.MERGE, 0, 512, "");
    checkMaps(file, Verb.UNMAP, 8, 8, "1 huge map");
    checkMaps(file, Verb.TOUCH, 0, 1, "1 huge map");
    checkMaps(file, Verb.UNMAP, 8, 8, "1 huge map");
    checkMaps(file, Verb.SHATTER, 0, 512, "");
    checkMaps(file, Verb.TOUCH, 0, 100, "100 map");
    checkMaps(file, Verb.UNMAP, 0, 50, "50 map, 50 activation");
    checkMaps(file, Verb.DISCARD, 0, 512, "50 map, 50 activation");
    checkMaps(file, Verb.ALLOCATE, 0, 2, "");
    checkMaps(file, Verb.TOUCH, 0, 3, "3 map");
    checkMaps(file, Verb.UNMAP, 0, 3, "3 map");
    checkMaps(file, Verb.TOUCH, 2, 2, "2 map");
    checkMaps(file, Verb.UNMAP, 0, 4, "2 map, 1 activation");
  }

  @Test
  void hugetlbComesAndGoesAsAWhole() {
    HugetlbFile file = new HugetlbFile(4096, 9, effects);
    check(file, Verb.TOUCH, 511, 2, "1024 fault, 2 huge map, 2 folio");
    check(file, Verb.DISCARD, 0, 511, "1 split, 511 zeroed");
    check(file, Verb.UNMAP, 0, 512, "1 huge map");
    check(file, Verb.TOUCH, 0, 1, "1 huge map");
    check(file, Verb.DISCARD, 0, 513, "512 fault, 1 huge map, 1 folio, 1 split, 1 zeroed");
    check(file, Verb.DISCARD, 0, 1, "");
    check(file, Verb.ALLOCATE, 0, 1, "512 fault, 1 folio");
    check(file, Verb.PIN, 0, 1, "1 huge map");
  }
}
