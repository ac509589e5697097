// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import com.google.auto.service.AutoService;
import gmembench.guest.Side;
import org.jspecify.annotations.Nullable;

/**
 * An XArray with multi-index entries: a range is stored as its largest naturally aligned blocks,
 * one entry each, which fills a slot of a higher node and the sibling slots after it. An entry that
 * is overwritten in part is split first, all of it, as xas_split does. Nothing is merged again
 * until a larger block is stored. Readers may race with the writer, and wait while a block is
 * stored.
 *
 * <p>Steps: a node is an xa_node visited, an entry a slot written, siblings included.
 *
 * @param stored the side whose pages have entries
 */
@AutoService(Tracker.class)
public record XArrayRange(Side stored) implements Tracker {
  public XArrayRange() {
    this(Side.SHARED);
  }

  @Override
  public String why() {
    return "an XArray with multi-index entries, split on partial overwrite: few entries, big splits";
  }

  @Override
  public PageMap open(long pages) {
    return new Ranges(pages, stored).started();
  }

  private static final class Ranges extends XaMap {
    Ranges(long pages, Side stored) {
      super(pages, stored);
    }

    @Override
    public void set(long gfn, long count, Side side) {
      PageMap.check(gfn, count, pages);
      long end = gfn + count;
      for (long at = gfn; at < end; ) {
        int order = 63 - Long.numberOfLeadingZeros(end - at);
        if (at != 0) {
          order = Math.min(order, Long.numberOfTrailingZeros(at));
        }
        tree.version.open();
        if (side == stored) {
          store(at, order);
        } else {
          erase(at, order);
        }
        tree.version.close();
        at += 1L << order;
      }
    }

    private static int shift(int order) {
      return order - order % XaTree.BITS;
    }

    private static int width(int order) {
      return 1 << order % XaTree.BITS;
    }

    private void store(long index, int order) {
      int shift = shift(order);
      XaNode node = tree.expand(index + (1L << order) - 1, shift);
      while (node.shift > shift) {
        tree.nodeSteps++;
        int slot = node.slotOf(index);
        Object entry = node.slots[slot];
        if (entry instanceof XaNode below) {
          node = below;
        } else if (entry == null) {
          node = tree.add(node, slot);
        } else {
          return; // inside an entry of the same side
        }
      }
      tree.nodeSteps++;
      int slot = node.slotOf(index);
      Object entry = node.slots[slot];
      if (entry == null || entry instanceof XaNode || entryEnd(node, slot) < slot + width(order)) {
        fill(node, slot, width(order));
      }
    }

    /** Puts one entry into so many slots, in place of whatever is there. */
    private void fill(XaNode node, int slot, int width) {
      for (int i = slot; i < slot + width; i++) {
        Object old = node.slots[i];
        node.slots[i] = i == slot ? XaTree.Entry.VALUE : XaTree.sibling(slot);
        if (old == null) {
          node.count++;
        } else if (old instanceof XaNode below) {
          tree.free(below);
        }
      }
      tree.entrySteps += width;
    }

    private void erase(long index, int order) {
      int shift = shift(order);
      @Nullable XaNode node = tree.head();
      if (node == null || !tree.covers(index)) {
        return;
      }
      if (shift > node.shift) {
        tree.clear();
        return;
      }
      while (node.shift > shift) {
        tree.nodeSteps++;
        int slot = node.slotOf(index);
        Object entry = node.slots[slot];
        if (entry == null) {
          return;
        }
        node = entry instanceof XaNode below ? below : split(node, slot, order);
      }
      tree.nodeSteps++;
      int slot = node.slotOf(index);
      splitHere(node, slot, width(order));
      empty(node, slot, width(order));
    }

    /**
     * Splits the entry in a slot into the nodes below, one for each of its slots, all of them full:
     * xas_split, a level at a time. Returns the node in the slot.
     */
    private XaNode split(XaNode node, int slot, int order) {
      int first = entryStart(node, slot);
      int end = entryEnd(node, slot);
      int shift = node.shift - XaTree.BITS;
      int width = shift == shift(order) ? width(order) : 1;
      XaNode wanted = node;
      for (int i = first; i < end; i++) {
        XaNode below = tree.take(shift);
        below.parent = node;
        below.offset = i;
        entries(below, 0, XaTree.SLOTS, width);
        below.count = XaTree.SLOTS;
        node.slots[i] = below;
        tree.nodeSteps++;
        wanted = i == slot ? below : wanted;
      }
      tree.entrySteps += end - first;
      return wanted;
    }

    /** If the entry in a slot is wider than {@code width} slots, makes it entries of that width. */
    private void splitHere(XaNode node, int slot, int width) {
      if (node.slots[slot] == null || node.slots[slot] instanceof XaNode) {
        return;
      }
      int first = entryStart(node, slot);
      int end = entryEnd(node, slot);
      if (end - first > width) {
        entries(node, first, end, width);
      }
    }

    private void entries(XaNode node, int first, int end, int width) {
      for (int i = first; i < end; i++) {
        int canonical = i & -width;
        node.slots[i] = i == canonical ? XaTree.Entry.VALUE : XaTree.sibling(canonical);
      }
      tree.entrySteps += end - first;
    }

    private void empty(XaNode node, int slot, int width) {
      for (int i = slot; i < slot + width; i++) {
        Object old = node.slots[i];
        if (old != null) {
          node.slots[i] = null;
          node.count--;
          if (old instanceof XaNode below) {
            tree.free(below);
          }
        }
      }
      tree.entrySteps += width;
      tree.prune(node);
    }

    private static int entryStart(XaNode node, int slot) {
      int first = slot;
      while (node.slots[first] != XaTree.Entry.VALUE) {
        first--;
      }
      return first;
    }

    private static int entryEnd(XaNode node, int slot) {
      int first = entryStart(node, slot);
      int end = slot + 1;
      while (end < XaTree.SLOTS && XaTree.isSibling(node.slots[end], first)) {
        end++;
      }
      return end;
    }
  }
}
