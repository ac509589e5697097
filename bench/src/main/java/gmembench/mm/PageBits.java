// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Guest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * 512 bits: one for each page of a 2M frame, or each 2M frame of a GiB. Ranges are from one to the
 * one after the last.
 */
final class PageBits {
  private final long[] words = new long[(int) Guest.FRAME_PAGES / 64];
  private @Nullable PageBits next;

  /** Those that no frame needs at present: kept, so that a conversion allocates nothing. */
  static final class Spares {
    private @Nullable PageBits first;

    /** All set, or none. */
    PageBits take(boolean set) {
      PageBits bits = first == null ? new PageBits() : first;
      first = bits.next;
      bits.setAll(set);
      return bits;
    }

    void give(PageBits bits) {
      bits.next = first;
      first = bits;
    }
  }

  boolean get(int page) {
    return (words[page >> 6] >>> page & 1) != 0;
  }

  /** Returns whether it was not so before. */
  boolean put(int at, boolean value) {
    long before = words[at >> 6];
    words[at >> 6] = value ? before | 1L << at : before & ~(1L << at);
    return before != words[at >> 6];
  }

  /** The 64 from {@code 64 * index} on. */
  long word(int index) {
    return words[index];
  }

  /** Returns how many were not. */
  int set(int from, int to) {
    return change(from, to, -1L);
  }

  /** Returns how many were set. */
  int clear(int from, int to) {
    return change(from, to, 0);
  }

  private int change(int from, int to, long value) {
    int count = 0;
    for (int at = from; at < to; at = (at | 63) + 1) {
      long changed = mask(at, to) & (words[at >> 6] ^ value);
      words[at >> 6] ^= changed;
      count += Long.bitCount(changed);
    }
    return count;
  }

  void setAll(boolean value) {
    Arrays.fill(words, value ? -1L : 0);
  }

  int count(int from, int to) {
    int count = 0;
    for (int at = from; at < to; at = (at | 63) + 1) {
      count += Long.bitCount(words[at >> 6] & mask(at, to));
    }
    return count;
  }

  /** The first page from here on that is set, or the limit. */
  int next(int from, int limit) {
    return next(from, limit, 0);
  }

  /** The first that is not. */
  int nextClear(int from, int limit) {
    return next(from, limit, -1L);
  }

  private int next(int from, int limit, long flip) {
    for (int at = from; at < limit; at = (at | 63) + 1) {
      long bits = (words[at >> 6] ^ flip) & (-1L << at);
      if (bits != 0) {
        return Math.min(limit, (at & -64) + Long.numberOfTrailingZeros(bits));
      }
    }
    return limit;
  }

  private static long mask(int at, int to) {
    long mask = -1L << at;
    return (at | 63) < to ? mask : mask & (-1L >>> -to);
  }
}
