// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Units;
import gmembench.guest.Canary;
import gmembench.guest.Side;
import gmembench.linux.MappedFile;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Guest memory in two mapped files, one for each side, or in one for both. The guest's own touch of
 * a private page is a write through the harness's mapping of the private file. {@link Verb#CHECK}
 * asks a table of the pins that were taken: the kernel tells nobody a page's reference count.
 */
final class FileMemory implements Memory {
  static final Set<Verb> VERBS =
      Collections.unmodifiableSet(
          EnumSet.of(
              Verb.ALLOCATE,
              Verb.DISCARD,
              Verb.TOUCH,
              Verb.UNMAP,
              Verb.CHECK,
              Verb.PIN,
              Verb.UNPIN));

  private final MappedFile privateFile;
  private final MappedFile sharedFile;
  private final Pins privatePins;
  private final Pins sharedPins;

  FileMemory(MappedFile privateFile, MappedFile sharedFile) {
    this.privateFile = privateFile;
    this.sharedFile = sharedFile;
    this.privatePins = new Pins(privateFile);
    this.sharedPins = inPlace() ? privatePins : new Pins(sharedFile);
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    MappedFile file = file(side);
    long at = gfn * Units.PAGE_BYTES;
    long bytes = pages * Units.PAGE_BYTES;
    switch (verb) {
      case TOUCH -> touch(file, gfn, pages, side);
      case DISCARD -> file.punchHole(at, bytes);
      case ALLOCATE -> file.allocate(at, bytes);
      case UNMAP -> file.unmapPages(at, bytes);
      case PIN -> pins(side).pin(gfn, pages);
      case UNPIN -> pins(side).unpin(gfn, pages);
      case ASK -> {} // no vCPU, no exit
      case CHECK -> {
        return pins(side).firstHeld(gfn, gfn + pages) - gfn;
      }
      default -> throw new UnsupportedOperationException(verb.text());
    }
    return pages;
  }

  /**
   * What cannot be mapped is only allocated: zeroed pages, as the guest's fault would find them.
   */
  private static void touch(MappedFile file, long gfn, long pages, Side side) {
    if (!file.isMapped()) {
      file.allocate(gfn * Units.PAGE_BYTES, pages * Units.PAGE_BYTES);
      return;
    }
    long first = Canary.of(gfn, side);
    file.touch(gfn * Units.PAGE_BYTES, first, Canary.of(gfn + 1, side) - first, pages);
  }

  MappedFile file(Side side) {
    return side == Side.PRIVATE ? privateFile : sharedFile;
  }

  Pins pins(Side side) {
    return side == Side.PRIVATE ? privatePins : sharedPins;
  }

  /** A pin that a replay left does not outlive it. */
  @Override
  public void restart() {
    privatePins.close();
    sharedPins.close();
  }

  /** Bytes of both sides that the kernel maps by entries of so many bytes or more, by smaps. */
  long hugeMappedBytes(long leastBytes) {
    long ofShared = inPlace() ? 0 : sharedFile.hugeMappedBytes(leastBytes);
    return privateFile.hugeMappedBytes(leastBytes) + ofShared;
  }

  @Override
  public boolean inPlace() {
    return privateFile == sharedFile;
  }

  @Override
  public long residentBytes(Side side) {
    return file(side).allocatedBytes();
  }

  @Override
  public boolean hasContent() {
    return privateFile.isMapped();
  }

  @Override
  public long read(long gfn, Side side) {
    return file(side).getLong(gfn * Units.PAGE_BYTES);
  }

  @Override
  public boolean isZero(long gfn, Side side) {
    return file(side).isZero(gfn * Units.PAGE_BYTES, Units.PAGE_BYTES);
  }

  @Override
  public void close() {
    restart();
    privateFile.close();
    if (!inPlace()) {
      sharedFile.close();
    }
  }
}
