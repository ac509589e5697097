// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

/** A node of {@link MapleTree}: up to 16 ranges, one after the other. */
final class MapleNode {
  static final int SLOTS = 16;

  /** In Java: the object is 24 bytes, its arrays 16 + 128 and 16 + 64. */
  static final int BYTES = 248;

  /** Inclusive ends; the last is the node's own. */
  final long[] last = new long[SLOTS];

  /** Nodes below, or what a leaf's ranges hold. */
  final Object[] slots = new Object[SLOTS];

  int count;
  boolean leaf;

  int slotOf(long index) {
    int end = Math.min(count, SLOTS) - 1;
    int i = 0;
    while (i < end && last[i] < index) {
      i++;
    }
    return i;
  }

  /** So many slots from one on, to another place or node. */
  void moveTo(int slot, MapleNode to, int at, int count) {
    System.arraycopy(last, slot, to.last, at, count);
    System.arraycopy(slots, slot, to.slots, at, count);
  }
}
