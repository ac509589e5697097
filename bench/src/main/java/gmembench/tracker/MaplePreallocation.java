// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

/**
 * Nodes that are allocated before a store and its lock, so that it cannot fail, and freed if it
 * does not use them: mas_preallocate, whose mas_prealloc_calc knows how far up a store may go.
 * Readers race with it (RCU), so a leaf that changes by more than an entry is written anew.
 */
final class MaplePreallocation {
  private MaplePreallocation() {}

  /**
   * How many a store in one leaf asks for.
   *
   * @param path the nodes above the leaf, the top first
   * @param depth how many these are
   * @param before entries of the leaf
   * @param after the same with the store, whatever fits in
   */
  static int inLeaf(MapleNode[] path, int depth, int before, int after) {
    if (after > MapleNode.SLOTS) {
      return 2 * (depth + 1 - vacant(path, depth)) + 1;
    } else if (after - 1 < MapleTree.LEAST && depth > 0) {
      return 2 * levels(path, depth) + 1;
    }
    return after == before ? 0 : 1;
  }

  /** The same where it ends in another leaf than it begins in: a level may become three nodes. */
  static int spanning(MapleNode[] path, int depth) {
    return 3 * levels(path, depth) + 1;
  }

  /** Levels that may be written: up to a node that can both take an entry and lose one. */
  private static int levels(MapleNode[] path, int depth) {
    int sufficient = 0;
    for (int level = 0; level < depth; level++) {
      int end = path[level].count - 1;
      if (end > (level == 0 ? 2 : MapleTree.LEAST + 1)) {
        sufficient = level + 1;
      }
    }
    return depth + 1 - Math.min(sufficient, vacant(path, depth));
  }

  /** The height from the top of the lowest node that can take an entry; 0 if none can. */
  private static int vacant(MapleNode[] path, int depth) {
    int vacant = 0;
    for (int level = 0; level < depth; level++) {
      vacant = path[level].count < MapleNode.SLOTS ? level + 1 : vacant;
    }
    return vacant;
  }
}
