// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import org.junit.jupiter.api.Test;

/** From gfns to pages of the file, against a table with a line a gfn. */
class GuestSlotsTest {
  private static final int FILE = 128;

  /** By hand: pages 4-7 of the file at gfn 0, 8-9 behind them, 0-3 at gfn 10. */
  @Test
  void threeSlots() {
    Guest guest =
        Guest.of(List.of(new Slot(10, 4, 0), new Slot(0, 4, 4), new Slot(4, 2, 8)), 1, 10);
    assertThat(guest.page(0)).isEqualTo(4);
    assertThat(guest.page(5)).isEqualTo(9);
    assertThat(guest.page(13)).isEqualTo(3);
    assertThat(guest.pieceEnd(1, 6)).isEqualTo(6); // two slots, one piece of the file
    assertThat(guest.pieceEnd(1, 3)).isEqualTo(3);
    assertThat(guest.isFlat()).isFalse();
    assertThat(guest.isAligned(2)).isTrue();
    assertThat(guest.isAligned(4)).isFalse();
    assertThatThrownBy(() -> guest.page(6)).isInstanceOf(IllegalArgumentException.class);
    assertThat(new Guest(7, 1).isFlat()).isTrue();
    assertThat(Guest.of(List.of(new Slot(0, 4, 1)), 1, 5).isFlat()).isFalse();
  }

  @Test
  void everyGfnIsWhereTheTableHasIt() {
    for (int seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Slot> slots = slots(random);
      Guest guest = Guest.of(slots, 1, FILE);
      int[] page = new int[(int) guest.pages() + 2];
      Arrays.fill(page, -1);
      for (Slot slot : slots) {
        for (int i = 0; i < slot.pages(); i++) {
          page[(int) slot.gfn() + i] = (int) slot.offsetPages() + i;
        }
      }
      PageSet inFile = new PageSet(FILE);
      PageSet gfns = new PageSet(guest.pages());
      PageSet behind = new PageSet(FILE);
      for (int i = 0; i < FILE; i++) {
        inFile.add(i, random.nextInt(3) == 0 ? 1 : 0);
      }
      for (int gfn = 0; gfn < guest.pages(); gfn++) {
        if (page[gfn] >= 0 && random.nextBoolean()) {
          gfns.add(gfn, 1);
          behind.add(page[gfn], 1);
        }
      }
      assertThat(pages(guest.behind(gfns))).isEqualTo(pages(behind));
      check(guest, page, inFile, random);
    }
  }

  private static void check(Guest guest, int[] page, PageSet inFile, SplittableRandom random) {
    int from = random.nextInt((int) guest.pages());
    int end = from + random.nextInt((int) guest.pages() - from) + 1;
    int first = from;
    while (first < end && (page[first] < 0 || !inFile.contains(page[first]))) {
      first++;
    }
    assertThat(guest.find(from, end, false, inFile::next)).isEqualTo(first);
    int absent = from;
    while (absent < end && page[absent] >= 0 && inFile.contains(page[absent])) {
      absent++;
    }
    assertThat(guest.find(from, end, true, inFile::nextAbsent)).isEqualTo(absent);
    if (page[from] >= 0) {
      assertThat(guest.page(from)).isEqualTo(page[from]);
      int to = from + 1;
      while (to < end && page[to] == page[to - 1] + 1) {
        to++;
      }
      int memory = from;
      while (memory < end && page[memory] >= 0) {
        memory++;
      }
      assertThat(guest.pieceEnd(from, memory)).isEqualTo(to);
    }
  }

  private static List<Long> pages(PageSet set) {
    List<Long> pages = new ArrayList<>();
    for (long at = set.next(0, FILE); at < FILE; at = set.next(at + 1, FILE)) {
      pages.add(at);
    }
    return pages;
  }

  /** Apart in the guest by rising gfn, and in any order in the file. */
  private static List<Slot> slots(SplittableRandom random) {
    int count = 1 + random.nextInt(4);
    List<Integer> parts = new ArrayList<>(List.of(0, 1, 2, 3));
    if (random.nextBoolean()) {
      Collections.shuffle(parts, new Random(random.nextLong()));
    }
    List<Slot> slots = new ArrayList<>();
    long gfn = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      boolean all = random.nextBoolean();
      long pages = all ? 32 : 1 + random.nextLong(32);
      slots.add(new Slot(gfn, pages, 32L * parts.get(i)));
      gfn += pages + (random.nextBoolean() ? 0 : random.nextInt(40));
    }
    return slots;
  }
}
