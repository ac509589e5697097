// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Granularity;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.engine.WrongAnswer;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.mm.Ledger;
import gmembench.mm.References;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches an untimed replay: keeps the ledger, and before every touch reads what is there. A page
 * that was discarded, or never touched on that side, must read zero all over; one that was touched
 * must still have its canary. So private content that turns up on the shared side, a discard that
 * did not happen, or a neighbour that was harmed is found at the page where it happens.
 */
final class Audit implements Watch {
  private final Memory memory;
  private final Guest guest;

  /** By pages of the file, as folios are. */
  private final Ledger ledger;

  /** What can be resident at most: the same, unless the kernel may do more than it is asked to. */
  private final Ledger most;

  private final PerSide<Content> files;
  private final PerSide<References> references;
  private final PerSide<Integer> punchedOrders;

  /** What a file has: pages that a side wrote last, which are holes otherwise. */
  private record Content(PageSet byPrivate, PageSet byShared) {
    Content(long guestPages) {
      this(new PageSet(guestPages), new PageSet(guestPages));
    }

    PageSet by(Side side) {
      return side == Side.PRIVATE ? byPrivate : byShared;
    }

    void write(long gfn, long pages, Side side) {
      by(side.other()).remove(gfn, pages);
      by(side).add(gfn, pages);
    }

    void punch(long gfn, long pages) {
      byPrivate.remove(gfn, pages);
      byShared.remove(gfn, pages);
    }

    @Nullable Side writer(long gfn) {
      return byPrivate.contains(gfn) ? Side.PRIVATE : byShared.contains(gfn) ? Side.SHARED : null;
    }

    long bytes() {
      return (byPrivate.size() + byShared.size()) * Units.PAGE_BYTES;
    }
  }

  Audit(Memory memory, Guest guest, Backing backing) {
    boolean inPlace = memory.inPlace();
    int order = backing.folioOrder();
    PerSide<Granularity> units = PerSide.of(inPlace, side -> backing.of(side).granularity());
    this.memory = memory;
    this.guest = guest;
    this.ledger = new Ledger(guest.filePages(), inPlace, units, order);
    this.most =
        backing.granularity() == Granularity.FOLIOS_THEN_PAGES
            ? new Ledger(guest.filePages(), inPlace, PerSide.both(Granularity.FOLIOS), order)
            : ledger;
    this.files = PerSide.of(inPlace, side -> new Content(guest.pages()));
    this.references = PerSide.of(inPlace, side -> new References(guest.filePages(), ledger));
    this.punchedOrders =
        PerSide.of(inPlace, side -> units.of(side) == Granularity.FOLIOS ? order : 0);
  }

  Ledger ledger() {
    return ledger;
  }

  @Override
  public Memory memory() {
    return memory;
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    if (verb == Verb.TOUCH || verb == Verb.HOST_TOUCH) {
      checkContent(memory, gfn, pages, side);
      files.of(side).write(gfn, pages, side);
    } else if (verb == Verb.COPY_IN || verb == Verb.POPULATE) {
      files.of(side).write(gfn, pages, side.other());
    } else if (verb == Verb.DISCARD) {
      files.of(side).punch(gfn, pages);
    }
    long done = memory.apply(verb, gfn, pages, side);
    long end = gfn + (verb == Verb.UNPIN ? pages : done);
    if (guest.isFlat() && end > gfn) {
      applyInFile(verb, gfn, end - gfn, side);
    }
    for (long at = gfn, next; at < end && !guest.isFlat(); at = next) {
      next = guest.pieceEnd(at, end);
      applyInFile(verb, guest.page(at), next - at, side);
    }
    return done;
  }

  private void applyInFile(Verb verb, long page, long pages, Side side) {
    switch (verb) {
      case DISCARD -> references.of(side).punch(page, pages, p -> punchedOrders.of(side));
      case PIN -> references.of(side).add(page, pages);
      case UNPIN -> references.of(side).drop(page, pages);
      default -> {}
    }
    ledger.apply(verb.effect(), page, pages, side);
    if (most != ledger) {
      most.apply(verb.effect(), page, pages, side);
    }
  }

  /**
   * Checks both sides of pages against what this audit saw last. Reading may fill holes, which
   * takes long and must be undone. So where the kernel counts as many pages as were written, only
   * these are read: if each has its canary, all that is allocated is known, and the rest is holes.
   */
  void checkContent(Memory memory, PageSet pages) {
    boolean counted = isCounted(memory);
    for (Side side : Side.values()) {
      (counted ? files.of(side).by(side) : pages)
          .forEachRun((gfn, count) -> checkContent(memory, gfn, count, side));
    }
  }

  private boolean isCounted(Memory memory) {
    return memory.residentBytes(Side.PRIVATE) == files.of(Side.PRIVATE).bytes()
        && memory.residentBytes(Side.SHARED) == files.of(Side.SHARED).bytes();
  }

  /**
   * The same after a replay that may differ from the audited one, since threads raced or pins
   * refused other conversions: a page has its content on the side that it is on, and what may be
   * left on the other is that side's own, not this one's.
   */
  void checkContent(Memory memory, PageSet pages, PageMap map) {
    if (!memory.hasContent()) {
      return;
    }
    pages.forEachRun((gfn, count) -> {
      for (long page = gfn; page < gfn + count; page++) {
        Side side = map.get(page);
        Side other = side.other();
        if (files.of(side).writer(page) == other) {
          checkWord(memory, page, side, Canary.of(page, side));
        } else {
          checkPage(memory, page, side);
        }
        if (!files.isOne()) {
          checkOwn(memory, page, other);
        }
      }
    });
  }

  /** Either side holds what was written there, or nothing: no more is known. */
  void checkOwnContent(Memory memory, PageSet pages) {
    if (!memory.hasContent()) {
      return;
    }
    pages.forEachRun((gfn, count) -> {
      for (long page = gfn; page < gfn + count; page++) {
        checkOwn(memory, page, Side.PRIVATE);
        checkOwn(memory, page, Side.SHARED);
      }
    });
  }

  private void checkOwn(Memory memory, long gfn, Side side) {
    long word = memory.read(gfn, side);
    boolean isOwn =
        word == Canary.of(gfn, side) || (files.isOne() && word == Canary.of(gfn, side.other()));
    if (!isOwn && !memory.isZero(gfn, side)) {
      String found = "holds " + Units.hex(word);
      throw new WrongAnswer(gfn, side, found, "zeroes, or what it held when it was left");
    }
  }

  private void checkContent(Memory memory, long gfn, long pages, Side side) {
    if (!memory.hasContent()) {
      return;
    }
    for (long page = gfn; page < gfn + pages; page++) {
      checkPage(memory, page, side);
    }
  }

  private void checkPage(Memory memory, long gfn, Side side) {
    Side writer = files.of(side).writer(gfn);
    if (writer != null) {
      checkWord(memory, gfn, side, Canary.of(gfn, writer));
    } else if (!memory.isZero(gfn, side)) {
      throw new WrongAnswer(
          gfn, side, "holds " + Units.hex(memory.read(gfn, side)), "zeroes (it was discarded)");
    }
  }

  static void checkWord(Memory memory, long gfn, Side side, long expected) {
    long found = memory.read(gfn, side);
    if (found != expected) {
      throw new WrongAnswer(gfn, side, "holds " + Units.hex(found), Units.hex(expected));
    }
  }

  /** What a side's file has, in bytes. */
  record Resident(Side side, long lowest, long highest) {
    /** Compares it with what the kernel says is allocated, if it says. */
    void check(Memory memory) {
      long kernel = memory.hasContent() ? memory.residentBytes(side) : -1;
      if (kernel >= 0 && (kernel < lowest || kernel > highest)) {
        String expected = lowest == highest ? "" + lowest : lowest + " to " + highest;
        throw new WrongAnswer(
            side.text() + " side: the kernel counts " + kernel + " bytes, expected " + expected);
      }
    }
  }

  /** Compares the ledger with what the kernel says is allocated, if it says. */
  void checkResidency() {
    resident().forEach(bytes -> bytes.check(memory));
  }

  /** What there is by the verbs so far. What was written is there, whatever the kernel does. */
  List<Resident> resident() {
    return Stream.of(Side.values())
        .filter(side -> side == Side.PRIVATE || !files.isOne())
        .map(side -> {
          long highest = most.fileBytes(side);
          return new Resident(side, most == ledger ? highest : files.of(side).bytes(), highest);
        })
        .toList();
  }
}
