// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.InPlaceAttributes;
import gmembench.linux.InPlaceAttributes.Call;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;

/**
 * A bound guest_memfd whose pages are private or shared by the file's own attributes. The host can
 * touch and read a page while it is shared only, so content is not checked, and fallocate stands in
 * for the guest's touch of a private page, which finds it there.
 */
final class InPlaceMemory implements Around, BySlots {
  private final Memory memory;
  private final InPlaceAttributes attributes;
  private final Guest guest;
  private volatile boolean changed = true;

  /**
   * Takes over the memory. It starts private, as QEMU's does for SNP and TDX.
   *
   * @param file the memory's
   */
  InPlaceMemory(Memory memory, MappedFile file, Guest guest, Call call) {
    this.memory = memory;
    this.guest = guest;
    this.attributes = new InPlaceAttributes(file, call);
    makePrivate();
  }

  @Override
  public Memory memory() {
    return memory;
  }

  @Override
  public Guest guest() {
    return guest;
  }

  @Override
  public long apply(Verb verb, long gfn, long page, long pages, Side side) {
    if (verb == Verb.ATTRIBUTE_IN_PLACE) {
      changed = true;
      return set(page, pages, side == Side.PRIVATE);
    }
    Verb does = verb == Verb.TOUCH && side == Side.PRIVATE ? Verb.ALLOCATE : verb;
    return memory.apply(does, gfn, pages, side);
  }

  /** Pages of the file. */
  private long set(long page, long pages, boolean toPrivate) {
    long at = page * Units.PAGE_BYTES;
    return attributes.set(at, pages * Units.PAGE_BYTES, toPrivate) / Units.PAGE_BYTES;
  }

  private void makePrivate() {
    if (changed) {
      long done = set(0, guest.filePages(), true);
      if (done < guest.filePages()) {
        throw new LinuxException("page " + Units.hex(done) + " of the file is held");
      }
      changed = false;
    }
  }

  @Override
  public void restart() {
    memory.restart();
    makePrivate();
  }

  @Override
  public boolean hasContent() {
    return false;
  }
}
