// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import module java.base;

import gmembench.OwnHugePages;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.HugePool;
import gmembench.linux.LinuxException;
import gmembench.linux.Reservation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Seeded random verbs on every backing of this host: content at every touch, and what the kernel
 * counts as resident against what the verbs explain.
 */
@Tag("kernel")
@ExtendWith(OwnHugePages.class)
public class LiveMemoryTest {
  private static final long PAGES = 3 * 512 + 100;
  private static final List<String> HIDDEN =
      List.of("guest-memfd:mapped=false", "guest-memfd-bound:mapped=false");
  private static final Set<Verb> DEVICES = EnumSet.of(Verb.PIN, Verb.UNPIN);
  private static final List<Verb> TRIED =
      List.of(
          Verb.TOUCH,
          Verb.HOST_TOUCH,
          Verb.DISCARD,
          Verb.ALLOCATE,
          Verb.UNMAP,
          Verb.SPLIT,
          Verb.SHATTER,
          Verb.MERGE,
          Verb.PIN,
          Verb.UNPIN,
          Verb.CHECK);

  /** Not hugetlb-1g, which is hugetlb-2m with another size: a fault takes up to seconds. */
  static Stream<Backing> backings() {
    Stream<Backing> hidden = HIDDEN.stream().map(name -> Plugins.parse(Backing.class, name));
    return Stream.concat(Plugins.all(Backing.class).stream(), hidden)
        .filter(b -> !b.name().equals("null") && b.folioOrder() < 18)
        .filter(b -> b.name().contains(System.getProperty("gmembench.backing", "")));
  }

  @ParameterizedTest
  @MethodSource("backings")
  void aTwoSidedMemoryDoesWhatItsVerbsSay(Backing backing) {
    run(backing, false);
  }

  @ParameterizedTest
  @MethodSource("backings")
  void aMemoryInPlaceDoesWhatItsVerbsSay(Backing backing) {
    run(backing, true);
  }

  /** A page that the pool does not have is an error of whoever writes first, and no SIGBUS. */
  @ParameterizedTest
  @EnumSource(names = {"TOUCH", "HOST_TOUCH", "COPY_IN"})
  void anEmptyPoolIsAnError(Verb verb) {
    Backing backing = Backing.parse("hugetlb-2m");
    assumeThat(new HugePool(HugePool.PAGE_2M).free()).isZero();
    try (Memory memory = backing.open(new Guest(PAGES, 1), false)) {
      assertThatThrownBy(() -> memory.apply(verb, 3, 1, Side.SHARED))
          .isInstanceOf(LinuxException.class)
          .hasMessageContaining("no free page of 2MiB left in the pool");
    }
  }

  private static void run(Backing backing, boolean inPlace) {
    long folios = 64; // also what is punched while it is pinned
    try (Reservation _ = OwnHugePages.orSkip(backing, folios)) {
      long seed = new Random().nextLong();
      Guest guest = new Guest(PAGES, 1);
      try (Memory memory = backing.open(guest, inPlace)) {
        new Player(backing, memory, seed).play(400);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /** Plays verbs, with a count of pins a page as the oracle of checks. */
  private static final class Player {
    private final Backing backing;
    private final Audit audit;
    private final Random random;
    private final int[] privatePins = new int[(int) PAGES];
    private final int[] sharedPins;
    private final List<Pinned> pinned = new ArrayList<>();

    /** Pages have to be converted before a side can use them. */
    private final boolean converts;

    private record Pinned(long gfn, long pages) {}

    Player(Backing backing, Memory memory, long seed) {
      this.backing = backing;
      this.audit = new Audit(memory, new Guest(PAGES, 1), backing);
      this.random = new Random(seed);
      this.converts = !backing.converts().isEmpty();
      this.sharedPins = memory.inPlace() ? privatePins : new int[(int) PAGES];
    }

    void play(int steps) {
      for (int i = 0; i < steps; i++) {
        Verb verb = TRIED.get(random.nextInt(TRIED.size()));
        Side side = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
        boolean isPrivate = side == Side.PRIVATE || audit.inPlace();
        // what is private has no mapping that a device could hold it by
        boolean cannot = converts && side == Side.PRIVATE && DEVICES.contains(verb);
        if (!cannot && backing.verbs(isPrivate ? Side.PRIVATE : Side.SHARED).contains(verb)) {
          step(verb, side);
          audit.checkResidency();
        }
      }
    }

    private void step(Verb verb, Side side) {
      if (converts && verb == Verb.UNPIN) {
        unpinWhole();
        return;
      }
      long gfn = random.nextLong(PAGES);
      long pages = 1 + random.nextLong(Math.min(PAGES - gfn, random.nextBoolean() ? 3 : 1200));
      int[] pins = side == Side.PRIVATE ? privatePins : sharedPins;
      if (converts && !convert(gfn, pages, side, pins)) {
        return;
      }
      switch (verb) {
        case SPLIT, SHATTER, MERGE -> frame(verb, gfn & -512, side);
        case CHECK -> check(gfn, pages, side, pins);
        case PIN -> {
          audit.apply(Verb.TOUCH, gfn, pages, side); // a device works on pages that are there
          audit.apply(verb, gfn, pages, side);
          count(pins, gfn, pages, 1);
          pinned.add(new Pinned(gfn, pages));
        }
        case UNPIN -> {
          audit.apply(verb, gfn, pages, side);
          count(pins, gfn, pages, -1);
        }
        default -> assertThat(audit.apply(verb, gfn, pages, side)).isEqualTo(pages);
      }
    }

    /**
     * The kernel lets go of all that was pinned together, or of none: its own count decides here.
     */
    private void unpinWhole() {
      if (!pinned.isEmpty()) {
        Pinned range = pinned.remove(random.nextInt(pinned.size()));
        audit.apply(Verb.UNPIN, range.gfn(), range.pages(), Side.SHARED);
        count(sharedPins, range.gfn(), range.pages(), -1);
      }
    }

    /** All or nothing: a device that holds a page keeps it from going private, and says which. */
    private boolean convert(long gfn, long pages, Side side, int[] pins) {
      long done = audit.apply(Verb.ATTRIBUTE_IN_PLACE, gfn, pages, side);
      long free = gfn;
      while (free < gfn + pages && (side == Side.SHARED || pins[(int) free] == 0)) {
        free++;
      }
      assertThat(done).as("pages before the first that is pinned").isEqualTo(free - gfn);
      return done == pages;
    }

    /** A split or a collapse may be refused: done is all of the frame, or nothing. */
    private void frame(Verb verb, long gfn, Side side) {
      audit.apply(Verb.TOUCH, gfn, 1, side);
      assertThat(audit.apply(verb, gfn, 512, side)).as(verb.text()).isIn(0L, 512L);
    }

    private void check(long gfn, long pages, Side side, int[] pins) {
      long done = audit.apply(Verb.CHECK, gfn, pages, side);
      assertThat(done).isBetween(0L, pages);
      for (long page = gfn; page < gfn + done; page++) {
        assertThat(pins[(int) page]).as("pins of page " + page).isZero();
      }
      if (done < pages) {
        long folio = 1L << backing.folioOrder();
        long from = gfn + done & -folio;
        long end = Math.min(PAGES, from + folio);
        boolean held = false;
        for (long page = from; page < end; page++) {
          held |= pins[(int) page] > 0;
        }
        assertThat(held).as("somebody holds the folio of page " + (gfn + done)).isTrue();
      }
    }

    private static void count(int[] pins, long gfn, long pages, int step) {
      for (long page = gfn; page < gfn + pages; page++) {
        pins[(int) page] = Math.max(0, pins[(int) page] + step);
      }
    }
  }
}
