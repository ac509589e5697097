// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.linux.Errno;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vm;
import gmembench.model.Inode;

/**
 * Private memory is one inode, on which every VM of the workload ({@code [[vm]]}) has a guest_memfd
 * of its own, bound to its own slots at its own gfns; a punch zaps the bindings of all of them. In
 * Linux it is an RFC (KVM_LINK_GUEST_MEMFD), so it is tried here and modelled by {@link Inode}.
 */
@AutoService(Backing.class)
public record GuestMemfdLinked() implements Backing {
  @Override
  public String why() {
    return "private side one inode with a guest_memfd for each VM of the workload: modelled, an RFC in Linux";
  }

  @Override
  public Set<Verb> verbs() {
    Set<Verb> verbs = EnumSet.copyOf(FileMemory.VERBS);
    verbs.add(Verb.REBIND);
    return verbs;
  }

  @Override
  public boolean filePerVm() {
    return true;
  }

  /** Always throws: with what the kernel says to a second VM that binds the file of a first. */
  @Override
  public boolean opensVm() {
    return true;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    long flags = Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED;
    try (Kvm kvm = Kvm.open()) {
      kvm.requireGuestMemfd(flags);
      try (Vm vm = kvm.createVm(Vm.DEFAULT);
          Vm second = kvm.createVm(Vm.DEFAULT);
          MappedFile file = vm.guestMemfd(1 << 20, flags)) {
        vm.bind(0, 0, 1 << 19, file, file, 0);
        bind(second, file);
      }
    }
    throw new LinuxException("this kernel lets two VMs have one guest_memfd; not tried further");
  }

  private static void bind(Vm second, MappedFile file) {
    try {
      second.bind(0, 0, 1 << 19, file, file, 1 << 19);
    } catch (LinuxException e) {
      throw new LinuxException(
          "a second VM binds a guest_memfd: "
              + Errno.name(e.errno())
              + "; several files on one inode are an RFC");
    }
  }
}
