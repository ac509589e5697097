// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.Units;
import gmembench.workload.Side;

/**
 * Which side every page of a guest is on: what KVM keeps in its attributes XArray, QEMU in its
 * RamBlockAttributes bitmap. All pages are private at first. A range outside the guest throws
 * IllegalArgumentException and changes nothing. One thread at a time unless a tracker says more.
 */
public interface PageMap {
  /** Pages of the guest. */
  long pages();

  /** Puts {@code pages} pages from {@code gfn} on a side. */
  void set(long gfn, long pages, Side side);

  Side get(long gfn);

  /** The end (exclusive) of the run of pages on {@code gfn}'s side, at most {@code limit}. */
  long runEnd(long gfn, long limit);

  /** Bytes that this structure holds on the Java heap, without object headers' padding. */
  long bytes();

  /** Is the whole range on one side? */
  default boolean isUniform(long gfn, long pages) {
    return runEnd(gfn, gfn + pages) == gfn + pages;
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

  /** Refuses a range that is empty or outside the guest. */
  static void check(long gfn, long pages, long limit) {
    if (gfn < 0 || pages <= 0 || gfn >= limit || pages > limit - gfn) {
      throw new IllegalArgumentException(
          "gfn "
              + Units.hex(gfn)
              + " + "
              + Units.hex(pages)
              + " pages is not within a guest of "
              + Units.hex(limit)
              + " pages");
    }
  }
}
