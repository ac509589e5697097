// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import com.google.auto.service.AutoService;
import gmembench.guest.Side;

/**
 * A maple tree of ranges, neighbours of one side merged, as the in-place conversion series keeps it
 * for each guest_memfd inode: one store a conversion (mas_store_gfp), whatever its size. Readers
 * may race with the writer, and wait while a range is stored.
 *
 * <p>Steps: a node is a maple_node visited, an entry a slot written or moved; nodes are allocated
 * before each store ({@link MaplePreallocation}), but a redundant one returns before that.
 */
@AutoService(Tracker.class)
public record Maple() implements Tracker {
  @Override
  public String why() {
    return "a maple tree of ranges, as in the in-place series: one store for a range of any size";
  }

  @Override
  public PageMap open(long pages) {
    return new Ranges(pages);
  }

  /** Neighbouring ranges are always on different sides. */
  private static final class Ranges implements PageMap {
    private final long pages;
    private final MapleTree tree;
    private final Version version = new Version();

    Ranges(long pages) {
      this.pages = pages;
      this.tree = new MapleTree(pages - 1, Side.PRIVATE);
    }

    @Override
    public long pages() {
      return pages;
    }

    @Override
    public void set(long gfn, long count, Side side) {
      PageMap.check(gfn, count, pages);
      long last = gfn + count - 1;
      MapleNode leaf = tree.find(gfn);
      int slot = leaf.slotOf(gfn);
      if (leaf.slots[slot] == side && leaf.last[slot] >= last) {
        return;
      }
      long leafLast = leaf.last[leaf.count - 1];
      boolean neighboursInLeaf =
          (gfn > tree.leafFirst || gfn == 0)
              && (last < leafLast || (last == leafLast && last == pages - 1));
      version.open();
      if (neighboursInLeaf) {
        store(leaf, slot, gfn, last, side, false);
      } else {
        storeWide(gfn, last, side);
      }
      version.close();
    }

    /** Stores a range inside a leaf, merged with its neighbours there. */
    private void store(MapleNode leaf, int slot, long gfn, long last, Side side, boolean isReady) {
      int keep = slot;
      if (leaf.slots[slot] != side) {
        long first = slot == 0 ? tree.leafFirst : leaf.last[slot - 1] + 1;
        keep = first < gfn ? slot + 1 : Math.max(0, slot - 1);
      }
      int end = slot;
      while (leaf.last[end] < last) {
        end++;
      }
      int rest = end;
      long newLast = last;
      if (leaf.slots[end] == side) {
        newLast = leaf.last[end];
        rest = end + 1;
      } else if (leaf.last[end] == last) {
        rest = Math.min(end + 2, leaf.count);
        newLast = leaf.last[rest - 1];
      }
      if (!isReady) {
        tree.preallocate(leaf, keep + 1 + leaf.count - rest);
      }
      tree.replace(leaf, keep, rest, gfn, newLast, side);
    }

    /** Stores a range that reaches an end of its leaf: mas_wr_spanning_store. */
    private void storeWide(long gfn, long last, Side side) {
      long from = gfn;
      if (gfn > 0) {
        MapleNode leaf = tree.find(gfn - 1);
        int slot = leaf.slotOf(gfn - 1);
        if (leaf.slots[slot] == side) {
          from = slot == 0 ? tree.leafFirst : leaf.last[slot - 1] + 1;
        }
      }
      long to = last;
      if (last + 1 < pages) {
        MapleNode leaf = tree.find(last + 1);
        int slot = leaf.slotOf(last + 1);
        to = leaf.slots[slot] == side ? leaf.last[slot] : last;
      }
      MapleNode leaf = tree.find(from);
      boolean spans = leaf.last[leaf.count - 1] < to;
      if (spans) {
        tree.preallocateSpanning();
      }
      while (leaf.last[leaf.count - 1] < to) {
        tree.truncate(leaf, from);
        leaf = tree.find(from);
      }
      store(leaf, leaf.slotOf(from), from, to, side, spans);
      tree.lower();
    }

    @Override
    public Side get(long gfn) {
      PageMap.check(gfn, 1, pages);
      while (true) {
        int seen = version.read();
        Object side = tree.peek(gfn);
        if (version.holds(seen) && side != null) {
          return (Side) side;
        }
      }
    }

    @Override
    public long runEnd(long gfn, long limit) {
      PageMap.check(gfn, limit - gfn, pages);
      return Math.min(limit, tree.lastOf(gfn) + 1);
    }

    @Override
    public boolean readersMayRace() {
      return true;
    }

    @Override
    public long bytes() {
      return tree.bytes();
    }

    @Override
    public long kernelBytes() {
      return tree.kernelBytes();
    }

    @Override
    public long nodeSteps() {
      return tree.nodeSteps;
    }

    @Override
    public long preallocated() {
      return tree.preallocated;
    }

    @Override
    public long entrySteps() {
      return tree.entrySteps;
    }
  }
}
