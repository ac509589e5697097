// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.Vm;
import gmembench.workload.Guest;
import gmembench.workload.Slot;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The private side is a guest_memfd that is bound to a VM's memslots, so that a punch of it takes
 * the path of kvm_gmem_invalidate_begin: every binding in the range is zapped. The shared side is a
 * memfd, which the slots have as their userspace_addr, so that a punch of it takes the mmu notifier.
 * Both files are as long as the guest's addresses go, and a slot's offset in them is its address.
 *
 * @param slotBytes the guest's slots are cut into slots of this size, each bound to its own part of
 *     the file: a punch zaps as many bindings as its range crosses; 0 leaves them whole
 * @param spare slots elsewhere in the VM, of one page each
 * @param mapped the file can be mapped and the guest's touch is a write through the mapping; if
 *     not, as with real private memory, fallocate stands in for it and content is not checked
 */
@AutoService(Backing.class)
public record GuestMemfdBound(long slotBytes, int spare, boolean mapped) implements Backing {
  public GuestMemfdBound() {
    this(0, 0, true);
  }

  public GuestMemfdBound {
    if (slotBytes < 0 || slotBytes % Units.PAGE_BYTES != 0) {
      throw new IllegalArgumentException("slot of whole pages, or 0");
    }
    if (spare < 0) {
      throw new IllegalArgumentException("spare of 0 or more");
    }
  }

  @Override
  public String name() {
    return "guest-memfd-bound";
  }

  @Override
  public String why() {
    return "private side a guest_memfd bound to memslots of a VM: a punch zaps every binding";
  }

  @Override
  public Set<Verb> verbs() {
    Set<Verb> verbs = EnumSet.copyOf(FileMemory.VERBS);
    verbs.add(Verb.REBIND);
    if (attributes() instanceof Support.Yes) {
      verbs.add(Verb.ATTRIBUTE);
    }
    return verbs;
  }

  @Override
  public Support supports(Verb verb) {
    return verb == Verb.ATTRIBUTE ? attributes() : Backing.super.supports(verb);
  }

  private Support attributes() {
    try (Kvm kvm = Kvm.open();
        Vm vm = vm(kvm)) {
      vm.requireAttributes();
      return Support.YES;
    } catch (LinuxException e) {
      return new Support.No(e.reason());
    }
  }

  @Override
  public List<Slot> slots(Guest guest) {
    return Memslots.cut(guest.slots(), slotBytes);
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    try (Kvm kvm = Kvm.open()) {
      long flags = mapped ? Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED : 0;
      kvm.requireGuestMemfd(flags);
      Memslots slots =
          new Memslots(slots(guest), spare, kvm.capability(Kvm.CAP_NR_MEMSLOTS));
      return BoundMemory.open(vm(kvm), slots, guest, inPlace, flags, spare);
    }
  }

  /**
   * Of the type that has attributes, if KVM makes one and its files need not be mapped: as merged, a
   * VM with attributes has no files that are shared at first (kvm_arch_has_private_mem).
   */
  private Vm vm(Kvm kvm) {
    if (!mapped) {
      try {
        return kvm.createVm(Vm.SW_PROTECTED);
      } catch (LinuxException e) {
        // this KVM was built without it: the default type has no attributes, and the probe says so
      }
    }
    return kvm.createVm(Vm.DEFAULT);
  }
}
