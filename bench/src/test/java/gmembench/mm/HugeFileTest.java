// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.backing.Verb;
import org.junit.jupiter.api.Test;

/** The counts are those that Linux 6.18 showed in its own statistics, step by step. */
class HugeFileTest {
  private final Effects effects = new Effects(4096, true);

  /** Faults, entries, folios; splits, folios more, entries dropped; pages zeroed. */
  private void check(HugeFile file, Verb verb, long gfn, long pages, long... expected) {
    effects.begin();
    file.count(verb, gfn, pages, effects);
    assertThat(
            new long[] {
              effects.faults(),
              effects.maps() + effects.hugeMaps(),
              effects.folios(),
              effects.splits(),
              effects.splitFolios(),
              effects.splitMaps(),
              effects.zeroed()
            })
        .as(verb + " " + gfn + " + " + pages)
        .containsExactly(expected);
  }

  /** hugepages-2048kB, -1024kB, -256kB and -64kB counted one split each. */
  @Test
  void aPunchOfAPartLeavesFoliosOfAllOrders() {
    ShmemFile file = new ShmemFile(4096);
    check(file, Verb.TOUCH, 0, 1, 512, 1, 1, 0, 0, 0, 0);
    check(file, Verb.TOUCH, 0, 512, 0, 0, 0, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 100, 1, 1, 1, 1, 1, 9, 0, 1);
    check(file, Verb.TOUCH, 0, 100, 0, 3, 0, 0, 0, 0, 0);
    check(file, Verb.TOUCH, 101, 411, 0, 6, 0, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 300, 1, 1, 1, 1, 1, 8, 255, 1);
    check(file, Verb.TOUCH, 100, 1, 1, 1, 1, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 12, 4, 4, 1, 3, 2, 10, 60, 4);
    check(file, Verb.DISCARD, 0, 512, 507, 8, 24, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 0, 512, 0, 0, 0, 0, 0, 0, 0);
  }

  /** Until the page table goes, a folio is mapped by as many entries as it has pages. */
  @Test
  void aPageTableKeepsHugeEntriesOut() {
    ShmemFile file = new ShmemFile(4096);
    check(file, Verb.TOUCH, 0, 1, 512, 1, 1, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 0, 256, 256, 1, 9, 2, 17, 0, 256);
    check(file, Verb.TOUCH, 0, 512, 256, 265, 256, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 0, 512, 512, 265, 265, 0, 0, 0, 0);
    check(file, Verb.TOUCH, 5, 1, 512, 1, 1, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 5, 1, 1, 1, 1, 2, 10, 511, 1);
    check(file, Verb.UNMAP, 0, 512, 0, 0, 0, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 0, 512, 511, 0, 10, 0, 0, 0, 0);
    check(file, Verb.TOUCH, 5, 1, 512, 1, 1, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 5, 1, 1, 1, 1, 2, 10, 0, 1);
  }

  @Test
  void aSplitLeavesPagesAndACollapseOneFolioThatIsMapped() {
    ShmemFile file = new ShmemFile(4096);
    check(file, Verb.TOUCH, 512, 512, 512, 1, 1, 0, 0, 0, 0);
    check(file, Verb.SHATTER, 512, 512, 0, 1, 512, 0, 0, 0, 0);
    check(file, Verb.SHATTER, 512, 512, 0, 0, 0, 0, 0, 0, 0);
    check(file, Verb.TOUCH, 512, 256, 0, 256, 0, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 512, 2, 2, 2, 2, 0, 0, 0, 0);
    check(file, Verb.MERGE, 512, 512, 2, 254, 510, 0, 0, 0, 0);
    check(file, Verb.TOUCH, 512, 512, 0, 0, 0, 0, 0, 0, 0);
    check(file, Verb.MERGE, 512, 512, 0, 0, 0, 0, 0, 0, 0);
    check(file, Verb.UNMAP, 600, 1, 0, 1, 0, 0, 0, 0, 0);
    check(file, Verb.TOUCH, 700, 1, 0, 1, 0, 0, 0, 0, 0);
    check(file, Verb.SPLIT, 1024, 512, 512, 0, 513, 0, 0, 0, 0);
    check(file, Verb.ALLOCATE, 1536, 512, 512, 0, 512, 0, 0, 0, 0);
    check(file, Verb.ALLOCATE, 1536, 512, 0, 0, 0, 0, 0, 0, 0);
  }

  private void checkMaps(HugeFile file, Verb verb, long gfn, long pages, long... expected) {
    effects.begin();
    file.count(verb, gfn, pages, effects);
    assertThat(new long[] {effects.hugeMaps(), effects.maps(), effects.activations()})
        .as(verb + " " + gfn + " + " + pages)
        .containsExactly(expected);
  }

  /** A split of what is mapped leaves pages that are referenced: their first zap activates them. */
  @Test
  void whatIsZappedForTheSecondTimeIsActivated() {
    ShmemFile file = new ShmemFile(4096);
    checkMaps(file, Verb.TOUCH, 0, 512, 1, 0, 0);
    checkMaps(file, Verb.UNMAP, 0, 512, 1, 0, 0);
    checkMaps(file, Verb.TOUCH, 0, 512, 1, 0, 0);
    checkMaps(file, Verb.UNMAP, 0, 512, 1, 0, 1);
    checkMaps(file, Verb.MERGE, 0, 512, 0, 0, 0);
    checkMaps(file, Verb.UNMAP, 8, 8, 1, 0, 0);
    checkMaps(file, Verb.TOUCH, 0, 1, 1, 0, 0);
    checkMaps(file, Verb.UNMAP, 8, 8, 1, 0, 0);
    checkMaps(file, Verb.SHATTER, 0, 512, 0, 0, 0);
    checkMaps(file, Verb.TOUCH, 0, 100, 0, 100, 0);
    checkMaps(file, Verb.UNMAP, 0, 50, 0, 50, 50);
    checkMaps(file, Verb.DISCARD, 0, 512, 0, 50, 50);
    checkMaps(file, Verb.ALLOCATE, 0, 2, 0, 0, 0);
    checkMaps(file, Verb.TOUCH, 0, 3, 0, 3, 0);
    checkMaps(file, Verb.UNMAP, 0, 3, 0, 3, 0);
    checkMaps(file, Verb.TOUCH, 2, 2, 0, 2, 0);
    checkMaps(file, Verb.UNMAP, 0, 4, 0, 2, 1);
  }

  @Test
  void hugetlbComesAndGoesAsAWhole() {
    HugetlbFile file = new HugetlbFile(4096, 9);
    check(file, Verb.TOUCH, 511, 2, 1024, 2, 2, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 0, 511, 0, 0, 0, 1, 0, 0, 511);
    check(file, Verb.UNMAP, 0, 512, 0, 1, 0, 0, 0, 0, 0);
    check(file, Verb.TOUCH, 0, 1, 0, 1, 0, 0, 0, 0, 0);
    check(file, Verb.DISCARD, 0, 513, 512, 1, 1, 1, 0, 0, 1);
    check(file, Verb.DISCARD, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    check(file, Verb.ALLOCATE, 0, 1, 512, 0, 1, 0, 0, 0, 0);
    check(file, Verb.PIN, 0, 1, 0, 1, 0, 0, 0, 0, 0);
  }
}
