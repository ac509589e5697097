// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Host;
import gmembench.InputException;
import gmembench.Plugins;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.result.Metrics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bound guest_memfd whose touches are a guest's own; skipped with the probe's reason. */
@Tag("kernel")
class RunningGuestTest {
  private static final int PAGES = 1024;

  private static GuestMemfdBound backingOrSkip(String options) {
    GuestMemfdBound backing =
        (GuestMemfdBound) Plugins.parse(Backing.class, "guest-memfd-bound:" + options);
    Host.orSkip(backing);
    return backing;
  }

  /**
   * Random conversions, by slots and without, against plain arrays: every page holds on each side
   * what the guest wrote there last, and the shared file has no page that nobody touched.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "guest=port",
        "guest=port:hot-pages=8:slot=64KiB",
        "guest=mmio:zap-all=false",
        "guest=hypercall"
      })
  void theGuestFindsEachSideWhereItIs(String options) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    boolean[][] written = new boolean[2][PAGES];
    try (Memory memory = backingOrSkip(options).open(new Guest(PAGES, 1), false)) {
      memory.restart();
      memory.touch(0, PAGES, Side.PRIVATE);
      for (int gfn = 0; gfn < PAGES; gfn++) {
        written[0][gfn] = true;
      }
      for (int i = 0; i < 300; i++) {
        int gfn = random.nextInt(PAGES);
        int pages = 1 + random.nextInt(Math.min(12, PAGES - gfn));
        Side to = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
        boolean bySlots = random.nextInt(3) == 0;
        memory.apply(Verb.ASK, gfn, pages, to);
        if (bySlots || to == Side.PRIVATE) {
          memory.apply(Verb.REBIND, gfn, pages, to);
        }
        memory.discard(gfn, pages, to.other());
        memory.touch(gfn, pages, to);
        for (int page = gfn; page < gfn + pages; page++) {
          written[to.ordinal()][page] = true;
          written[to.other().ordinal()][page] = false;
        }
      }
      check(memory, written, seed);
    }
  }

  private static void check(Memory memory, boolean[][] written, long seed) {
    long shared = 0;
    for (int page = 0; page < PAGES; page++) {
      shared += written[Side.SHARED.ordinal()][page] ? 1 : 0;
    }
    assertThat(memory.residentBytes(Side.SHARED)).as("seed %d", seed).isEqualTo(shared * 4096);
    for (Side side : Side.values()) {
      for (int page = 0; page < PAGES; page++) {
        assertThat(memory.read(page, side))
            .as("seed %d, %s page %d", seed, side, page)
            .isEqualTo(written[side.ordinal()][page] ? Canary.of(page, side) : 0);
      }
    }
  }

  /**
   * The same on a VM whose private memory nobody but the guest can read: a page is private or
   * shared by its attribute, or shared at its second address. Asked by hypercall.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mapped=false:guest=hypercall",
        "mapped=false:guest=port:slot=64KiB",
        "mapped=false:guest=port:prefault=true"
      })
  void privateMemoryIsWhatTheGuestFindsByTheAttribute(String options) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    boolean[][] written = new boolean[2][PAGES];
    Side[] attribute = new Side[PAGES];
    Arrays.fill(attribute, Side.PRIVATE);
    try (Memory memory = backingOrSkip(options).open(new Guest(PAGES, 1), false)) {
      memory.restart();
      for (int i = 0; i < 200; i++) {
        int gfn = random.nextInt(PAGES);
        int pages = 1 + random.nextInt(Math.min(12, PAGES - gfn));
        Side to = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
        memory.apply(Verb.ASK, gfn, pages, to);
        if (to == Side.PRIVATE || random.nextBoolean()) {
          memory.apply(Verb.ATTRIBUTE, gfn, pages, to);
          Arrays.fill(attribute, gfn, gfn + pages, to);
        }
        boolean keeps = random.nextInt(4) == 0;
        if (!keeps) {
          memory.discard(gfn, pages, to.other());
        }
        memory.touch(gfn, pages, to);
        for (int page = gfn; page < gfn + pages; page++) {
          written[to.ordinal()][page] = true;
          written[to.other().ordinal()][page] &= keeps;
        }
      }
      check(memory, written, seed);
      int shared = Arrays.asList(attribute).indexOf(Side.SHARED);
      assertThatThrownBy(() -> memory.touch(shared, 1, Side.PRIVATE))
          .hasMessageContaining("as private, it is shared");
      memory.restart();
      memory.touch(shared, 1, Side.PRIVATE);
      assertThat(memory.isZero(shared, Side.PRIVATE)).isFalse();
    }
  }

  @Test
  void theGuestReadsForTheHost() {
    try (Memory memory =
        backingOrSkip("mapped=false:guest=port").open(new Guest(PAGES, 1), false)) {
      assertThat(memory.hasContent()).isTrue();
      assertThat(memory.isZero(7, Side.PRIVATE)).isTrue();
      memory.touch(7, 1, Side.PRIVATE);
      assertThat(memory.read(7, Side.PRIVATE)).isEqualTo(Canary.of(7, Side.PRIVATE));
      memory.discard(7, 1, Side.PRIVATE);
      assertThat(memory.isZero(7, Side.PRIVATE)).isTrue();
      assertThat(memory.isZero(7, Side.SHARED)).isTrue();
    }
  }

  @Test
  void inPlaceBothSidesAreTheSamePages() {
    try (Memory memory = backingOrSkip("guest=port").open(new Guest(PAGES, 1), true)) {
      memory.touch(3, 2, Side.PRIVATE);
      memory.touch(4, 2, Side.SHARED);
      assertThat(memory.read(3, Side.SHARED)).isEqualTo(Canary.of(3, Side.PRIVATE));
      assertThat(memory.read(4, Side.PRIVATE)).isEqualTo(Canary.of(4, Side.SHARED));
    }
  }

  /** The guest loses its hot pages when a slot goes, and only then. */
  @Test
  void refaultsAreCountedWhenSlotsChange() {
    try (Memory memory =
        backingOrSkip("guest=port:hot-pages=16").open(new Guest(PAGES, 1), false)) {
      memory.touch(0, 10, Side.PRIVATE);
      memory.restart();
      memory.touch(0, 10, Side.PRIVATE);
      assertThat(metrics(memory)).containsEntry("refault_count", "0");
      memory.apply(Verb.REBIND, 2, 1, Side.SHARED);
      memory.touch(2, 1, Side.SHARED);
      memory.touch(3, 1, Side.PRIVATE);
      assertThat(metrics(memory)).containsEntry("refault_count", "1");
    }
  }

  private static Map<String, String> metrics(Memory memory) {
    Metrics reported = new Metrics();
    memory.report(reported);
    Map<String, String> metrics = reported.written();
    memory.restart();
    return metrics;
  }

  @ParameterizedTest
  @ValueSource(strings = {"hot-pages=1", "guest=port:hot-pages=-1", "prefault=true"})
  void optionsThatMakeNoSense(String options) {
    assertThatThrownBy(() -> Plugins.parse(Backing.class, "guest-memfd-bound:" + options))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("option out of range");
  }

  /**
   * Two slots with a hole between, whose offsets are crossed in the file, by hand: gfn 0 has page 4
   * of the file and gfn 64 page 0, on both sides. What the guest writes at its addresses is found
   * in the files there, and it leaves by no KVM_EXIT_MMIO.
   */
  @ParameterizedTest
  @ValueSource(strings = {"guest=port", "mapped=false:guest=port"})
  void slotsShowTheFileFromTheirOffsets(String options) {
    List<Slot> slots = List.of(new Slot(0, 4, 4), new Slot(64, 4, 0));
    Guest guest = Guest.of(slots, 1, 8);
    try (Memory memory = backingOrSkip(options).open(guest, false)) {
      memory.restart();
      for (Slot slot : slots) {
        for (Side side : Side.values()) {
          memory.touch(slot.gfn(), slot.pages(), side);
        }
      }
      for (Slot slot : slots) {
        for (long gfn = slot.gfn(); gfn < slot.endGfn(); gfn++) {
          for (Side side : Side.values()) {
            assertThat(memory.read(gfn, side)).isEqualTo(Canary.of(gfn, side));
          }
        }
      }
      memory.discard(64, 4, Side.PRIVATE);
      assertThat(memory.isZero(64, Side.PRIVATE)).isTrue();
      assertThat(memory.read(0, Side.PRIVATE)).isEqualTo(Canary.of(0, Side.PRIVATE));
    }
  }
}
