// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vm;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.vcpu.TinyGuest;
import org.jspecify.annotations.Nullable;

/** A guest's two files, the VM that has them in memslots, and perhaps a guest that runs on them. */
final class BoundMemory implements Around, Memslots.Changes {
  private final Vm vm;
  private final Memslots slots;
  private final long pages;
  private final FileMemory files;
  private final LongAdder slotOperations = new LongAdder();
  private final Deque<Runnable> open;
  private final @Nullable Attributes attributes;
  private @Nullable TinyGuest guest;

  private BoundMemory(
      Vm vm, Memslots slots, Guest guest, PerSide<MappedFile> files, Deque<Runnable> open) {
    this.vm = vm;
    this.attributes = vm.hasAttributes() ? new Attributes(vm, guest.pages()) : null;
    this.slots = slots;
    this.pages = guest.pages();
    this.files = new FileMemory(guest, files);
    this.open = open;
  }

  /**
   * Slots of a VM that are not the guest's memory: shared memory's second addresses, the program.
   */
  static int ownSlots(Guest guest) {
    return guest.slots().size() + 1;
  }

  /** Takes over the VM, which is closed if anything fails. */
  static BoundMemory open(
      Vm vm, Memslots slots, Guest guest, boolean inPlace, long flags, int spare) {
    Deque<Runnable> open = new ArrayDeque<>();
    open.push(vm::close);
    try {
      PerSide<MappedFile> files =
          PerSide.of(
              inPlace,
              side -> {
                MappedFile file =
                    side == Side.PRIVATE
                        ? vm.guestMemfd(guest.fileBytes(), flags)
                        : MappedFile.memfd(FileMemory.name(side), guest.fileBytes());
                open.push(file::close);
                return file;
              });
      if (spare > 0) {
        open.push(spareSlots(vm, spare, guest.bytes())::close);
      }
      BoundMemory memory = new BoundMemory(vm, slots, guest, files, open);
      memory.apply(Verb.REBIND, 0, guest.pages(), Side.PRIVATE);
      memory.makePrivate();
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

  /**
   * Puts a guest into the VM. The slots are set once more, with what it must see.
   *
   * @param firstSlot of {@link #ownSlots} free ones
   */
  void run(int firstSlot, TinyGuest.Options options) {
    try {
      long guestBytes = files.guest().bytes();
      int id = firstSlot;
      for (Slot slot : inPlace() ? List.<Slot>of() : files.guest().slots()) {
        long gpa = TinyGuest.sharedGpa(guestBytes) + slot.gpa();
        vm.setSlot(id++, 0, gpa, slot.bytes(), files.file(Side.SHARED), slot.offset());
      }
      if (attributes != null) {
        attributes.follow();
      }
      TinyGuest running = TinyGuest.open(vm, guestBytes, id, options);
      open.push(running::close);
      guest = running;
      slots.clear(this);
      slots.put(0, pages, Side.PRIVATE, this);
    } catch (LinuxException e) {
      close();
      throw e;
    }
  }

  @Override
  public Memory memory() {
    return files;
  }

  MappedFile file(Side side) {
    return files.file(side);
  }

  @Override
  public boolean hasGuest() {
    return guest != null;
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    switch (verb) {
      case REBIND -> rebind(gfn, pages, side);
      case ATTRIBUTE -> attributes().set(gfn, pages, side);
      case TOUCH -> write(gfn, pages, side);
      case ASK -> ask(gfn, pages, side);
      default -> {
        return files.apply(verb, gfn, pages, side);
      }
    }
    return pages;
  }

  private Attributes attributes() {
    return Objects.requireNonNull(attributes, "no attributes: Backing.supports says so");
  }

  private void makePrivate() {
    if (attributes != null) {
      attributes.makePrivate();
    }
  }

  private void rebind(long gfn, long pages, Side side) {
    long changes = slots.put(gfn, pages, side, this);
    slotOperations.add(changes);
    if (guest != null && changes > 0) {
      guest.slotsChanged();
    }
  }

  /**
   * The guest's touch, or the harness's in its place. Where shared memory is not to be seen by gfn,
   * by a slot of its own or by the attribute, the guest goes to its second address.
   */
  private void write(long gfn, long pages, Side side) {
    if (guest == null) {
      files.touch(gfn, pages, side);
      return;
    }
    long end = gfn + pages;
    if (side == Side.PRIVATE && attributes != null) {
      attributes.requirePrivate(gfn, end);
    }
    if (side == Side.PRIVATE || inPlace()) {
      guest.touch(gfn, pages, side, false);
      return;
    }
    for (long at = gfn, next; at < end; at = next) {
      Memslots.Entry slot = slots.at(at);
      next = slot == null ? end : Math.min(end, slot.endGfn());
      boolean isHidden = slot == null || slot.side() == Side.PRIVATE;
      if (isHidden && attributes != null) {
        isHidden = !attributes.isShared(at);
        next = attributes.runEnd(at, next);
      }
      guest.touch(at, next - at, side, isHidden);
    }
  }

  private void ask(long gfn, long pages, Side to) {
    if (guest != null) {
      guest.ask(gfn, pages, to);
    }
  }

  /** Private slots have the guest_memfd; in a shared one the guest sees the shared file alone. */
  @Override
  public void set(Memslots.Entry slot) {
    long at = slot.gfn() * Units.PAGE_BYTES;
    long bytes = slot.pages() * Units.PAGE_BYTES;
    long offset = files.guest().page(slot.gfn()) * Units.PAGE_BYTES;
    if (slot.side() == Side.PRIVATE) {
      MappedFile file = files.file(Side.PRIVATE);
      boolean isSeen = guest != null && file.isMapped();
      vm.bind(slot.id(), at, bytes, isSeen ? file : files.file(Side.SHARED), file, offset);
    } else {
      vm.setSlot(slot.id(), 0, at, bytes, files.file(Side.SHARED), offset);
    }
  }

  @Override
  public void remove(Memslots.Entry slot) {
    vm.removeSlot(slot.id());
  }

  @Override
  public void watchSlots(Memslots.Watch watch) {
    slots.watch(watch);
  }

  @Override
  public void unbind() {
    slots.clear(this);
  }

  @Override
  public void bind() {
    rebind(0, pages, Side.PRIVATE);
  }

  /** Every slot is whole and private again, and so is every page's attribute. */
  @Override
  public void restart() {
    files.restart();
    slots.put(0, pages, Side.PRIVATE, this);
    makePrivate();
    slotOperations.reset();
    if (guest != null) {
      guest.restart();
    }
  }

  /** Private memory that only the guest can read is content as well. */
  @Override
  public boolean hasContent() {
    return guest != null || files.hasContent();
  }

  @Override
  public long read(long gfn, Side side) {
    return isGuests(side) ? readByGuest(gfn, 1) : files.read(gfn, side);
  }

  @Override
  public boolean isZero(long gfn, Side side) {
    return isGuests(side)
        ? readByGuest(gfn, Units.PAGE_BYTES / Long.BYTES) == 0
        : files.isZero(gfn, side);
  }

  private boolean isGuests(Side side) {
    return !file(side).isMapped();
  }

  /** The guest finds its private page by the attribute, which is private for that long. */
  private long readByGuest(long gfn, long words) {
    boolean isShared = attributes().isShared(gfn);
    if (isShared) {
      attributes().set(gfn, 1, Side.PRIVATE);
    }
    long read = Objects.requireNonNull(guest, "hasContent").read(gfn, words);
    if (isShared) {
      attributes().set(gfn, 1, Side.SHARED);
    }
    return read;
  }

  @Override
  public void report(Metrics metrics) {
    metrics.put(Declared.SLOT_OPERATIONS, slotOperations.sum());
    metrics.put(Declared.SLOTS_END, slots.count());
    if (guest != null) {
      guest.report(metrics);
    }
  }

  /** The last opened first. */
  @Override
  public void close() {
    files.restart(); // who holds a page keeps the file
    open.forEach(Runnable::run);
  }
}
