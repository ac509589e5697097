// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.Vm;
import gmembench.vcpu.GuestCall;
import gmembench.vcpu.TinyGuest;

/**
 * The private side is a guest_memfd that is bound to a VM's memslots, so that a punch of it takes
 * the path of kvm_gmem_invalidate_begin: every binding in the range is zapped. The shared side is a
 * memfd, which the slots have as their userspace_addr, so that a punch of it takes the mmu
 * notifier. A slot shows both files from the same offset on.
 *
 * @param slotBytes the guest's slots are cut into slots of this size, each bound to its own part of
 *     the file: a punch zaps as many bindings as its range crosses; 0 leaves them whole
 * @param spare slots elsewhere in the VM, of one page each
 * @param mapped the file can be mapped and the guest's touch is a write through the mapping; if
 *     not, as with real private memory, fallocate stands in for it and content is not checked
 * @param guest how a guest calls that really runs ({@link TinyGuest}): touches of both sides are
 *     its own then, and so is asking for conversions. A slot with a guest_memfd has that file's
 *     mapping as its userspace_addr then: KVM maps the neighbours of a fault in advance by that
 *     address, so with another one the guest would find pages of it among its private ones
 * @param hotPages pages elsewhere that the guest touches again each time slots have changed
 * @param zapAll deleting a slot takes all it has mapped from the guest (KVM_X86_QUIRK_SLOT_ZAP_ALL,
 *     KVM's default), or that slot's only
 * @param prefault KVM maps private pages before the guest touches them (KVM_PRE_FAULT_MEMORY), a
 *     range a call; it is part of the touch
 */
@AutoService(Backing.class)
public record GuestMemfdBound(
    long slotBytes,
    int spare,
    boolean mapped,
    GuestCall guest,
    long hotPages,
    boolean zapAll,
    boolean prefault)
    implements Backing {
  private static final long GUEST_LIMIT_NS = 2_000_000_000L;

  public GuestMemfdBound() {
    this(0, 0, true, GuestCall.NONE, 0, true, false);
  }

  public GuestMemfdBound {
    if (slotBytes < 0 || slotBytes % Units.PAGE_BYTES != 0) {
      throw new IllegalArgumentException("slot of whole pages, or 0");
    }
    if (spare < 0) {
      throw new IllegalArgumentException("spare of 0 or more");
    }
    if (hotPages < 0 || (hotPages > 0 && guest == GuestCall.NONE)) {
      throw new IllegalArgumentException("hot-pages of 0 or more, and with a guest only");
    }
    if (prefault && guest == GuestCall.NONE) {
      throw new IllegalArgumentException("prefault=true with a guest only");
    }
  }

  /** The same with its slots cut into others. */
  public GuestMemfdBound cutInto(long bytes) {
    return new GuestMemfdBound(bytes, spare, mapped, guest, hotPages, zapAll, prefault);
  }

  /** Results that are older know no prefault, and had none. */
  @Override
  public String label() {
    return Backing.super.label().replace(":prefault=false", "");
  }

  @Override
  public String why() {
    return "private side a guest_memfd bound to memslots of a VM: a punch zaps every binding";
  }

  @Override
  public Set<Verb> verbs() {
    return verbs(Side.SHARED);
  }

  @Override
  public Set<Verb> verbs(Side side) {
    Set<Verb> verbs = FileMemory.verbsBut();
    if (!mapped) {
      FileMemory.hidden(verbs, side);
    }
    if (mapped || guest == GuestCall.NONE) {
      verbs.add(Verb.REBIND); // who reads by the guest's eyes needs the slots as they are
    }
    if (guest != GuestCall.NONE) {
      verbs.add(Verb.ASK);
    }
    if (attributes() instanceof Support.Yes) {
      verbs.add(Verb.ATTRIBUTE);
    }
    return verbs;
  }

  @Override
  public Support supports(Verb verb) {
    return switch (verb) {
      case ATTRIBUTE -> attributes();
      case POPULATE -> GuestMemfd.population();
      default -> Backing.super.supports(verb);
    };
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
  public boolean opensVm() {
    return true;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    try (Kvm kvm = Kvm.open()) {
      long flags = mapped ? Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED : 0;
      kvm.requireGuestMemfd(flags);
      int mostIds = kvm.capability(Kvm.CAP_NR_MEMSLOTS) - BoundMemory.ownSlots(guest);
      Memslots slots = new Memslots(slots(guest), spare, mostIds);
      BoundMemory memory = BoundMemory.open(vm(kvm), slots, guest, inPlace, flags, spare);
      if (this.guest != GuestCall.NONE) {
        TinyGuest.Options options =
            new TinyGuest.Options(
                this.guest, this.guest.privilege(), hotPages, GUEST_LIMIT_NS, !mapped, prefault);
        memory.run(mostIds, options);
      }
      return memory;
    }
  }

  /**
   * A VM of the type that has attributes, if KVM makes one and its files need not be mapped: as
   * merged, a VM with attributes has no files that are shared at first (kvm_arch_has_private_mem).
   * Where a guest runs it must be one: any other would see shared memory in place of its private.
   */
  private Vm vm(Kvm kvm) {
    if (!mapped) {
      try {
        return kvm.createVm(Vm.SW_PROTECTED);
      } catch (LinuxException e) {
        if (guest != GuestCall.NONE) {
          throw e;
        }
        // this KVM was built without it: the default type has no attributes, and the probe says so
      }
    }
    Vm vm = kvm.createVm(Vm.DEFAULT);
    try {
      if (!zapAll) {
        vm.zapOnlyTheSlot();
      }
      return vm;
    } catch (LinuxException e) {
      vm.close();
      throw e;
    }
  }
}
