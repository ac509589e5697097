// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import gmembench.Units;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.linux.MappedFile;
import org.jspecify.annotations.Nullable;

/**
 * Guest memory in two mapped files, one for each side, or in one for both. The guest's own touch of
 * a private page is a write through the harness's mapping of the private file. {@link Verb#CHECK}
 * asks a table of the pins that were taken: the kernel does not report a page's reference count.
 */
final class FileMemory implements BySlots {
  static final Set<Verb> VERBS =
      Collections.unmodifiableSet(
          EnumSet.of(
              Verb.ALLOCATE,
              Verb.DISCARD,
              Verb.TOUCH,
              Verb.UNMAP,
              Verb.CHECK,
              Verb.COPY,
              Verb.COPY_IN,
              Verb.POPULATE,
              Verb.PIN,
              Verb.UNPIN));

  /** Those that a file of its kind has. */
  static Set<Verb> verbsBut(Verb... others) {
    Set<Verb> verbs = EnumSet.copyOf(VERBS);
    verbs.removeAll(Set.of(others));
    return verbs;
  }

  /**
   * What is left of a file's verbs if the private one cannot be mapped: nobody can name its pages
   * by an address. Shared pages can still be pinned; the other verbs that go are for both sides in
   * one file, or copy between them.
   */
  static Set<Verb> hidden(Set<Verb> verbs, Side side) {
    verbs.removeAll(Set.of(Verb.UNMAP, Verb.CHECK, Verb.COPY, Verb.COPY_IN));
    if (side == Side.PRIVATE) {
      verbs.removeAll(Set.of(Verb.PIN, Verb.UNPIN));
    }
    return verbs;
  }

  private final Guest guest;
  private final boolean flat;
  private final PerSide<MappedFile> files;
  private final PerSide<Pins> pins;

  /** What devices use instead of shared pages: each page has its own place. */
  private @Nullable MappedFile bounce;

  FileMemory(Guest guest, PerSide<MappedFile> files) {
    this.guest = guest;
    this.flat = guest.isFlat();
    this.files = files;
    this.pins = PerSide.of(files.isOne(), side -> new Pins(files.of(side)));
  }

  /** As /proc shows it. */
  static String name(Side side) {
    return "gmembench-" + side.text();
  }

  @Override
  public Guest guest() {
    return guest;
  }

  @Override
  public boolean isFlat() {
    return flat;
  }

  @Override
  public boolean hasGuest() {
    return false;
  }

  @Override
  public long apply(Verb verb, long gfn, long page, long pages, Side side) {
    MappedFile file = file(side);
    long at = page * Units.PAGE_BYTES;
    long bytes = pages * Units.PAGE_BYTES;
    switch (verb) {
      case TOUCH, HOST_TOUCH -> touch(file, gfn, page, pages, side);
      case COPY -> copy(file, at, bytes, side);
      case COPY_IN -> file.copyFrom(file(side.other()), at, bytes);
      case POPULATE -> file.write(file(side.other()), at, bytes);
      case DISCARD -> file.punchHole(at, bytes);
      case ALLOCATE -> file.allocate(at, bytes);
      case UNMAP -> file.unmapPages(at, bytes);
      case PIN -> pins(side).pin(page, pages);
      case UNPIN -> pins(side).unpin(page, pages);
      case ASK -> {} // no vCPU, no exit
      case CHECK -> {
        return pins(side).firstHeld(page, page + pages) - page;
      }
      default -> throw new UnsupportedOperationException(verb.text());
    }
    return pages;
  }

  /**
   * What cannot be mapped is only allocated: zeroed pages, as the guest's fault would find them.
   */
  private static void touch(MappedFile file, long gfn, long page, long pages, Side side) {
    if (!file.isMapped()) {
      file.allocate(page * Units.PAGE_BYTES, pages * Units.PAGE_BYTES);
      return;
    }
    long first = Canary.of(gfn, side);
    file.touch(page * Units.PAGE_BYTES, first, Canary.of(gfn + 1, side) - first, pages);
  }

  private void copy(MappedFile file, long at, long bytes, Side to) {
    MappedFile copies = bounce;
    if (copies == null) {
      copies = MappedFile.memfd("gmembench-bounce", file.bytes());
      bounce = copies;
    }
    if (to == Side.SHARED) {
      copies.copyFrom(file, at, bytes);
    } else {
      file.copyFrom(copies, at, bytes);
    }
  }

  @Override
  public long next(long gfn, long end, Side side, boolean allocated) {
    return guest.find(
        gfn,
        end,
        !allocated,
        (page, to) ->
            Math.min(to, file(side).seek(page * Units.PAGE_BYTES, allocated) / Units.PAGE_BYTES));
  }

  /** All of a side's file is punched, also what no slot shows. */
  @Override
  public void empty(Side side) {
    file(side).punchHole(0, file(side).bytes());
  }

  private long at(long gfn) {
    return guest.page(gfn) * Units.PAGE_BYTES;
  }

  MappedFile file(Side side) {
    return files.of(side);
  }

  Pins pins(Side side) {
    return pins.of(side);
  }

  /** A pin that a replay left does not outlive it. */
  @Override
  public void restart() {
    pins.all().forEach(Pins::close);
  }

  /** Bytes of both sides that the kernel maps by entries of so many bytes or more, by smaps. */
  long hugeMappedBytes(long leastBytes) {
    return files.all().stream().mapToLong(file -> file.hugeMappedBytes(leastBytes)).sum();
  }

  @Override
  public boolean inPlace() {
    return files.isOne();
  }

  @Override
  public long residentBytes(Side side) {
    return file(side).allocatedBytes();
  }

  @Override
  public boolean hasContent() {
    return file(Side.PRIVATE).isMapped();
  }

  @Override
  public long read(long gfn, Side side) {
    return file(side).getLong(at(gfn));
  }

  @Override
  public boolean isZero(long gfn, Side side) {
    return file(side).isZero(at(gfn), Units.PAGE_BYTES);
  }

  @Override
  public void close() {
    restart();
    if (bounce != null) {
      bounce.close();
    }
    files.all().forEach(MappedFile::close);
  }
}
