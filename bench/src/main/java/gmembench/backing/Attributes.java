// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Units;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.linux.Vm;
import org.jspecify.annotations.Nullable;

/**
 * The private attributes of a VM, which start as the page map does: QEMU sets all memory of an SNP
 * or TDX guest private before it runs (kvm_set_phys_mem), and a conversion costs more in a store
 * that is full. KVM has no ioctl to read them, so where a guest runs they are kept here as well: a
 * page is in the guest_memfd or in the shared file as its attribute says. Safe from any thread.
 */
final class Attributes {
  private final Vm vm;
  private final long pages;
  private volatile boolean changed = true;
  private @Nullable PageSet shared;

  Attributes(Vm vm, long pages) {
    this.vm = vm;
    this.pages = pages;
  }

  /** A guest runs from now on. */
  void follow() {
    shared = new PageSet(pages);
  }

  void makePrivate() {
    if (changed) {
      set(0, pages, Side.PRIVATE);
      changed = false;
    }
  }

  void set(long gfn, long count, Side side) {
    changed = true;
    vm.setAttributes(gfn * Units.PAGE_BYTES, count * Units.PAGE_BYTES, side == Side.PRIVATE);
    PageSet followed = shared;
    if (followed != null) {
      synchronized (followed) {
        if (side == Side.SHARED) {
          followed.add(gfn, count);
        } else {
          followed.remove(gfn, count);
        }
      }
    }
  }

  boolean isShared(long gfn) {
    PageSet followed = shared;
    if (followed == null) {
      return false;
    }
    synchronized (followed) {
      return followed.contains(gfn);
    }
  }

  /** Where the pages that are on the side of the first one end. */
  long runEnd(long gfn, long end) {
    PageSet followed = shared;
    if (followed == null) {
      return end;
    }
    synchronized (followed) {
      return followed.runEnd(gfn, end);
    }
  }

  /**
   * A private access to a shared page would be KVM_EXIT_MEMORY_FAULT on hardware; here it is not.
   */
  void requirePrivate(long gfn, long end) {
    long at = isShared(gfn) ? gfn : runEnd(gfn, end);
    if (at < end) {
      throw new LinuxException(
          "the guest touches gfn " + Units.hex(at) + " as private, it is shared");
    }
  }
}
