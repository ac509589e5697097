// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Ticks;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.HugePool;
import gmembench.mm.HostSizes;

/**
 * Times the verbs of a backing of huge folios: whole ones, and parts of them from 1 page on; where
 * there is nothing, a folio, or what splits have left of one; mapped by one entry, by many, or not
 * at all. What is counted of a call is counted by the model's own folios. Both sides are the same
 * kind of file, so one is measured, as strategies that convert in place use it.
 */
final class FolioProbe implements Probe {
  static final Set<Verb> VERBS =
      EnumSet.complementOf(EnumSet.of(Verb.HOST_TOUCH, Verb.COPY, Verb.COPY_IN, Verb.POPULATE));

  private static final int[] PARTS = {1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 384, 511};

  /** Few, since to empty the caches takes longer than all else. */
  private static final Set<Integer> COLD_PARTS = Set.of(1, 16, 256, 511);

  private static final int[] WHOLES = {1, 2, 4, 8};
  private static final long GUEST_BYTES_2M = 64 << 20;
  private static final int REPETITIONS_2M = 2;
  private static final int WARMUP_CALLS = (int) Ticks.here().repeat(20_000);
  private static final int WARMUP_ROUNDS = 2;
  private static final int PARTS_BESIDE = 64;
  private static final int TIMES_AGAIN = 8;
  private final Backing backing;
  private final Probed memory;
  private final long folio;
  private final int count;

  /** The last folio is for warming up ({@link Caches}), if there are several. */
  private final int places;

  private final Figures figures = new Figures();
  private final Caches caches;

  /** Where the next script plays: each begins and ends with nothing there. */
  private int next;

  private FolioProbe(Backing backing, HostSizes host) {
    Guest guest = guest(backing);
    this.backing = backing;
    this.memory = new Probed(backing, guest, host);
    this.folio = 1L << backing.folioOrder();
    this.count = Math.toIntExact(guest.pages() / folio);
    this.places = Math.max(1, count - 1);
    this.caches = new Caches(memory, host, (count - 1) * folio, folio, count > 1);
  }

  static FolioProbe open(Backing backing, HostSizes host) {
    FolioProbe probe = new FolioProbe(backing, host);
    try {
      probe.warmUp();
      for (int i = 0; i < WARMUP_ROUNDS; i++) {
        probe.play();
      }
    } catch (RuntimeException e) {
      probe.close();
      throw e;
    }
    return probe;
  }

  /** What is not the kernel's, until the compiler is done with it. */
  private void warmUp() {
    for (int i = 0; i < WARMUP_CALLS; i++) {
      for (Verb verb : List.of(Verb.UNMAP, Verb.DISCARD, Verb.CHECK)) {
        memory.apply(verb, 0, folio, Side.PRIVATE);
      }
    }
    for (int i = 0; i < WARMUP_CALLS; i++) {
      memory.apply(Verb.TOUCH, 0, 1, Side.PRIVATE);
    }
    memory.apply(Verb.DISCARD, 0, folio, Side.PRIVATE);
  }

  private static Guest guest(Backing backing) {
    return Guest.ofBytes(Math.max(GUEST_BYTES_2M, 4096L << backing.folioOrder()));
  }

  /** Pages of a backing's pool that it takes; 0 if there is no pool. */
  static long poolPages(Backing backing) {
    HugePool pool = backing.pool();
    return pool == null ? 0 : guest(backing).pages() * 4096 / pool.pageBytes();
  }

  @Override
  public void round() {
    figures.measure(this::play);
  }

  /** The same in every round. */
  private void play() {
    next = 0;
    memory.recycle();
    for (int i = 0; i < (count > 1 ? REPETITIONS_2M : 1); i++) {
      for (int folios : WHOLES) {
        if (folios <= places) {
          whole(place(folios), folios * folio);
        }
      }
      for (int pages : PARTS) {
        part(place(1), pages, offset(pages));
      }
      if (backing.verbs().contains(Verb.MERGE)) {
        for (Verb verb : List.of(Verb.SPLIT, Verb.SHATTER)) {
          shatter(place(1), verb, PARTS[next % PARTS.length]);
        }
      }
    }
    allocate(place(1));
    far(0, places * folio);
  }

  /** The first page of folios that are beside each other, one place after the other. */
  private long place(int folios) {
    next = next + folios <= places ? next : 0;
    long gfn = next * folio;
    next = (next + folios) % places;
    return gfn;
  }

  /** Anywhere in a folio, so that all alignments occur. */
  private long offset(int pages) {
    return next * 37L % (folio - pages + 1);
  }

  private void whole(long gfn, long pages) {
    caches.empty();
    step(Verb.TOUCH, gfn, pages, "absent, cold");
    step(Verb.TOUCH, gfn, pages, "mapped");
    byTurns(gfn, pages, Verb.UNMAP, "mapped", Verb.TOUCH, "unmapped");
    byTurns(gfn, pages, Verb.CHECK, "free", Verb.TOUCH, "mapped");
    step(Verb.DISCARD, gfn, pages, "mapped");
    step(Verb.DISCARD, gfn, pages, "absent");
    step(Verb.TOUCH, gfn, 1, "absent, its folio");
    step(Verb.UNMAP, gfn, pages, "mapped");
    step(Verb.DISCARD, gfn, pages, "not mapped");
    step(Verb.UNMAP, gfn, pages, "absent");
  }

  private void part(long gfn, int pages, long offset) {
    long at = gfn + offset;
    step(Verb.TOUCH, at, pages, "absent, its folio");
    byTurns(at, pages, Verb.UNMAP, "of a folio", Verb.TOUCH, "unmapped, its folio");
    byTurns(at, pages, Verb.CHECK, "free", Verb.TOUCH, "mapped");
    step(Verb.PIN, at, pages, "mapped");
    step(Verb.UNPIN, at, pages, "held");
    step(Verb.DISCARD, at, pages, "of a folio");
    step(Verb.TOUCH, gfn, folio, "but a part");
    byTurns(at, pages, Verb.DISCARD, "once split off", Verb.TOUCH, "absent, split off");
    long other = gfn + offset(pages);
    step(Verb.DISCARD, other, pages, "of what is left");
    step(Verb.TOUCH, other, pages, "absent, split off");
    byTurns(at, pages, Verb.UNMAP, "split off", Verb.TOUCH, "unmapped, split off");
    boolean cold = COLD_PARTS.contains(pages);
    if (cold) {
      splitOff(at, pages, caches::emptyOwn, "away");
      splitOff(at, pages, caches::empty, "far");
    }
    step(Verb.UNMAP, gfn, folio, "in parts");
    step(Verb.TOUCH, gfn, folio, "unmapped, in parts");
    step(Verb.DISCARD, gfn, folio, "in parts");
    if (cold) {
      caches.empty();
    }
    step(Verb.TOUCH, at, pages, "absent, a page table" + (cold ? ", cold" : ""));
    step(Verb.DISCARD, at, pages, "of a folio, a page table");
    step(Verb.TOUCH, gfn, folio, "but a part");
    if (pages % 2 == 0 && backing.verbs().contains(Verb.MERGE)) {
      if (pages % 8 == 0) {
        step(Verb.UNMAP, gfn, folio, "in parts");
      }
      step(Verb.MERGE, gfn, folio, "of " + pages + " and what is left");
    }
    step(Verb.DISCARD, gfn, folio, pages % 2 == 0 ? "mapped" : "in parts");
    step(Verb.UNMAP, gfn, folio, "absent");
  }

  /** Pages that were not used since so much else was. */
  private void splitOff(long gfn, int pages, Runnable use, String where) {
    use.run();
    step(Verb.UNMAP, gfn, pages, "split off, " + where);
    use.run();
    step(Verb.TOUCH, gfn, pages, "unmapped, split off, " + where);
    use.run();
    step(Verb.TOUCH, gfn, pages, "split off, " + where);
    use.run();
    step(Verb.DISCARD, gfn, pages, "split off, " + where);
    use.run();
    step(Verb.TOUCH, gfn, pages, "absent, split off, " + where);
  }

  private void shatter(long gfn, Verb verb, int pages) {
    step(Verb.TOUCH, gfn, folio, "absent");
    step(verb, gfn, folio, "mapped");
    step(Verb.TOUCH, gfn, pages, "unmapped, 4K");
    step(Verb.UNMAP, gfn, pages, "4K");
    step(Verb.TOUCH, gfn, folio, "unmapped, 4K");
    step(Verb.CHECK, gfn, folio, "4K");
    step(Verb.UNMAP, gfn, folio, "4K");
    step(Verb.TOUCH, gfn, folio, "unmapped, 4K");
    step(Verb.MERGE, gfn, folio, "mapped");
    step(Verb.TOUCH, gfn, folio, "mapped");
    step(verb, gfn, folio, "mapped");
    step(Verb.MERGE, gfn, folio, "not mapped");
    step(Verb.UNMAP, gfn, folio, "mapped");
    step(verb, gfn, folio, "not mapped");
    step(Verb.TOUCH, gfn, folio / 2, "unmapped, 4K");
    step(Verb.MERGE, gfn, folio, "half mapped");
    step(verb, gfn, folio, "mapped");
    caches.empty();
    step(Verb.MERGE, gfn, folio, "not mapped, far");
    step(verb, gfn, folio, "mapped");
    step(Verb.TOUCH, gfn, folio, "unmapped, 4K");
    caches.empty();
    step(Verb.MERGE, gfn, folio, "mapped, far");
    step(verb, gfn, folio, "mapped");
    step(Verb.TOUCH, gfn, folio, "unmapped, 4K");
    step(Verb.DISCARD, gfn, folio, "4K");
    caches.empty();
    step(Verb.TOUCH, gfn, folio, "absent, cold");
    step(Verb.DISCARD, gfn, folio, "mapped");
    step(verb, gfn, folio, "absent");
    step(Verb.TOUCH, gfn, pages, "unmapped, 4K");
    step(Verb.DISCARD, gfn, pages, "4K");
    step(Verb.MERGE, gfn, folio, "with a hole");
    step(Verb.DISCARD, gfn, folio, "mapped");
    step(Verb.UNMAP, gfn, folio, "absent");
  }

  private void allocate(long gfn) {
    step(Verb.ALLOCATE, gfn, folio, "absent");
    step(Verb.ALLOCATE, gfn, folio, "resident");
    step(Verb.TOUCH, gfn, folio, "allocated");
    step(Verb.DISCARD, gfn, folio, "allocated");
    step(Verb.ALLOCATE, gfn, 16, "absent");
    step(Verb.TOUCH, gfn, 16, "allocated");
    step(Verb.DISCARD, gfn, folio, "a part allocated");
    step(Verb.UNMAP, gfn, folio, "absent");
  }

  private void far(long gfn, long pages) {
    step(Verb.TOUCH, gfn, pages, "absent");
    for (int part : PARTS) {
      caches.empty();
      for (int i = 0; i < REPETITIONS_2M; i++) {
        long at = gfn + (i * 5L + 1) * folio % pages + offset(part);
        step(Verb.TOUCH, at, part, "far");
        if (backing.isHugetlb()) {
          long other = gfn + (i * 7L + 3) * folio % pages + offset(part);
          step(Verb.DISCARD, other, part, "far");
          if (part < PARTS_BESIDE) {
            long beside = (other & (folio - 1)) < folio / 2 ? other + part : other - part;
            step(Verb.DISCARD, beside, part, "far, beside another");
          }
        }
      }
    }
    caches.empty();
    step(Verb.TOUCH, gfn, pages, "far");
    step(Verb.TOUCH, gfn, pages, "mapped");
    step(Verb.DISCARD, gfn, pages, "mapped");
    step(Verb.UNMAP, gfn, pages, "absent");
  }

  /** First the one, then the other. */
  private void byTurns(
      long gfn, long pages, Verb first, String firstState, Verb second, String secondState) {
    SequencedMap<Verb, String> states = new LinkedHashMap<>(Map.of(first, firstState));
    states.put(second, secondState);
    figures.byTurns(memory, gfn, pages, Side.PRIVATE, TIMES_AGAIN, states);
  }

  private void step(Verb verb, long gfn, long pages, String state) {
    figures.step(memory, verb, gfn, pages, Side.PRIVATE, state);
  }

  @Override
  public Map<String, List<Point>> points() {
    return Figures.points(figures.stream(), f -> backing.name() + "." + f.verb().text());
  }

  @Override
  public void close() {
    memory.close();
  }
}
