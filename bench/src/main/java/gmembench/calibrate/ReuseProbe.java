// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.HostSizes;

/**
 * What verbs take on ranges all over a guest that were not used for a while: so long that the TLB
 * and the second-level cache have lost them (away), or the last level too (far). Passes over all
 * ranges follow each other; before a pass over far ones other memory is used.
 */
final class ReuseProbe {
  /** Ranges of every size lie in this part, and what drives them out of caches behind it. */
  private static final long RANGE_PAGES = 27 << 10;

  /** The last level twice over, which is more than one CPU's share of it. */
  private static final int TIMES_LLC_SHARE = 8;

  private static final int MOST_RANGES = 16;
  private static final long SEED = 1;

  /** To zero more pages than these takes drives everything out of the last level. */
  private static final int LARGEST_AWAY_DISCARD = 48;

  /** What is done to a range of a size that was not used for a while, and what follows at once. */
  private record Pass(boolean isFar, List<List<Figure>> bySize) {}

  /** A range, by the index of its size. */
  private record Range(int size, long gfn) {}

  private final Probed memory;
  private final long ballastPages;

  /**
   * Ranges of all sizes in random order, as a guest's buffers come: each has groups of 64 to
   * itself.
   */
  private final List<Range> ranges = new ArrayList<>();

  /** For each side, which all passes leave resident and mapped. */
  private final List<List<Pass>> passes = new ArrayList<>();

  ReuseProbe(Probed memory, HostSizes host, Backing backing) {
    this.memory = memory;
    this.ballastPages = ballastPages(host);
    for (Side side : Side.values()) {
      passes.add(Stream.of(true, false).flatMap(isFar -> passes(isFar, side, backing)).toList());
    }
    long gfn = 0;
    for (int i = 0; i < VerbProbe.SIZES.length; i++) {
      int pages = VerbProbe.SIZES[i];
      for (int n = Math.clamp(128 / pages, 1, MOST_RANGES); n > 0; n--) {
        ranges.add(new Range(i, gfn));
        gfn += (pages + 127L) / 64 * 64;
      }
    }
    Collections.shuffle(ranges, new Random(SEED));
  }

  private static long ballastPages(HostSizes host) {
    return TIMES_LLC_SHARE * host.llcShareBytes() / Units.PAGE_BYTES;
  }

  static long guestPages(HostSizes host) {
    return RANGE_PAGES + ballastPages(host);
  }

  private static Stream<Pass> passes(boolean isFar, Side side, Backing backing) {
    Set<Verb> verbs = backing.verbs(side);
    List<Pass> passes = new ArrayList<>();
    passes.add(pass(isFar, Verb.TOUCH, side, side));
    if (verbs.contains(Verb.UNMAP)) {
      passes.add(pass(isFar, Verb.UNMAP, side, side));
    }
    if (verbs.contains(Verb.DISCARD)) {
      passes.add(pass(isFar, Verb.DISCARD, side, side.other()));
      passes.add(pass(isFar, Verb.DISCARD, side.other(), side));
    }
    return passes.stream();
  }

  /** A verb, and the touch that makes up for it. */
  private static Pass pass(boolean isFar, Verb verb, Side side, Side touched) {
    String where = isFar ? "far, " : "away, ";
    List<List<Figure>> bySize = new ArrayList<>();
    for (int pages : VerbProbe.SIZES) {
      List<Figure> figures = new ArrayList<>();
      if (isFar || verb != Verb.DISCARD || pages <= LARGEST_AWAY_DISCARD) {
        figures.add(new Figure(verb, where + "mapped", side, pages));
        if (verb != Verb.TOUCH) {
          String state = verb == Verb.DISCARD ? "absent" : "unmapped";
          figures.add(new Figure(Verb.TOUCH, where + state, touched, pages));
        }
      }
      bySize.add(figures);
    }
    return new Pass(isFar, bySize);
  }

  /** Measures everything once. */
  void round(boolean enters) {
    for (Side side : Side.values()) {
      memory.prepare(side, true);
      boolean wasFar = true;
      for (Pass pass : passes.get(side.ordinal())) {
        if (pass.isFar()) {
          memory.apply(Verb.DISCARD, RANGE_PAGES, ballastPages, side);
          memory.apply(Verb.TOUCH, RANGE_PAGES, ballastPages, side);
        } else if (wasFar) {
          ranges.forEach(r -> memory.apply(Verb.TOUCH, r.gfn(), VerbProbe.SIZES[r.size()], side));
        }
        wasFar = pass.isFar();
        round(pass, enters);
      }
    }
  }

  private void round(Pass pass, boolean enters) {
    List<Figure> all = pass.bySize().stream().flatMap(List::stream).toList();
    all.forEach(Figure::begin);
    for (Range range : ranges) {
      for (Figure figure : pass.bySize().get(range.size())) {
        figure.take(memory, range.gfn());
      }
    }
    if (enters) {
      all.forEach(Figure::enter);
    }
  }

  Stream<Figure> figures() {
    return passes.stream()
        .flatMap(List::stream)
        .flatMap(pass -> pass.bySize().stream())
        .flatMap(List::stream);
  }
}
