// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import org.jspecify.annotations.Nullable;

/**
 * The nodes of Linux's maple tree (lib/maple_tree.c): a B-tree of ranges with 16 slots a node, in
 * leaves and above (maple_range_64; the 10 slots of maple_arange_64 are for trees that look for
 * gaps, which nobody asks of a guest's pages). A slot ends at its pivot and begins after the one
 * before.
 *
 * <p>A full node gives entries to a neighbour before it is split, so that ascending stores leave
 * full nodes behind; a node with fewer than 6 entries takes some or is merged.
 */
final class MapleTree {
  private static final int SLOTS = MapleNode.SLOTS;
  static final int LEAST = 6;

  /** Two nodes that share more than this would overflow again at once. */
  private static final int MOST_SHARED = 2 * SLOTS - 1;

  private static final int MOST_LEVELS = 32;

  /** sizeof(struct maple_node), and of struct maple_tree. */
  private static final int KERNEL_NODE_BYTES = 256;

  private static final int KERNEL_HEAD_BYTES = 16;

  long nodeSteps;
  long entrySteps;
  long preallocated;

  /** The leaf that was found last: the nodes above it, and the first index that it holds. */
  long leafFirst;

  private MapleNode root;
  private final MapleNode[] path = new MapleNode[MOST_LEVELS];
  private final int[] pathSlot = new int[MOST_LEVELS];
  private int depth;

  private final MapleScratch scratch = new MapleScratch();
  private final MapleNodes nodes = new MapleNodes();

  MapleTree(long last, Object entry) {
    root = take(true);
    root.count = 1;
    root.last[0] = last;
    root.slots[0] = entry;
  }

  MapleNode find(long index) {
    MapleNode node = root;
    long first = 0;
    int level = 0;
    while (!node.leaf) {
      int slot = node.slotOf(index);
      path[level] = node;
      pathSlot[level++] = slot;
      first = slot == 0 ? first : node.last[slot - 1] + 1;
      node = (MapleNode) node.slots[slot];
    }
    nodeSteps += level + 1;
    leafFirst = first;
    depth = level;
    return node;
  }

  /** What is stored at an index; null if the tree was rewritten meanwhile. */
  @Nullable Object peek(long index) {
    Object entry = root;
    for (int level = 0; level < MOST_LEVELS && entry instanceof MapleNode node; level++) {
      entry = node.slots[node.slotOf(index)];
    }
    return entry instanceof MapleNode ? null : entry;
  }

  /** The end, inclusive, of the range that an index is in. */
  long lastOf(long index) {
    MapleNode node = root;
    int slot = node.slotOf(index);
    while (!node.leaf) {
      node = (MapleNode) node.slots[slot];
      slot = node.slotOf(index);
    }
    return node.last[slot];
  }

  /** The leaf found last will have so many entries. */
  void preallocate(MapleNode leaf, int count) {
    preallocated += MaplePreallocation.inLeaf(path, depth, leaf.count, count);
  }

  /** A store begins in the leaf found last and ends in another. */
  void preallocateSpanning() {
    preallocated += MaplePreallocation.spanning(path, depth);
  }

  /**
   * Stores a range in the leaf found last: keeps so many of its entries, the last of them up to
   * {@code gfn}, then the new one, then what it had from slot {@code rest}, which may be among
   * those kept.
   */
  void replace(MapleNode leaf, int keep, int rest, long gfn, long last, Object entry) {
    int tail = leaf.count - rest;
    int count = keep + 1 + tail;
    entrySteps += count - keep + 1;
    if (count > SLOTS) {
      scratch.load(leaf, 0, keep, 0);
      scratch.load(leaf, rest, tail, keep + 1);
      scratch.last[keep] = last;
      scratch.slots[keep] = entry;
      if (keep > 0) {
        scratch.last[keep - 1] = Math.min(scratch.last[keep - 1], gfn - 1);
      }
      divide(leaf, depth, count);
      return;
    }
    if (rest != keep + 1) {
      leaf.moveTo(rest, leaf, keep + 1, tail);
    }
    leaf.last[keep] = last;
    leaf.slots[keep] = entry;
    leaf.count = count;
    if (keep > 0) {
      leaf.last[keep - 1] = Math.min(leaf.last[keep - 1], gfn - 1);
    }
    if (count < LEAST && depth > 0) {
      refill(depth);
    }
  }

  /** Cuts the leaf found last so that it ends before {@code index}; the next one begins there. */
  void truncate(MapleNode leaf, long index) {
    int slot = leaf.slotOf(index);
    boolean part = (slot == 0 ? leafFirst : leaf.last[slot - 1] + 1) < index;
    leaf.count = part ? slot + 1 : slot;
    entrySteps++;
    if (leaf.count == 0) {
      remove(depth);
    } else {
      leaf.last[leaf.count - 1] = index - 1;
      endsAt(depth, index - 1);
    }
  }

  /** The node at a level of the path now ends there: tells those above. */
  private void endsAt(int level, long last) {
    for (int i = level - 1; i >= 0; i--) {
      path[i].last[pathSlot[i]] = last;
      if (pathSlot[i] < path[i].count - 1) {
        return;
      }
    }
  }

  /** Takes the empty node at a level of the path out of the tree. */
  private void remove(int level) {
    MapleNode parent = path[level - 1];
    int slot = pathSlot[level - 1];
    put((MapleNode) parent.slots[slot]);
    close(parent, slot);
    if (parent.count == 0) {
      remove(level - 1);
    } else if (slot == parent.count) {
      endsAt(level - 1, parent.last[slot - 1]);
    }
  }

  private void close(MapleNode node, int slot) {
    node.moveTo(slot + 1, node, slot, node.count - slot - 1);
    node.count--;
    node.slots[node.count] = node; // a slot that is not used must not keep a node alive
    entrySteps += node.count - slot;
  }

  /** A top with one node below is not needed. */
  void lower() {
    while (!root.leaf && root.count == 1) {
      MapleNode top = root;
      root = (MapleNode) top.slots[0];
      put(top);
    }
  }

  /**
   * Gives the entries in the scratch, too many for the node, to it and to a neighbour or a new
   * node.
   */
  private void divide(MapleNode node, int level, int count) {
    if (level == 0) {
      MapleNode top = take(false);
      top.count = 1;
      top.last[0] = scratch.last[count - 1];
      top.slots[0] = node;
      root = top;
      System.arraycopy(path, 0, path, 1, depth);
      System.arraycopy(pathSlot, 0, pathSlot, 1, depth);
      path[0] = top;
      pathSlot[0] = 0;
      depth++;
      divide(node, 1, count);
      return;
    }
    MapleNode parent = path[level - 1];
    int slot = pathSlot[level - 1];
    if (slot > 0 && ((MapleNode) parent.slots[slot - 1]).count + count <= MOST_SHARED) {
      MapleNode left = (MapleNode) parent.slots[slot - 1];
      scratch.shift(count, left.count);
      scratch.load(left, 0, left.count, 0);
      deal(left, node, left.count + count);
      parent.last[slot - 1] = left.last[left.count - 1];
    } else if (slot + 1 < parent.count
        && ((MapleNode) parent.slots[slot + 1]).count + count <= MOST_SHARED) {
      MapleNode right = (MapleNode) parent.slots[slot + 1];
      scratch.load(right, 0, right.count, count);
      deal(node, right, count + right.count);
      parent.last[slot] = node.last[node.count - 1];
    } else {
      MapleNode right = take(node.leaf);
      deal(node, right, count);
      insert(parent, slot, level, right, node.last[node.count - 1]);
    }
  }

  /** Puts a new node behind the one in a slot, which ends at {@code last} now. */
  private void insert(MapleNode parent, int slot, int level, MapleNode right, long last) {
    entrySteps += parent.count - slot;
    if (parent.count < SLOTS) {
      parent.moveTo(slot, parent, slot + 1, parent.count - slot);
      parent.last[slot] = last;
      parent.slots[slot + 1] = right;
      parent.count++;
      return;
    }
    scratch.load(parent, 0, slot + 1, 0);
    scratch.load(parent, slot, SLOTS - slot, slot + 1);
    scratch.last[slot] = last;
    scratch.slots[slot + 1] = right;
    divide(parent, level - 1, SLOTS + 1);
  }

  /** The node at a level has too few entries: it shares a neighbour's, or is merged with it. */
  private void refill(int level) {
    MapleNode parent = path[level - 1];
    if (parent.count == 1) {
      return;
    }
    int slot = Math.min(pathSlot[level - 1], parent.count - 2);
    MapleNode left = (MapleNode) parent.slots[slot];
    MapleNode right = (MapleNode) parent.slots[slot + 1];
    int count = left.count + right.count;
    if (count > SLOTS) {
      scratch.load(left, 0, left.count, 0);
      scratch.load(right, 0, right.count, left.count);
      deal(left, right, count);
      parent.last[slot] = left.last[left.count - 1];
      return;
    }
    right.moveTo(0, left, left.count, right.count);
    left.count = count;
    entrySteps += right.count;
    parent.last[slot] = parent.last[slot + 1];
    close(parent, slot + 1);
    put(right);
    if (level == 1) {
      lower();
    } else if (parent.count < LEAST) {
      refill(level - 1);
    }
  }

  private void deal(MapleNode left, MapleNode right, int count) {
    scratch.deal(left, right, count);
    entrySteps += count;
  }

  private MapleNode take(boolean leaf) {
    nodeSteps++;
    return nodes.take(leaf);
  }

  private void put(MapleNode node) {
    nodeSteps++;
    nodes.put(node);
  }

  long bytes() {
    return nodes.bytes() + 12L * SLOTS * 3;
  }

  long kernelBytes() {
    return KERNEL_HEAD_BYTES + nodes.live() * KERNEL_NODE_BYTES;
  }
}
