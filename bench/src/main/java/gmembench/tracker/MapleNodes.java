// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import java.util.Arrays;

/** The nodes of a {@link MapleTree}, with some in reserve as a slab has. */
final class MapleNodes {
  private static final int MOST_SPARES = 1024;

  private final MapleNode[] spares = new MapleNode[MOST_SPARES];
  private int spareCount;
  private long live;

  MapleNode take(boolean leaf) {
    MapleNode node = spareCount > 0 ? spares[--spareCount] : new MapleNode();
    node.leaf = leaf;
    node.count = 0;
    live++;
    return node;
  }

  void put(MapleNode node) {
    live--;
    if (!node.leaf) {
      Arrays.fill(node.slots, null);
    }
    if (spareCount < MOST_SPARES) {
      spares[spareCount++] = node;
    }
  }

  /** How many are in the tree. */
  long live() {
    return live;
  }

  long bytes() {
    return (live + spareCount) * MapleNode.BYTES + 4L * MOST_SPARES;
  }
}
