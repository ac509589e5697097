// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import org.jspecify.annotations.Nullable;

/**
 * The tree of Linux's XArray (lib/xarray.c): nodes of 64 slots, as deep as the highest index needs,
 * a node freed when its last entry goes. A slot is empty, a value, a reservation, a node below, or
 * a sibling, which belongs to the entry in an earlier slot of the same node.
 *
 * <p>A few freed nodes are kept for reuse, so that steady flips allocate nothing; the version tells
 * readers that a node which they may hold is one of them.
 */
final class XaTree {
  static final int BITS = 6;
  static final int SLOTS = 1 << BITS;
  static final int MASK = SLOTS - 1;

  /** What a slot holds that is neither empty, nor a node, nor a sibling. */
  enum Entry {
    /** The page is on the side that has entries. */
    VALUE,
    /** XA_ZERO_ENTRY: memory is there, but it reads as empty. */
    RESERVED
  }

  private static final Sibling[] SIBLINGS = new Sibling[SLOTS];

  /** sizeof(struct xa_node), and of struct xarray. */
  private static final int KERNEL_NODE_BYTES = 576;

  private static final int KERNEL_HEAD_BYTES = 16;

  /** A XaNode is 32 bytes, its array of 64 references 16 + 256. */
  private static final int NODE_BYTES = 304;

  private static final int MOST_SPARES = 1024;

  static {
    for (int i = 0; i < SLOTS; i++) {
      SIBLINGS[i] = new Sibling(i);
    }
  }

  private record Sibling(int canonical) {}

  final Version version = new Version();
  long nodeSteps;
  long entrySteps;
  private @Nullable XaNode head;
  private @Nullable XaNode spares;
  private int spareCount;
  private long live;

  static Object sibling(int canonical) {
    return SIBLINGS[canonical];
  }

  static boolean isSibling(@Nullable Object entry, int canonical) {
    return entry instanceof Sibling sibling && sibling.canonical == canonical;
  }

  /** Does a slot's content, which is no node, say that there is a value? */
  private static boolean isValue(@Nullable Object entry) {
    return entry != null && entry != Entry.RESERVED;
  }

  @Nullable XaNode head() {
    return head;
  }

  boolean covers(long index) {
    XaNode top = head;
    return top != null && index >>> top.shift < SLOTS;
  }

  /** xa_load; may race with the writer. */
  boolean load(long index) {
    while (true) {
      int seen = version.read();
      boolean value = find(index);
      if (version.holds(seen)) {
        return value;
      }
    }
  }

  private boolean find(long index) {
    XaNode node = head;
    if (node == null || index >>> node.shift >= SLOTS) {
      return false;
    }
    Object entry = node.slots[node.slotOf(index)];
    while (entry instanceof XaNode below) {
      entry = below.slots[below.slotOf(index)];
    }
    return isValue(entry);
  }

  /** The end of the run of indices from {@code index} that have, or have not, a value. */
  long runEnd(long index, long limit, boolean value) {
    long at = index;
    while (at < limit) {
      XaNode node = head;
      if (node == null || at >>> node.shift >= SLOTS) {
        return value ? at : limit;
      }
      int slot = node.slotOf(at);
      while (node.slots[slot] instanceof XaNode below) {
        node = below;
        slot = node.slotOf(at);
      }
      int end = slot;
      while (end < SLOTS
          && !(node.slots[end] instanceof XaNode)
          && isValue(node.slots[end]) == value) {
        end++;
      }
      if (end > slot) {
        at = ((at >>> node.shift) + (end - slot)) << node.shift;
      }
      if (end < SLOTS && !(node.slots[end] instanceof XaNode)) {
        break;
      }
    }
    return Math.min(at, limit);
  }

  /** Entries from {@code index} on up to one that is no value: xas_find and xas_next. */
  long looks(long index, long limit) {
    long looks = 0;
    for (long at = index; at < limit; looks++) {
      XaNode node = head;
      if (node == null || at >>> node.shift >= SLOTS) {
        return looks + 1;
      }
      while (node.slots[node.slotOf(at)] instanceof XaNode below) {
        node = below;
      }
      int slot = node.slotOf(at);
      if (!isValue(node.slots[slot])) {
        return looks + 1;
      }
      int canonical = node.slots[slot] instanceof Sibling sibling ? sibling.canonical : slot;
      do {
        slot++;
      } while (slot < SLOTS && isSibling(node.slots[slot], canonical));
      at = ((at >>> node.shift & -SLOTS) + slot) << node.shift;
    }
    return looks;
  }

  /** The node of a level that {@code index} is in, if it exists; a walk from the root. */
  @Nullable XaNode walk(long index, int shift) {
    if (!covers(index)) {
      return null;
    }
    XaNode node = head;
    while (node != null && node.shift > shift) {
      nodeSteps++;
      node = node.slots[node.slotOf(index)] instanceof XaNode below ? below : null;
    }
    nodeSteps++;
    return node;
  }

  /** The leaf that {@code index} is in, with whatever is missing above it: xas_create. */
  XaNode create(long index) {
    XaNode node = expand(index, 0);
    while (node.shift > 0) {
      nodeSteps++;
      int slot = node.slotOf(index);
      node = node.slots[slot] instanceof XaNode below ? below : add(node, slot);
    }
    nodeSteps++;
    return node;
  }

  /** Makes the tree high enough for an index and a level: xas_expand. Returns its top. */
  XaNode expand(long index, int shift) {
    XaNode top = head;
    if (top == null) {
      int needed = shift;
      while (index >>> needed >= SLOTS) {
        needed += BITS;
      }
      top = take(needed);
      head = top;
    }
    while (index >>> top.shift >= SLOTS || top.shift < shift) {
      XaNode above = take(top.shift + BITS);
      above.slots[0] = top;
      above.count = 1;
      top.parent = above;
      top.offset = 0;
      head = above;
      top = above;
    }
    return top;
  }

  /** A new node in an empty slot. */
  XaNode add(XaNode parent, int slot) {
    XaNode node = take(parent.shift - BITS);
    node.parent = parent;
    node.offset = slot;
    parent.slots[slot] = node;
    parent.count++;
    entrySteps++;
    return node;
  }

  /** Takes out empty nodes from here up, then a top that is not needed: xas_delete_node. */
  void prune(XaNode from) {
    XaNode node = from;
    while (node.count == 0) {
      XaNode parent = node.parent;
      if (parent == null) {
        head = null;
      } else {
        parent.slots[node.offset] = null;
        parent.count--;
        entrySteps++;
      }
      put(node);
      if (parent == null) {
        return;
      }
      node = parent;
    }
    while (node.parent == null && node.count == 1 && node.slots[0] instanceof XaNode only) {
      head = only;
      only.parent = null;
      node.slots[0] = null;
      put(node);
      node = only;
    }
  }

  /** Frees a node and all below it: xas_free_nodes. The caller takes it out of its slot. */
  void free(XaNode node) {
    for (int i = 0; i < SLOTS && node.count > 0; i++) {
      Object entry = node.slots[i];
      if (entry != null) {
        node.slots[i] = null;
        node.count--;
        if (entry instanceof XaNode below) {
          free(below);
        }
      }
    }
    nodeSteps++;
    put(node);
  }

  void clear() {
    XaNode top = head;
    head = null;
    if (top != null) {
      free(top);
    }
  }

  XaNode take(int shift) {
    XaNode node = spares;
    if (node == null) {
      node = new XaNode();
    } else {
      spares = node.parent;
      spareCount--;
    }
    node.parent = null;
    node.offset = 0;
    node.shift = shift;
    live++;
    return node;
  }

  /** Takes back an empty node that is out of the tree. */
  private void put(XaNode node) {
    live--;
    version.retire();
    node.count = 0;
    node.parent = null;
    if (spareCount < MOST_SPARES) {
      node.parent = spares;
      spares = node;
      spareCount++;
    }
  }

  long bytes() {
    return (live + spareCount) * NODE_BYTES;
  }

  long kernelBytes() {
    return KERNEL_HEAD_BYTES + live * KERNEL_NODE_BYTES;
  }
}
