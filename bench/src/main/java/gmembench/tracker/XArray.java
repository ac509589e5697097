// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import com.google.auto.service.AutoService;
import gmembench.guest.Side;
import org.jspecify.annotations.Nullable;

/**
 * An XArray with one entry a gfn, in the steps of KVM's kvm_vm_set_mem_attributes: nothing to do if
 * the range is on that side already; else reserve every page (xa_reserve), then store every page
 * (xa_store), each with a walk from the root. Readers may race with the writer, as under RCU.
 *
 * <p>Steps: a node is an xa_node visited, an entry a slot written.
 *
 * @param stored the side whose pages have entries. KVM stores the private ones, and so fills the
 *     whole array when a guest starts; shared is the sparse way of the 2022 series.
 * @param reserve what is reserved first: all that is stored, nothing included, up to Linux 7.3;
 *     after it entries alone (119e9db233ad), so that to take pages out is one walk instead of two
 */
@AutoService(Tracker.class)
public record XArray(Side stored, Reserve reserve) implements Tracker {
  /** Which pages get memory before they are stored. */
  public enum Reserve {
    ALL,
    ENTRIES
  }

  public XArray() {
    this(Side.PRIVATE, Reserve.ALL);
  }

  @Override
  public String why() {
    return "one XArray entry a gfn, reserve then store, as merged in KVM: linear in pages";
  }

  @Override
  public PageMap open(long pages) {
    return new Pages(pages, stored, reserve == Reserve.ALL).started();
  }

  private static final class Pages extends XaMap {
    private final boolean reservesAll;

    Pages(long pages, Side stored, boolean reservesAll) {
      super(pages, stored);
      this.reservesAll = reservesAll;
    }

    @Override
    public void set(long gfn, long count, Side side) {
      PageMap.check(gfn, count, pages);
      long end = gfn + count;
      boolean value = side == stored;
      if (isAll(gfn, end, value)) {
        return;
      }
      for (long at = gfn; at < end && (value || reservesAll); at++) {
        reserve(at);
      }
      for (long at = gfn; at < end; at++) {
        store(at, value);
      }
    }

    private boolean isAll(long gfn, long end, boolean value) {
      long same = tree.runEnd(gfn, end, value);
      tree.nodeSteps += (Math.max(gfn, same - 1) >>> XaTree.BITS) - (gfn >>> XaTree.BITS) + 1;
      return same == end;
    }

    private void reserve(long gfn) {
      XaNode leaf = tree.create(gfn);
      int slot = (int) gfn & XaTree.MASK;
      if (leaf.slots[slot] == null) {
        leaf.slots[slot] = XaTree.Entry.RESERVED;
        leaf.count++;
        tree.entrySteps++;
      }
    }

    /** A value's slot is there: it was reserved. */
    private void store(long gfn, boolean value) {
      @Nullable XaNode leaf = tree.walk(gfn, 0);
      int slot = (int) gfn & XaTree.MASK;
      if (leaf == null || leaf.slots[slot] == null) {
        if (value) {
          throw new IllegalStateException("not reserved");
        }
        return;
      }
      tree.entrySteps++;
      if (value) {
        leaf.slots[slot] = XaTree.Entry.VALUE;
        return;
      }
      leaf.slots[slot] = null;
      leaf.count--;
      if (leaf.count == 0) {
        tree.prune(leaf);
      }
    }
  }
}
