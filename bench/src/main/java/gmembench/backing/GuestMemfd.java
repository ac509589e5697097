// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vm;
import java.util.Set;

/**
 * The private side is a guest_memfd made with MMAP | INIT_SHARED, so that the guest's touch is a
 * real fault on it; the shared side is a memfd. The file is not bound to a memslot.
 *
 * @param mapped if not, the file has no flags, as Linux 6.8 to 6.17 know none: fallocate stands in
 *     for the guest's touch, and its content is not checked
 */
@AutoService(Backing.class)
public record GuestMemfd(boolean mapped) implements Backing {
  public GuestMemfd() {
    this(true);
  }

  /** Results that are older have no options. */
  @Override
  public String label() {
    return mapped ? name() : Backing.super.label();
  }

  @Override
  public String why() {
    return "private side a guest_memfd that can be mapped (MMAP|INIT_SHARED), shared side a memfd";
  }

  @Override
  public Set<Verb> verbs() {
    return verbs(Side.SHARED);
  }

  @Override
  public Set<Verb> verbs(Side side) {
    return mapped ? FileMemory.VERBS : FileMemory.hidden(FileMemory.verbsBut(), side);
  }

  @Override
  public Support supports(Verb verb) {
    return verb == Verb.POPULATE ? population() : Backing.super.supports(verb);
  }

  /** write(2) of a guest_memfd was posted (GUEST_MEMFD_FLAG_WRITE), and is not in Linux 7.3. */
  static Support population() {
    try (MappedFile file = file(Side.PRIVATE, Guest.ofBytes(1 << 20), true)) {
      file.write(file, 0, 0);
      return Support.YES;
    } catch (LinuxException e) {
      return new Support.No("a guest_memfd: " + e.reason());
    }
  }

  @Override
  public boolean opensVm() {
    return true;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return new FileMemory(guest, PerSide.of(inPlace, side -> file(side, guest, mapped)));
  }

  /** The file keeps its VM alive by itself, so the VM's own descriptor need not stay open. */
  private static MappedFile file(Side side, Guest guest, boolean mapped) {
    if (side == Side.SHARED) {
      return MappedFile.memfd(FileMemory.name(side), guest.fileBytes());
    }
    try (Kvm kvm = Kvm.open();
        Vm vm = kvm.createVm(Vm.DEFAULT)) {
      long flags = mapped ? Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED : 0;
      kvm.requireGuestMemfd(flags);
      return vm.guestMemfd(guest.fileBytes(), flags);
    }
  }
}
