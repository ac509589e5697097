// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import org.junit.jupiter.api.Test;

/** The ioctl's work against an array of pages and KVM's own loops, written once more from them. */
class AttributeStoreTest {
  private static final long GIB = 1 << 18;

  /**
   * By hand, 1 GiB all private. Page 5 goes shared: one look says that it is not shared yet; it is
   * stored; in its 2M frame one look finds a private page, so the frame is mixed; of the 1G frame
   * the first 2M frame is asked, and is mixed. It goes back: one look, a store, 512 entries of its
   * 2M frame, all private; then all 512 frames of the 1G frame, each by a walk from the root: page
   * 262,143 is the last one of three levels of 64. A mixed frame is known by its flag, without a
   * walk.
   */
  @Test
  void onePageOfOneGibibyte() {
    AttributeStore store = new AttributeStore(new Guest(GIB, 1));
    assertThat(work(store, 5, 1, Side.SHARED)).isEqualTo(longs(1, 2, 1, 0));
    assertThat(work(store, 5, 1, Side.PRIVATE)).isEqualTo(longs(1, 1 + 512, 512, 512 * 3));
    assertThat(work(store, 5, 1, Side.PRIVATE)).as("nothing to do").isEqualTo(longs(0, 1, 0, 0));
  }

  /** By hand: page 524,287, the last one of 2 GiB, is the first guest's that needs four levels. */
  @Test
  void aLargerGuestHasAHigherTree() {
    AttributeStore store = new AttributeStore(new Guest(2 * GIB, 1));
    work(store, 5, 1, Side.SHARED);
    assertThat(work(store, 5, 1, Side.PRIVATE)).isEqualTo(longs(1, 513, 512, 512 * 4));
  }

  /** A guest of 512 MiB has no 1G frame that is all of a slot, so none is asked for. */
  @Test
  void aSlotBelowAGibibyteHasNoFlagOfThatSize() {
    AttributeStore store = new AttributeStore(new Guest(GIB / 2, 1));
    assertThat(work(store, 5, 1, Side.SHARED)).isEqualTo(longs(1, 2, 0, 0));
    assertThat(work(store, 5, 1, Side.PRIVATE)).isEqualTo(longs(1, 513, 0, 0));
  }

  /**
   * A whole 2M frame needs no scan of its own; a mixed frame before it ends that of the 1G frame.
   */
  @Test
  void aWholeFrame() {
    AttributeStore store = new AttributeStore(new Guest(GIB, 1));
    work(store, 3 * 512, 1, Side.SHARED);
    assertThat(work(store, 512, 512, Side.SHARED)).isEqualTo(longs(512, 1, 1, 3));
    assertThat(work(store, 512, 512, Side.PRIVATE)).isEqualTo(longs(512, 1, 4, 9));
  }

  private static List<Long> work(AttributeStore store, long gfn, long pages, Side side) {
    Counts counts = new Counts();
    store.set(gfn, pages, side, counts);
    return List.of(
        counts.of(Term.PER_STORE),
        counts.of(Term.PER_SCANNED),
        counts.of(Term.PER_ASKED),
        counts.of(Term.PER_ASKED_NODE));
  }

  private static List<Long> longs(long... counts) {
    return Arrays.stream(counts).boxed().toList();
  }

  @Test
  void randomRangesAgreeWithKvmsLoops() {
    List<Slot> slots =
        List.of(new Slot(100, 3000, 0), new Slot(4096, 2 * GIB, 3000), new Slot(3 * GIB, 700, 0));
    Guest guest = Guest.of(slots, 1, 3 * GIB);
    for (long seed = 1; seed <= 4; seed++) {
      AttributeStore store = new AttributeStore(guest);
      Naive naive = new Naive(guest);
      SplittableRandom random = new SplittableRandom(seed);
      for (int step = 0; step < 300; step++) {
        Slot slot = slots.get(random.nextInt(slots.size()));
        long from = slot.gfn() + random.nextLong(Math.min(slot.pages(), 5000));
        long most = random.nextInt(4) == 0 ? 2000 : 3;
        long pages = Math.min(slot.endGfn() - from, 1 + random.nextLong(most));
        Side side = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
        assertThat(work(store, from, pages, side))
            .as("seed %d, step %d: %d+%d %s", seed, step, from, pages, side)
            .isEqualTo(naive.set(from, pages, side == Side.PRIVATE));
      }
    }
  }

  /** kvm_vm_set_mem_attributes and kvm_arch_post_set_memory_attributes, page by page. */
  private static final class Naive {
    private final Guest guest;
    private final boolean[] isPrivate;
    private final boolean[][] mixed = new boolean[2][];
    private long stored;
    private long looks;
    private long asked;
    private long walked;

    Naive(Guest guest) {
      this.guest = guest;
      this.isPrivate = new boolean[(int) guest.pages() + 1];
      this.mixed[0] = new boolean[(int) (guest.pages() >> 9) + 2];
      this.mixed[1] = new boolean[(int) (guest.pages() >> 18) + 2];
      for (Slot s : guest.slots()) {
        Arrays.fill(isPrivate, (int) s.gfn(), (int) s.endGfn(), true);
      }
    }

    List<Long> set(long gfn, long pages, boolean to) {
      stored = 0;
      looks = 0;
      asked = 0;
      walked = 0;
      if (!rangeHas(gfn, gfn + pages, to)) {
        for (long i = gfn; i < gfn + pages; i++) {
          isPrivate[(int) i] = to;
          stored++;
        }
        for (Slot s : guest.slots()) {
          long start = Math.max(gfn, s.gfn());
          long end = Math.min(gfn + pages, s.endGfn());
          for (int level = 0; start < end && level < 2; level++) {
            postSet(s, start, end, to, level);
          }
        }
      }
      return List.of(stored, looks, asked, walked);
    }

    private void postSet(Slot s, long start, long end, boolean to, int level) {
      long size = level == 0 ? 512 : GIB;
      long first = start / size * size;
      for (long at = first; at < end; at += size) {
        boolean covered = at >= start && at + size <= end;
        boolean within = at >= s.gfn() && at + size <= s.endGfn();
        if (covered) {
          mixed[level][(int) (at / size)] = false;
        } else if (within) {
          mixed[level][(int) (at / size)] = !has(at, size, to, level);
        }
      }
    }

    private boolean has(long at, long size, boolean to, int level) {
      if (level == 0) {
        return rangeHas(at, at + size, to);
      }
      for (long frame = at; frame < at + size; frame += 512) {
        asked++;
        if (mixed[0][(int) (frame / 512)]) {
          return false;
        }
        for (long last = guest.pages() - 1; last > 0; last /= 64) {
          walked++;
        }
        if (isPrivate[(int) frame] != to) {
          return false;
        }
      }
      return true;
    }

    private boolean rangeHas(long start, long end, boolean to) {
      if (!to) {
        looks++; // xas_find goes over what is empty by itself
        for (long i = start; i < end; i++) {
          if (isPrivate[(int) i]) {
            return false;
          }
        }
        return true;
      }
      for (long i = start; i < end; i++) {
        looks++;
        if (!isPrivate[(int) i]) {
          return false;
        }
      }
      return true;
    }
  }
}
