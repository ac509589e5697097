// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Thorough;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.guest.InodeFile;
import gmembench.guest.Slot;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots with holes between them, and offsets that do not line up, in whole runs of the model. */
class SlotsInRunTest {
  private static final int FOLIO = 512;

  /** A punch costs 1 ns for each entry that it zaps, the attribute ioctl 10; the rest nothing. */
  private static final String ZAPS =
      """
      # Test.
      [memfd.touch]
      fixed_ns = 0
      [memfd.discard]
      fixed_ns = 0
      per_map_ns = 1
      [memfd.attribute]
      fixed_ns = 0
      per_map_ns = 10
      [memfd.unmap]
      fixed_ns = 0
      [memfd.check]
      fixed_ns = 0
      [memfd.pin]
      fixed_ns = 0
      [memfd.unpin]
      fixed_ns = 0
      [hugetlb-2m.touch]
      fixed_ns = 0
      [hugetlb-2m.discard]
      fixed_ns = 0
      [hugetlb-2m.unmap]
      fixed_ns = 0
      [hugetlb-2m.check]
      fixed_ns = 0
      [hugetlb-1g.touch]
      fixed_ns = 0
      [hugetlb-1g.discard]
      fixed_ns = 0
      [guest-memfd-linked.touch]
      fixed_ns = 0
      [guest-memfd-linked.discard]
      fixed_ns = 0
      """;

  private static Repetition run(Guest guest, String backing, Strategy strategy, Batch events) {
    Workload workload =
        new Workload("w", "why", guest, new Workload.Recorded(Path.of(".")), null, 1, "");
    Subject subject = Subject.of(workload, Trace.of(events));
    Block block = new Block(workload, Backing.parse(backing), new Bitmap(), List.of(strategy));
    return new Model(Costs.of("c", ZAPS)).observe(block, subject, strategy);
  }

  private static Map<String, String> run(Guest guest, String backing, Batch events) {
    Repetition o = run(guest, backing, new EagerPunchHole(), events);
    assertThat(o.status()).as(o.reason()).isEqualTo(Repetition.Status.OK);
    return o.metrics().written();
  }

  private static Batch events(Object... columns) {
    Batch events = new Batch(columns.length / 3);
    for (int i = 0; i < columns.length; i += 3) {
      events.add(
          i, 0, (Op) columns[i], ((Number) columns[i + 1]).longValue(), (int) columns[i + 2]);
    }
    return events;
  }

  /**
   * By hand: 4 MiB at 0, the rest at 16 MiB from 4 MiB of the file on. Page 1023 is the last before
   * the hole, so its only neighbour is 1022: two pages are private, and one of them goes and comes
   * back. gfn 4096 has page 1024 of the file, 1022 and 1023 being in the frame before.
   */
  @ParameterizedTest
  @ValueSource(strings = {"memfd", "guest-memfd-linked"})
  void aHoleHasNoPages(String backing) {
    List<Slot> slots = List.of(new Slot(0, 1024, 0), new Slot(4096, 1024, 1024));
    Guest guest = Guest.of(slots, 1, 2048);
    if (backing.equals("guest-memfd-linked")) {
      guest = guest.with(List.of(new InodeFile(1, InodeFile.Role.OWNER, 0)));
    }
    assertThat(run(guest, backing, events(Op.TO_SHARED, 1023, 1, Op.TO_PRIVATE, 1023, 1)))
        .containsEntry("private_peak_bytes", "8192")
        .containsEntry("private_end_bytes", "8192")
        .containsEntry("shared_peak_bytes", "4096");
    assertThat(run(guest, backing, events(Op.TO_SHARED, 4096, 1)))
        .containsEntry("private_end_bytes", "4096")
        .containsEntry("shared_end_bytes", "4096");
  }

  /**
   * QEMU's split of 3 GiB by hand: 2 GiB at 0 and 1 GiB at 4 GiB, all of which lines up: three 1G
   * pages, and not the two between. A page of each slot is used: two 1G pages of the file.
   */
  @Test
  void theHoleOfAPcIsNotMapped() {
    long gib = 1L << 18;
    List<Slot> slots = List.of(new Slot(0, 2 * gib, 0), new Slot(4 * gib, gib, 2 * gib));
    Guest guest = Guest.of(slots, 1, 3 * gib);
    Batch events = events(Op.TOUCH_PRIVATE, 2 * gib - 1, 1, Op.TOUCH_PRIVATE, 4 * gib, 1);
    assertThat(run(guest, "hugetlb-1g", events))
        .containsEntry("huge_mapped_start_bytes", Long.toString(3L << 30))
        .containsEntry("huge_mapped_1g_start_bytes", Long.toString(3L << 30))
        .containsEntry("private_peak_bytes", Long.toString(2L << 30))
        .doesNotContainKey("outside_end_bytes");
    assertThat(run(guest, "hugetlb-1g:alignment=merged", events))
        .containsEntry("huge_mapped_start_bytes", "0")
        .containsEntry("huge_mapped_1g_start_bytes", "0");
  }

  /**
   * By hand: gfn 4096 is page 0 of the file. The attribute ioctl zaps its entry (10 ns), so the
   * punch finds none. In place, a conversion waits until the device has unpinned it, 70 ns after
   * the conversion began, and is refused if it waits less.
   */
  @Test
  void zapsAndPinsAreOfThePageBehind() {
    Guest guest = Guest.of(List.of(new Slot(0, 1024, 8), new Slot(4096, 8, 0)), 1, 1032);
    Repetition zapped =
        run(
            guest,
            "memfd",
            Strategy.parse("eager-punch-hole:attribute=true"),
            events(Op.TO_SHARED, 4096, 1));
    assertThat(zapped.metrics().written()).containsEntry("total_ns", "10");
    Batch pinned = new Batch(4);
    pinned.add(0, 0, Op.TO_SHARED, 4096, 1);
    pinned.add(10, 0, Op.PIN, 4096, 1);
    pinned.add(30, 0, Op.TO_PRIVATE, 4096, 1);
    pinned.add(100, 0, Op.UNPIN, 4096, 1);
    for (String wait : List.of("70ns", "69ns")) {
      Repetition o = run(guest, "memfd", Strategy.parse("in-place-wait:wait=" + wait), pinned);
      assertThat(o.status()).as(o.reason()).isEqualTo(Repetition.Status.OK);
      assertThat(o.metrics().written()).containsEntry("total_ns", wait.replace("ns", ""));
      assertThat(o.metrics().written().getOrDefault("conversions_refused", "0"))
          .isEqualTo(wait.equals("70ns") ? "0" : "1");
    }
  }

  /**
   * The thread's example by hand: 1 GiB at gpa 0 from offset 0x4000. Its first page is in the first
   * 1G page of the file, 16 KiB of which are before the slot; its last page is in the next one, of
   * which all but 16 KiB are after it. Nothing can be mapped huge, by 1G nor by 2M. A rule that
   * looks at the file's pages refuses it, unless these were smaller then.
   */
  @Test
  void whatIsRoundedDownIsOutside() {
    long gib = 1L << 18;
    Guest guest = Guest.of(List.of(new Slot(0, gib, 4)), 1, 2 * gib);
    Batch events = events(Op.TOUCH_PRIVATE, 0, 1, Op.TOUCH_PRIVATE, gib - 1, 1);
    for (String rule : List.of("", ":alignment=current-page:bound-at=4KiB")) {
      assertThat(run(guest, "hugetlb-1g" + rule, events))
          .containsEntry("huge_mapped_start_bytes", "0")
          .containsEntry("huge_mapped_1g_start_bytes", "0")
          .containsEntry("private_end_bytes", Long.toString(2L << 30))
          .containsEntry("outside_end_bytes", Long.toString(1L << 30));
    }
    assertThat(reason(guest, "hugetlb-1g:alignment=current-page", new EagerPunchHole()))
        .isEqualTo("slot 0x0: offset is no multiple of 1GiB, the file's page now (current-page)");
    assertThat(reason(guest, "hugetlb-1g:alignment=folio-order", new EagerPunchHole()))
        .contains("the file's folios (folio-order)");
    assertThat(reason(guest, "hugetlb-2m", Strategy.parse("in-place-wait")))
        .isEqualTo("in-place-wait finds folios by gfn, and a slot's are elsewhere: hugetlb-2m");
  }

  private static String reason(Guest guest, String backing, Strategy strategy) {
    Repetition o = run(guest, backing, strategy, events(Op.TO_SHARED, 0, 1));
    assertThat(o.status()).isEqualTo(Repetition.Status.UNSUPPORTED);
    return String.valueOf(o.reason());
  }

  /**
   * Two slots in one huge page, by hand: a MiB at 0 and one at 1 GiB from offset 1 MiB of a file of
   * 2M pages. All of the first goes shared, then all of the second: each punch is of a part, so the
   * private page is never given back, and a shared one is there as well. In regular memory the
   * shared side has what is used.
   */
  @Test
  void twoSlotsInOneHugePage() {
    List<Slot> slots = List.of(new Slot(0, 256, 0), new Slot(1 << 18, 256, 256));
    Guest guest = Guest.of(slots, 1, 512);
    Batch events = events(Op.TO_SHARED, 0, 256, Op.TO_SHARED, 1 << 18, 256);
    assertThat(run(guest, "hugetlb-2m", events))
        .containsEntry("private_end_bytes", "2097152")
        .containsEntry("shared_end_bytes", "2097152")
        .containsEntry("huge_mapped_start_bytes", "0");
    assertThat(run(guest, "mixed:folio=2MiB", events))
        .containsEntry("private_end_bytes", "2097152")
        .containsEntry("shared_end_bytes", "2097152");
    assertThat(run(guest, "mixed:folio=2MiB", events(Op.TO_SHARED, 3, 1)))
        .containsEntry("private_end_bytes", "2097152")
        .containsEntry("shared_end_bytes", "4096")
        .containsEntry("double_allocated_end_bytes", "4096");
  }

  /**
   * Every figure against a model with an array a side, page by page, for guests of random slots.
   */
  @ParameterizedTest
  @ValueSource(strings = {"memfd", "hugetlb-2m", "mixed"})
  void figuresAreThoseOfANaiveCount(String backing) {
    for (int seed = 0; seed < Thorough.FOLIOS.count(75, 3_000); seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Guest guest = guest(random);
      Batch events = new Batch(64);
      NaiveSlots naive =
          new NaiveSlots(guest, !backing.equals("memfd"), backing.equals("hugetlb-2m"));
      for (int i = 0; i < 20; i++) {
        Slot slot = guest.slots().get(random.nextInt(guest.slots().size()));
        long from = slot.gfn() + random.nextLong(slot.pages());
        long most = 1;
        while (guest.has(from, most + 1)) {
          most++; // also across slots that are side by side
        }
        int pages = (int) Math.min(most, 1 + random.nextLong(random.nextBoolean() ? 4 : 1500));
        events.add(i, 0, random.nextBoolean() ? Op.TO_SHARED : Op.TO_PRIVATE, from, pages);
      }
      naive.run(events);
      Map<String, String> found = run(guest, backing, events);
      for (Map.Entry<String, Long> figure : naive.figures().entrySet()) {
        assertThat(found.get(figure.getKey()))
            .as("seed %d: %s of %s", seed, figure.getKey(), guest)
            .isEqualTo(figure.getValue() < 0 ? null : Long.toString(figure.getValue()));
      }
    }
  }

  /** Up to four slots; half of the guests have some that line up. */
  private static Guest guest(SplittableRandom random) {
    List<Slot> slots = new ArrayList<>();
    long unit = random.nextBoolean() ? FOLIO : 1;
    long gfn = unit * random.nextInt(3);
    long offset = unit * random.nextInt(3);
    for (int i = 0; i <= random.nextInt(4); i++) {
      long pages = unit == 1 ? 1 + random.nextLong(1800) : FOLIO * (1 + random.nextLong(3));
      slots.add(new Slot(gfn, pages, offset));
      gfn += pages + (random.nextBoolean() ? 0 : unit * random.nextInt(700) % 2000);
      offset += pages + (random.nextBoolean() ? 0 : unit * random.nextInt(3));
    }
    long file = (offset + FOLIO - 1) / FOLIO * FOLIO;
    return Guest.of(slots, 1, file);
  }
}
