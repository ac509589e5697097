// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.GuestMemfdBound;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.mm.AttributeStore;
import gmembench.mm.Counts;
import gmembench.mm.Effects;
import gmembench.mm.HostSizes;
import gmembench.mm.ModelFolios;
import gmembench.mm.Term;
import org.jspecify.annotations.Nullable;

/** A memory whose verbs are timed, and what they change counted as the model counts it. */
final class Probed implements AutoCloseable {
  private final Memory memory;
  private final Effects effects;

  /** They count, if there are huge ones. */
  private final @Nullable ModelFolios folios;

  private final AttributeStore attributes;
  private final long pages;

  /** Bindings of the private file, each; none if it is in no memslot. */
  private final List<Slot> bindings;

  /** In the range of the last verb, if it was a punch of the private side. */
  private long punchedBindings;

  Probed(Backing backing, Guest guest, HostSizes host) {
    this(backing, guest, host, backing.folioOrder() > 0); // of huge folios one file is measured
  }

  Probed(Backing backing, Guest guest, HostSizes host, boolean inPlace) {
    boolean isHuge = backing.folioOrder() > 0;
    this.memory = backing.open(guest, inPlace);
    this.effects = new Effects(guest.pages(), inPlace, host);
    this.folios = isHuge ? new ModelFolios(guest.pages(), backing, effects, true) : null;
    this.attributes = new AttributeStore(guest);
    this.pages = guest.pages();
    this.bindings = backing instanceof GuestMemfdBound ? backing.slots(guest) : List.of();
  }

  /** The guest's pages. */
  long pages() {
    return pages;
  }

  /** Counts what a verb is about to do. */
  void expect(Verb verb, long gfn, long pages, Side side) {
    boolean zaps = verb == Verb.DISCARD && side == Side.PRIVATE;
    punchedBindings = zaps ? crossed(gfn, gfn + pages) : 0;
    if (verb == Verb.ATTRIBUTE) {
      effects.setAttributes(attributes, gfn, pages, side);
      return;
    }
    if (folios == null) {
      effects.apply(verb, gfn, pages, side);
      return;
    }
    switch (verb) {
      case PIN -> folios.pin(gfn, pages, side);
      case UNPIN -> folios.unpin(gfn, pages, side);
      default -> folios.apply(verb, gfn, pages, side);
    }
  }

  private long crossed(long gfn, long end) {
    return bindings.stream().filter(s -> s.gfn() < end && gfn < s.endGfn()).count();
  }

  /** Other memory was used, so that caches hold nothing of this. */
  void usedElsewhere(long bytes) {
    effects.use(bytes / 64);
  }

  void recycle() {
    memory.recycle();
  }

  void apply(Verb verb, long gfn, long pages, Side side) {
    expect(verb, gfn, pages, side);
    memory.apply(verb, gfn, pages, side);
  }

  /** Everything is absent, then all of a side resident if so wanted. */
  void prepare(Side side, boolean populated) {
    for (Side each : Side.values()) {
      apply(Verb.DISCARD, 0, pages, each);
    }
    if (populated) {
      apply(Verb.TOUCH, 0, pages, side);
    }
  }

  /** What was expected is done, and timed. */
  long timed(Verb verb, long gfn, long pages, Side side) {
    return timed(memory, verb, gfn, pages, side);
  }

  /**
   * Times a verb as the recorder does: one clock reading is in it. A touch is called as the replay
   * calls it, where the compiler knows which verb it is: otherwise the way to it would be longer
   * here, by a third of what a touch of a mapped page takes.
   */
  static long timed(Memory memory, Verb verb, long gfn, long pages, Side side) {
    return verb == Verb.TOUCH
        ? timedTouch(memory, gfn, pages, side)
        : timedOther(memory, verb, gfn, pages, side);
  }

  private static long timedTouch(Memory memory, long gfn, long pages, Side side) {
    long start = System.nanoTime();
    memory.touch(gfn, pages, side);
    return System.nanoTime() - start;
  }

  private static long timedOther(Memory memory, Verb verb, long gfn, long pages, Side side) {
    long start = System.nanoTime();
    memory.apply(verb, gfn, pages, side);
    return System.nanoTime() - start;
  }

  /**
   * Adds what was counted of the last verb. Where all folios are pages they come as faults do, so
   * these alone are counted.
   */
  void count(Map<Term, Double> sums, long pages) {
    Counts counts = effects.counts();
    counts.set(Term.FIXED, 1);
    counts.set(Term.PER_PAGE, pages);
    counts.set(Term.ONCE_SEVERAL, pages > 1 ? 1 : 0);
    counts.set(Term.PER_BINDING, punchedBindings);
    if (folios == null) {
      counts.set(Term.PER_FOLIO, 0);
    }
    counts.some().forEach((term, count) -> sums.merge(term, (double) count, Double::sum));
  }

  @Override
  public void close() {
    memory.close();
  }
}
