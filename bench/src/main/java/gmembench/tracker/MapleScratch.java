// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import java.util.Arrays;

/** Entries of maple nodes that are being dealt out anew: the kernel's maple_big_node. */
final class MapleScratch {
  final long[] last = new long[3 * MapleNode.SLOTS];
  final Object[] slots = new Object[3 * MapleNode.SLOTS];

  /** Copies so many entries of a node, from {@code slot} on, to {@code at}. */
  void load(MapleNode from, int slot, int count, int at) {
    System.arraycopy(from.last, slot, last, at, count);
    System.arraycopy(from.slots, slot, slots, at, count);
  }

  /** Moves the first {@code count} entries up. */
  void shift(int count, int by) {
    System.arraycopy(last, 0, last, by, count);
    System.arraycopy(slots, 0, slots, by, count);
  }

  /** Half of the first {@code count} entries to each of two nodes. */
  void deal(MapleNode left, MapleNode right, int count) {
    int half = (count + 1) / 2;
    unload(0, half, left);
    unload(half, count - half, right);
  }

  private void unload(int at, int count, MapleNode to) {
    System.arraycopy(last, at, to.last, 0, count);
    System.arraycopy(slots, at, to.slots, 0, count);
    if (!to.leaf && count < to.count) {
      Arrays.fill(to.slots, count, to.count, to); // see MapleTree.close
    }
    to.count = count;
  }
}
