// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Units;
import gmembench.linux.MappedFile;
import gmembench.linux.Pin;
import java.util.Arrays;

/**
 * References on the pages of a file: real ones, and beside them a table, because the kernel does
 * not report a page's reference count to user space. Few are held at once, so they are searched one
 * by one. Any thread may call.
 */
final class Pins implements AutoCloseable {
  private final MappedFile file;
  private long[] gfns = new long[16];
  private long[] ends = new long[16];
  private Held[] held = new Held[16];
  private int size;

  Pins(MappedFile file) {
    this.file = file;
  }

  /** A pin, and in how many pieces it is still in the table. */
  private static final class Held {
    private final Pin pin;
    private int pieces;

    Held(Pin pin) {
      this.pin = pin;
    }
  }

  synchronized void pin(long gfn, long pages) {
    add(gfn, gfn + pages, new Held(file.pin(gfn * Units.PAGE_BYTES, pages * Units.PAGE_BYTES)));
  }

  private void add(long gfn, long end, Held pin) {
    if (size == held.length) {
      gfns = Arrays.copyOf(gfns, 2 * size);
      ends = Arrays.copyOf(ends, 2 * size);
      held = Arrays.copyOf(held, 2 * size);
    }
    gfns[size] = gfn;
    ends[size] = end;
    held[size] = pin;
    pin.pieces++;
    size++;
  }

  /**
   * Drops one reference to each page of a range; pages that have none are left alone. The kernel's
   * own goes when the last page of what was pinned together is dropped.
   */
  synchronized void unpin(long gfn, long pages) {
    long end = gfn + pages;
    for (long at = gfn; at < end; ) {
      int i = find(at, end);
      if (i < 0) {
        return;
      }
      long next = Math.min(end, ends[i]);
      drop(i, at, end);
      at = next;
    }
  }

  /** The pin that has the range's first pinned page; the exact one, or the oldest of several. */
  private int find(long gfn, long end) {
    int best = -1;
    for (int i = 0; i < size; i++) {
      if (gfns[i] == gfn && ends[i] == end) {
        return i;
      }
      if (gfns[i] < end
          && ends[i] > gfn
          && (best < 0 || Math.max(gfn, gfns[i]) < Math.max(gfn, gfns[best]))) {
        best = i;
      }
    }
    return best;
  }

  private void drop(int i, long gfn, long end) {
    Held pin = held[i];
    if (gfns[i] < gfn) {
      add(gfns[i], gfn, pin);
    }
    if (end < ends[i]) {
      add(end, ends[i], pin);
    }
    size--;
    System.arraycopy(gfns, i + 1, gfns, i, size - i);
    System.arraycopy(ends, i + 1, ends, i, size - i);
    System.arraycopy(held, i + 1, held, i, size - i);
    if (--pin.pieces == 0) {
      pin.pin.close();
    }
  }

  /** The first page of a range that is pinned, or its end. */
  synchronized long firstHeld(long gfn, long end) {
    long first = end;
    for (int i = 0; i < size; i++) {
      if (ends[i] > gfn) {
        first = Math.min(first, Math.max(gfn, gfns[i]));
      }
    }
    return first;
  }

  @Override
  public synchronized void close() {
    for (int i = 0; i < size; i++) {
      held[i].pin.close(); // again for each piece, which does nothing
    }
    size = 0;
  }
}
