// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import org.jspecify.annotations.Nullable;

/** struct xa_node; {@code slots} hold null where they are empty. */
final class XaNode {
  final Object[] slots = new Object[XaTree.SLOTS];
  @Nullable XaNode parent;
  int shift;
  int offset;
  int count;

  int slotOf(long index) {
    return (int) (index >>> shift) & XaTree.MASK;
  }
}
