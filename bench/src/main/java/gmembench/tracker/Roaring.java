// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import com.google.auto.service.AutoService;
import gmembench.guest.Side;
import org.roaringbitmap.RoaringBitmap;

/**
 * A RoaringBitmap of the shared pages: for every 65,536 pages an array, a bitmap or runs, whichever
 * is small. It is at home in databases, not in a kernel. Readers may not race with the writer.
 *
 * <p>Steps: a node is a container that the range crosses; an entry is a word of 64 pages, since the
 * library does not say what it writes.
 */
@AutoService(Tracker.class)
public record Roaring() implements Tracker {
  /** Its indices are of 32 bits. */
  private static final long MOST_PAGES = 1L << 32;

  @Override
  public String why() {
    return "RoaringBitmap, the compressed bitmap of databases: what an off-the-shelf library gives";
  }

  @Override
  public PageMap open(long pages) {
    if (pages > MOST_PAGES) {
      throw new IllegalArgumentException("roaring holds a guest of up to 16 TiB");
    }
    return new Compressed(pages);
  }

  private static final class Compressed implements PageMap {
    private final long pages;
    private final RoaringBitmap shared = new RoaringBitmap();
    private long nodeSteps;
    private long entrySteps;

    Compressed(long pages) {
      this.pages = pages;
    }

    @Override
    public long pages() {
      return pages;
    }

    @Override
    public void set(long gfn, long count, Side side) {
      PageMap.check(gfn, count, pages);
      long last = gfn + count - 1;
      nodeSteps += (last >>> 16) - (gfn >>> 16) + 1;
      entrySteps += (last >>> 6) - (gfn >>> 6) + 1;
      if (side == Side.SHARED) {
        add(gfn, count);
      } else {
        remove(gfn, count);
      }
    }

    /** The methods for one page are the only ones that allocate nothing. */
    private void add(long gfn, long count) {
      if (count == 1) {
        shared.add((int) gfn);
      } else {
        shared.add(gfn, gfn + count);
      }
    }

    private void remove(long gfn, long count) {
      if (count == 1) {
        shared.remove((int) gfn);
      } else {
        shared.remove(gfn, gfn + count);
      }
    }

    @Override
    public Side get(long gfn) {
      PageMap.check(gfn, 1, pages);
      return shared.contains((int) gfn) ? Side.SHARED : Side.PRIVATE;
    }

    @Override
    public long runEnd(long gfn, long limit) {
      PageMap.check(gfn, limit - gfn, pages);
      if (shared.contains((int) gfn)) {
        return Math.min(limit, shared.nextAbsentValue((int) gfn));
      }
      long next = shared.nextValue((int) gfn);
      return next < 0 ? limit : Math.min(limit, next);
    }

    @Override
    public long bytes() {
      return shared.getLongSizeInBytes();
    }

    @Override
    public long kernelBytes() {
      return bytes();
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
