// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.Units;
import gmembench.guest.Side;

/**
 * Which side every page of a guest is on: what KVM keeps in its attributes XArray, QEMU in its
 * RamBlockAttributes bitmap. All pages are private at first. A range outside the guest throws
 * IllegalArgumentException and changes nothing.
 *
 * <p>One thread at a time, with one exception: where {@link #readersMayRace} says so, any number of
 * threads may call {@link #get} while one thread writes. Such a reader sees every page on the side
 * that it had before or has after a set that overlaps the call, never anything else; a range is not
 * converted at one instant.
 */
public interface PageMap {
  /** Order of a 2 MiB frame of 4K pages. */
  int ORDER_2M = 9;

  /** Order of a 1 GiB frame of 4K pages. */
  int ORDER_1G = 18;

  /** What {@link #forEachRange} calls. */
  interface RangeVisitor {
    void range(long gfn, long pages, Side side);
  }

  /** Pages of the guest. */
  long pages();

  /** Puts {@code pages} pages from {@code gfn} on a side: kvm_vm_set_mem_attributes. */
  void set(long gfn, long pages, Side side);

  /** The side of a page, on the fault path: kvm_mem_is_private. */
  Side get(long gfn);

  /** The end (exclusive) of the run of pages on {@code gfn}'s side, at most {@code limit}. */
  long runEnd(long gfn, long limit);

  /** Bytes that this structure holds on the Java heap, nodes kept for reuse included. */
  long bytes();

  /** Bytes of the same state in the kernel's own structure, or in this one written in C. */
  long kernelBytes();

  /** Nodes that {@link #set} has visited so far; what a node is, the tracker says. */
  long nodeSteps();

  /** Entries that {@link #set} has written so far: slots, words, or bytes. */
  long entrySteps();

  /** Nodes that were allocated so far in case {@link #set} would need them. */
  default long preallocated() {
    return 0;
  }

  /**
   * A memslot was set at a range, after the slots that were there had been deleted: what is kept in
   * slots is made anew. Nothing, where the state is beside them.
   */
  default void slotSet(long gfn, long pages) {}

  /**
   * Entries that are looked at to find out whether a range is all on a side, up to one that is not:
   * what kvm_arch_post_set_memory_attributes does of each 2M frame that a conversion leaves partly
   * covered. One, where a lookup tells how far a run goes.
   */
  default long looks(long gfn, long pages, Side side) {
    return 1;
  }

  /** Is whether a frame is mixed found without a flag that would have to be kept up to date? */
  default boolean knowsMixed() {
    return false;
  }

  /** May other threads {@link #get} while one thread writes? */
  default boolean readersMayRace() {
    return false;
  }

  /** Is the whole range on one side? kvm_range_has_memory_attributes. */
  default boolean isUniform(long gfn, long pages) {
    return runEnd(gfn, gfn + pages) == gfn + pages;
  }

  /**
   * Are there pages of both sides in the naturally aligned frame round {@code gfn}? KVM's
   * hugepage_test_mixed: such a frame cannot be mapped huge.
   *
   * @param order {@link #ORDER_2M} or {@link #ORDER_1G}; a frame that the guest ends in is judged
   *     by the pages it has
   */
  default boolean isMixed(long gfn, int order) {
    check(gfn, 1, pages());
    long from = frameStart(gfn, order);
    return !isUniform(from, Math.min(1L << order, pages() - from));
  }

  /** Calls for every maximal run of one side in a range, in order. */
  default void forEachRange(long gfn, long pages, RangeVisitor visitor) {
    check(gfn, pages, pages());
    for (long at = gfn; at < gfn + pages; ) {
      long end = runEnd(at, gfn + pages);
      visitor.range(at, end - at, get(at));
      at = end;
    }
  }

  /** The hash of a state: the same for the same sides, whatever the structure. */
  default long hash() {
    long hash = 0x9e3779b97f4a7c15L ^ pages();
    for (long gfn = 0; gfn < pages(); ) {
      long end = runEnd(gfn, pages());
      hash = mix(hash, end * 2 + get(gfn).ordinal());
      gfn = end;
    }
    return hash;
  }

  /** One step of {@link #hash}, for a reference that is no PageMap. */
  static long mix(long hash, long value) {
    long h = (hash ^ value) * 0xff51afd7ed558ccdL;
    return h ^ (h >>> 32);
  }

  /** The first gfn of the frame of an order, 2M or 1G. */
  static long frameStart(long gfn, int order) {
    if (order != ORDER_2M && order != ORDER_1G) {
      throw new IllegalArgumentException(
          "order " + Units.hex(order) + " is neither 0x9 (2M) nor 0x12 (1G)");
    }
    return gfn >>> order << order;
  }

  /** Refuses a range that is empty or outside the guest. */
  static void check(long gfn, long pages, long limit) {
    if (gfn < 0 || pages <= 0 || pages > limit - gfn) {
      throw outside(gfn, pages, limit);
    }
  }

  private static IllegalArgumentException outside(long gfn, long pages, long limit) {
    return new IllegalArgumentException(
        "gfn "
            + Units.hex(gfn)
            + " + "
            + Units.hex(pages)
            + " pages is not within a guest of "
            + Units.hex(limit)
            + " pages");
  }
}
