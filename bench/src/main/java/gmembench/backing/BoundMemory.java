// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Units;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vm;
import gmembench.workload.Guest;
import gmembench.workload.Side;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** A guest's two files, and the VM that has them in memslots. */
final class BoundMemory implements Memory, Memslots.Changes {
  private final Vm vm;
  private final Memslots slots;
  private final long pages;
  private final MappedFile privateFile;
  private final MappedFile sharedFile;
  private final FileMemory files;
  private final LongAdder slotOperations = new LongAdder();
  private final Deque<Runnable> open;

  private BoundMemory(
      Vm vm,
      Memslots slots,
      long pages,
      MappedFile privateFile,
      MappedFile sharedFile,
      Deque<Runnable> open) {
    this.vm = vm;
    this.slots = slots;
    this.pages = pages;
    this.privateFile = privateFile;
    this.sharedFile = sharedFile;
    this.files = new FileMemory(privateFile, sharedFile);
    this.open = open;
  }

  /** Takes over the VM, which is closed if anything fails. */
  static BoundMemory open(
      Vm vm, Memslots slots, Guest guest, boolean inPlace, long flags, int spare) {
    Deque<Runnable> open = new ArrayDeque<>();
    open.push(vm::close);
    try {
      MappedFile privateFile = vm.guestMemfd(guest.bytes(), flags);
      open.push(privateFile::close);
      MappedFile sharedFile = privateFile;
      if (!inPlace) {
        sharedFile = MappedFile.memfd("gmembench-shared", guest.bytes());
        open.push(sharedFile::close);
      }
      if (spare > 0) {
        open.push(spareSlots(vm, spare, guest.bytes())::close);
      }
      BoundMemory memory =
          new BoundMemory(vm, slots, guest.pages(), privateFile, sharedFile, open);
      memory.apply(Verb.REBIND, 0, guest.pages(), Side.PRIVATE);
      return memory;
    } catch (LinuxException e) {
      open.forEach(Runnable::run);
      throw e;
    }
  }

  /** One page each, and a hole behind each so that no two can be one. */
  private static MappedFile spareSlots(Vm vm, int count, long gpa) {
    MappedFile file = MappedFile.memfd("gmembench-spare", count * Units.PAGE_BYTES);
    try {
      for (int i = 0; i < count; i++) {
        long at = i * Units.PAGE_BYTES;
        vm.setSlot(i, 0, gpa + 2 * at, Units.PAGE_BYTES, file, at);
      }
      return file;
    } catch (LinuxException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    switch (verb) {
      case REBIND -> slotOperations.add(slots.put(gfn, pages, side, this));
      case ATTRIBUTE ->
          vm.setAttributes(
              gfn * Units.PAGE_BYTES, pages * Units.PAGE_BYTES, side == Side.PRIVATE);
      default -> {
        return files.apply(verb, gfn, pages, side);
      }
    }
    return pages;
  }

  /** Private slots have the guest_memfd; in a shared one the guest sees the shared file alone. */
  @Override
  public void set(Memslots.Entry slot) {
    long at = slot.gfn() * Units.PAGE_BYTES;
    long bytes = slot.pages() * Units.PAGE_BYTES;
    if (slot.side() == Side.PRIVATE) {
      vm.bind(slot.id(), at, bytes, sharedFile, privateFile, at);
    } else {
      vm.setSlot(slot.id(), 0, at, bytes, sharedFile, at);
    }
  }

  @Override
  public void remove(Memslots.Entry slot) {
    vm.removeSlot(slot.id());
  }

  /** Every slot is whole and private again. */
  @Override
  public void restart() {
    slots.put(0, pages, Side.PRIVATE, this);
    slotOperations.reset();
  }

  @Override
  public void report(Map<String, String> metrics) {
    metrics.put("slot_operations", Long.toString(slotOperations.sum()));
    metrics.put("slots_end", Integer.toString(slots.count()));
  }

  @Override
  public boolean inPlace() {
    return files.inPlace();
  }

  @Override
  public long residentBytes(Side side) {
    return files.residentBytes(side);
  }

  @Override
  public boolean hasContent() {
    return files.hasContent();
  }

  @Override
  public long read(long gfn, Side side) {
    return files.read(gfn, side);
  }

  @Override
  public boolean isZero(long gfn, Side side) {
    return files.isZero(gfn, side);
  }

  /** The last opened first. */
  @Override
  public void close() {
    open.forEach(Runnable::run);
  }
}
