// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Units;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.LinuxException;
import org.junit.jupiter.api.Test;

/** The slot table against a KVM that is only a map, and against an array of sides. */
class MemslotsTest {
  private static final int PAGES = 600;

  /** What KVM would say: no two slots overlap, a slot is set once and deleted once. */
  private static final class NaiveKvm implements Memslots.Changes {
    final Map<Integer, Memslots.Entry> slots = new HashMap<>();
    final List<String> log = new ArrayList<>();

    @Override
    public void remove(Memslots.Entry slot) {
      assertThat(slots.remove(slot.id())).isEqualTo(slot);
      log.add("-" + Units.hex(slot.gfn()) + "+" + slot.pages());
    }

    @Override
    public void set(Memslots.Entry slot) {
      for (Memslots.Entry other : slots.values()) {
        assertThat(slot.gfn() >= other.endGfn() || other.gfn() >= slot.endGfn())
            .as(slot + " overlaps " + other)
            .isTrue();
      }
      assertThat(slots.put(slot.id(), slot)).as("EEXIST " + slot).isNull();
      log.add("+" + slot.side().text().charAt(0) + Units.hex(slot.gfn()) + "+" + slot.pages());
    }
  }

  @Test
  void aConversionIsFourOperationsThereAndFourBack() {
    Memslots slots = new Memslots(List.of(new Slot(0, 100, 0)), 0, 99);
    NaiveKvm kvm = new NaiveKvm();
    slots.put(0, 100, Side.PRIVATE, kvm);
    kvm.log.clear();
    assertThat(slots.put(10, 2, Side.SHARED, kvm)).isEqualTo(4);
    assertThat(slots.put(10, 2, Side.SHARED, kvm)).as("nothing to do").isZero();
    assertThat(slots.put(10, 2, Side.PRIVATE, kvm)).isEqualTo(4);
    assertThat(kvm.log)
        .containsExactly(
            "-0x0+100",
            "+p0x0+10",
            "+s0xa+2",
            "+p0xc+88",
            "-0x0+10",
            "-0xa+2",
            "-0xc+88",
            "+p0x0+100");
  }

  @Test
  void slotsGrowAtTheirEdges() {
    Memslots slots = new Memslots(List.of(new Slot(0, 100, 0)), 5, 99);
    NaiveKvm kvm = new NaiveKvm();
    slots.put(0, 100, Side.PRIVATE, kvm);
    slots.put(0, 2, Side.SHARED, kvm);
    kvm.log.clear();
    slots.put(2, 2, Side.SHARED, kvm);
    assertThat(kvm.log).containsExactly("-0x0+2", "-0x2+98", "+s0x0+4", "+p0x4+96");
    assertThat(kvm.slots.keySet()).as("numbers are used again").allMatch(id -> id >= 5 && id < 8);
  }

  @Test
  void randomConversionsLeaveTheFewestSlots() {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long pieceBytes = random.nextInt(0, 40) * Units.PAGE_BYTES;
      List<Slot> sections =
          Memslots.cut(List.of(new Slot(0, 350, 0), new Slot(400, 200, 400)), pieceBytes);
      Memslots slots = new Memslots(sections, 3, 100_000);
      NaiveKvm kvm = new NaiveKvm();
      Side[] sides = new Side[PAGES];
      for (int i = 0; i < 400; i++) {
        int gfn = random.nextInt(PAGES);
        int pages =
            1 + random.nextInt(random.nextInt(10) == 0 ? PAGES - gfn : Math.min(9, PAGES - gfn));
        Side side = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
        slots.put(gfn, pages, side, kvm);
        java.util.Arrays.fill(sides, gfn, gfn + pages, side);
      }
      check(seed, sections, slots, kvm, sides);
      slots.clear(kvm);
      assertThat(kvm.slots).isEmpty();
      assertThat(slots.count()).isZero();
    }
  }

  private static void check(
      long seed, List<Slot> sections, Memslots slots, NaiveKvm kvm, Side[] sides) {
    List<String> expected = new ArrayList<>();
    for (Slot section : sections) {
      long end = section.endGfn();
      for (int at = (int) section.gfn(), to = at; at < end; at = to) {
        while (to < end && sides[to] == sides[at]) {
          to++;
        }
        if (sides[at] != null) {
          expected.add(sides[at] + " " + at + "+" + (to - at));
        }
      }
    }
    assertThat(slots.slots().stream().map(s -> s.side() + " " + s.gfn() + "+" + s.pages()))
        .as("seed " + seed)
        .containsExactlyElementsOf(expected);
    assertThat(kvm.slots.values()).containsExactlyInAnyOrderElementsOf(slots.slots());
    assertThat(slots.count()).isEqualTo(expected.size());
  }

  @Test
  void tooManySlotsAreSaidBeforeAnyIsSet() {
    List<Slot> sections = Memslots.cut(List.of(new Slot(0, 1 << 18, 0)), 4096);
    assertThatThrownBy(() -> new Memslots(sections, 0, 32764))
        .isInstanceOf(LinuxException.class)
        .hasMessage("slots exhausted: the guest needs 262144, KVM_CAP_NR_MEMSLOTS is 32764");
  }
}
