// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.InPlaceAttributes;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vm;

/**
 * A guest_memfd bound to memslots whose pages are private or shared by KVM_SET_MEMORY_ATTRIBUTES2,
 * in place. In linux-next since September 2026, for VMs with private memory only; it is tried.
 */
@AutoService(Backing.class)
public record GuestMemfdInPlace() implements Backing {
  private static final long FLAGS = Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED;

  @Override
  public String why() {
    return "both sides a bound guest_memfd, converted in place by the file's own ioctl (linux-next)";
  }

  @Override
  public Support probe() {
    try (Kvm kvm = Kvm.open()) {
      kvm.requireGuestMemfd(0);
      requireIoctl(kvm);
      try (Vm vm = kvm.createVm(Vm.SW_PROTECTED)) {
        vm.guestMemfd(1 << 20, FLAGS).close();
        return Support.YES;
      }
    } catch (LinuxException e) {
      return Support.no(e);
    }
  }

  /** A file of any VM answers. */
  private static void requireIoctl(Kvm kvm) {
    try (Vm vm = kvm.createVm(Vm.DEFAULT);
        MappedFile file = vm.guestMemfd(1 << 20, 0)) {
      new InPlaceAttributes(file, InPlaceAttributes.KERNEL).require();
    }
  }

  /** No discard: there is one page for both sides. */
  @Override
  public Set<Verb> verbs() {
    return EnumSet.of(Verb.TOUCH, Verb.ATTRIBUTE_IN_PLACE, Verb.CHECK, Verb.PIN, Verb.UNPIN);
  }

  @Override
  public Set<Verb> converts() {
    return Set.of(Verb.ATTRIBUTE_IN_PLACE);
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    try (Kvm kvm = Kvm.open()) {
      kvm.requireGuestMemfd(FLAGS);
      Memslots slots = new Memslots(guest.slots(), 0, kvm.capability(Kvm.CAP_NR_MEMSLOTS));
      BoundMemory memory =
          BoundMemory.open(kvm.createVm(Vm.SW_PROTECTED), slots, guest, true, FLAGS, 0);
      try {
        MappedFile file = memory.file(Side.PRIVATE);
        return new InPlaceMemory(memory, file, guest, InPlaceAttributes.KERNEL);
      } catch (LinuxException e) {
        memory.close();
        throw e;
      }
    }
  }
}
