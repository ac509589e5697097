// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import com.google.auto.service.AutoService;
import gmembench.workload.Side;
import java.util.Arrays;

/**
 * Three levels that are only as deep as the guest makes them. A reference a GiB; a GiB that is all
 * of one side refers to a constant. Else a byte a 2M frame: all private, all shared or mixed. For a
 * mixed frame a map of 512 bits. So an aligned conversion writes a byte a frame, or nothing below the
 * top if it covers whole GiBs, and whether a 2M or 1G frame is mixed is read, not searched.
 *
 * <p>Readers may race with the writer: what they may hold is not reused without telling them.
 *
 * <p>Steps: a node is a GiB's block or a frame's map that is visited, an entry a reference, byte or
 * word that is written.
 */
@AutoService(Tracker.class)
public record FrameMap() implements Tracker {
  @Override
  public String name() {
    return "frame-map";
  }

  @Override
  public String why() {
    return "a byte a 2M frame, bits for mixed frames only: aligned ranges cheap, mixed in O(1)";
  }

  @Override
  public PageMap open(long pages) {
    return new Frames(pages);
  }

  private static final class Frames implements PageMap {
    private static final int FRAME_MASK = (1 << ORDER_2M) - 1;
    private static final int GIB_MASK = (1 << ORDER_1G) - 1;
    private static final int MOST_SPARES = 8;

    private final long pages;
    private final Gib[] gibs;
    private final Version version = new Version();
    private final Gib[] spares = new Gib[MOST_SPARES];
    private int spareCount;
    private long nodeSteps;
    private long entrySteps;

    Frames(long pages) {
      this.pages = pages;
      this.gibs = new Gib[Math.toIntExact((pages + GIB_MASK) >>> ORDER_1G)];
      Arrays.fill(gibs, Gib.ALL_PRIVATE);
    }

    @Override
    public long pages() {
      return pages;
    }

    @Override
    public void set(long gfn, long count, Side side) {
      PageMap.check(gfn, count, pages);
      long last = gfn + count - 1;
      if (last == pages - 1) {
        last |= GIB_MASK; // what lies behind the end goes with the last page: no frame is partial
      }
      long head = gfn | FRAME_MASK;
      if (last < head || (last == head && (gfn & FRAME_MASK) != 0)) {
        setPages(gfn, last, side);
        return;
      }
      if ((gfn & FRAME_MASK) != 0) {
        setPages(gfn, head, side);
        gfn = head + 1;
      }
      long tail = (last + 1) & ~FRAME_MASK;
      if (gfn < tail) {
        setFrames(gfn, tail - 1, side);
      }
      if (tail <= last) {
        setPages(tail, last, side);
      }
    }

    /** Pages within a frame, not all of it. */
    private void setPages(long gfn, long last, Side side) {
      int index = (int) (gfn >>> ORDER_1G);
      int frame = (int) (gfn >>> ORDER_2M) & Gib.MASK;
      Gib gib = gibs[index];
      int map = gib.maps[frame];
      nodeSteps += 2;
      if (map < 0) {
        if (gib.states[frame] == side.ordinal()) {
          return;
        }
        gib = own(index, gib);
        map = gib.mix(frame);
        entrySteps += 2;
      }
      long fill = -side.ordinal();
      int first = (int) (gfn >>> 6) & Gib.WORD_MASK;
      int end = (int) (last >>> 6) & Gib.WORD_MASK;
      entrySteps += end - first + 1;
      long[] words = gib.words;
      int at = map * Gib.WORDS;
      long mask = -1L << gfn;
      for (int i = first; i < end; i++) {
        long word = words[at + i];
        words[at + i] = word ^ ((word ^ fill) & mask);
        mask = -1L;
      }
      mask &= -1L >>> ~last;
      long word = words[at + end];
      word ^= (word ^ fill) & mask;
      words[at + end] = word;
      if (word == fill && gib.isFilled(map, fill)) {
        version.retire();
        gib.unmix(frame, side);
        entrySteps += 2;
        disown(index, gib);
      }
    }

    private void setFrames(long gfn, long last, Side side) {
      for (long at = gfn; at <= last; at = (at | GIB_MASK) + 1) {
        int index = (int) (at >>> ORDER_1G);
        long end = Math.min(last, at | GIB_MASK);
        if (end - at == GIB_MASK) {
          setGib(index, side);
        } else {
          int from = (int) (at >>> ORDER_2M) & Gib.MASK;
          int to = (int) (end >>> ORDER_2M) & Gib.MASK;
          setFrames(index, from, to, side);
        }
      }
    }

    private void setFrames(int index, int from, int to, Side side) {
      nodeSteps++;
      Gib gib = gibs[index];
      if (gib == Gib.all(side)) {
        return;
      }
      gib = own(index, gib);
      if (gib.mixed > 0) {
        version.retire();
      }
      gib.fill(from, to, side);
      entrySteps += to - from + 1;
      disown(index, gib);
    }

    private void setGib(int index, Side side) {
      Gib gib = gibs[index];
      Gib all = Gib.all(side);
      entrySteps++;
      if (gib != all) {
        gibs[index] = all;
        version.retire();
      }
    }

    /** A block that may be written, in place of a constant. */
    private Gib own(int index, Gib gib) {
      if (!gib.isConstant()) {
        return gib;
      }
      Gib own = spareCount > 0 ? spares[--spareCount] : new Gib();
      own.become(gib.side());
      entrySteps++;
      gibs[index] = own;
      return own;
    }

    /** A GiB that is on one side again needs no block. */
    private void disown(int index, Gib gib) {
      if (gib.mixed == 0 && (gib.shared == 0 || gib.shared == Gib.FRAMES)) {
        gibs[index] = Gib.all(gib.side());
        entrySteps++;
        version.retire();
        if (spareCount < MOST_SPARES) {
          gib.trim();
          spares[spareCount++] = gib;
        }
      }
    }

    @Override
    public Side get(long gfn) {
      PageMap.check(gfn, 1, pages);
      int frame = (int) (gfn >>> ORDER_2M) & Gib.MASK;
      while (true) {
        int seen = version.read();
        int state = gibs[(int) (gfn >>> ORDER_1G)].get(frame, gfn);
        if (version.holds(seen) && state != Gib.MIXED) {
          return state == 0 ? Side.PRIVATE : Side.SHARED;
        }
      }
    }

    @Override
    public boolean readersMayRace() {
      return true;
    }

    @Override
    public boolean isMixed(long gfn, int order) {
      PageMap.check(gfn, 1, pages);
      PageMap.frameStart(gfn, order);
      Gib gib = gibs[(int) (gfn >>> ORDER_1G)];
      return order == ORDER_1G
          ? !gib.isConstant()
          : gib.states[(int) (gfn >>> ORDER_2M) & Gib.MASK] == Gib.MIXED;
    }

    @Override
    public long runEnd(long gfn, long limit) {
      PageMap.check(gfn, limit - gfn, pages);
      Side side = get(gfn);
      long at = gfn;
      while (at < limit) {
        Gib gib = gibs[(int) (at >>> ORDER_1G)];
        int inGib = (int) at & GIB_MASK;
        int end = gib == Gib.all(side) ? GIB_MASK + 1 : gib.runEnd(inGib, side);
        at += end - inGib;
        if (end <= GIB_MASK) {
          break;
        }
      }
      return Math.min(at, limit);
    }

    @Override
    public long bytes() {
      return bytes(4, 64);
    }

    /** With pointers of 8 bytes, and no headers of Java objects. */
    @Override
    public long kernelBytes() {
      return bytes(8, 24);
    }

    private long bytes(int reference, int header) {
      long bytes = (long) reference * gibs.length;
      for (Gib gib : gibs) {
        bytes += gib.isConstant() ? 0 : header + gib.bytes();
      }
      for (int i = 0; i < spareCount; i++) {
        bytes += header + spares[i].bytes();
      }
      return bytes;
    }

    @Override
    public long nodeSteps() {
      return nodeSteps;
    }

    @Override
    public long entrySteps() {
      return entrySteps;
    }
  }
}
