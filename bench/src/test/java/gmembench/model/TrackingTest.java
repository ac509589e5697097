// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.Counts;
import gmembench.mm.MixedFlags;
import gmembench.mm.Term;
import gmembench.result.Repetition;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a page map costs: its steps, the looks for mixed frames, and what a slot update destroys.
 */
class TrackingTest {
  private static final long GIB = 1 << 18;
  private static final String FREE =
      """
      # Nothing costs anything but the map.
      [guest-memfd-bound.touch]
      fixed_ns = 0
      [guest-memfd-bound.discard]
      fixed_ns = 0
      [guest-memfd-bound.rebind]
      fixed_ns = 0
      """;

  private static long totalNs(String strategy, String tracker, String step, Batch events) {
    String name = tracker.replaceFirst(":.*", "");
    String costs = FREE + "[tracker." + name + "]\n" + step + "\n";
    Workload workload =
        new Workload(
            "w", "why", new Guest(GIB, 1), new Workload.Recorded(Path.of(".")), null, 1, "");
    Strategy parsed = Strategy.parse(strategy);
    Block block =
        new Block(
            workload,
            Plugins.parse(Backing.class, "guest-memfd-bound"),
            Plugins.parse(Tracker.class, tracker),
            List.of(parsed));
    Repetition o =
        new Model(Costs.of("c", costs))
            .replay(block, Subject.of(workload, Trace.of(events)), parsed);
    assertThat(o.status()).as(o.reason()).isEqualTo(Repetition.Status.OK);
    return Long.parseLong(o.metrics().written().get("total_ns"));
  }

  private static Batch flip() {
    return flip(5);
  }

  private static Batch flip(long gfn) {
    Batch events = new Batch(4);
    events.add(0, 0, Op.TO_SHARED, gfn, 1);
    events.add(1, 0, Op.TO_PRIVATE, gfn, 1);
    return events;
  }

  /**
   * A maple tree allocates before it stores. By hand: a node for the leaf that gets three ranges,
   * one for the leaf that gets its one again; a conversion of what is so already returns before
   * that.
   */
  @Test
  void whatIsAllocatedBeforeAStoreIsCharged() {
    String step = "preallocated_ns = 1000";
    assertThat(totalNs("eager-punch-hole", "maple", step, flip())).isEqualTo(2000);
    Batch redundant = flip();
    redundant.add(2, 0, Op.TO_PRIVATE, 5, 1);
    redundant.add(3, 0, Op.TO_PRIVATE, 0, 4096);
    assertThat(totalNs("eager-punch-hole", "maple", step, redundant)).isEqualTo(2000);
    assertThat(totalNs("eager-punch-hole", "bitmap", step, flip())).isZero();
  }

  /**
   * By hand, 1 GiB: three levels of nodes. As KVM stores, all private, page 5 to shared: is all of
   * it shared? a leaf; reserve, 3 nodes, the slot being full; store, 3 nodes and a slot. Back: a
   * leaf; 3 nodes and a slot; 3 nodes and a slot. So 14 nodes and 3 slots; without the reservation
   * of what is taken out 11 and 3. Page 0 is no other.
   */
  @ParameterizedTest
  @CsvSource({
    "xarray, 14003",
    "xarray:stored=private:reserve=all, 14003",
    "xarray:stored=private:reserve=entries, 11003",
    "bitmap, 2"
  })
  void stepsAreChargedAsTheyAreCounted(String tracker, long expected) {
    String step = "node_ns = 1000\nentry_ns = 1";
    for (long gfn : List.of(5L, 0L)) {
      assertThat(totalNs("eager-punch-hole", tracker, step, flip(gfn))).isEqualTo(expected);
    }
  }

  /**
   * By hand, 1 GiB. To shared, an XArray of private pages: one look for the 2M frame (xas_find
   * finds a private page), one flag for the 1G frame. Back: 512 entries, then 512 flags. A bitmap
   * looks at a word, a flag; 8 words, 512 flags. A frame map has the flags.
   */
  @ParameterizedTest
  @CsvSource({"xarray, 513513", "bitmap, 513009", "maple, 513002", "frame-map, 0"})
  void mixedFlagsAreWork(String tracker, long expected) {
    assertThat(totalNs("eager-punch-hole", tracker, "look_ns = 1\nask_ns = 1000", flip()))
        .isEqualTo(expected);
  }

  /** A conversion of what is there already ends before the flags (kvm_vm_set_mem_attributes). */
  @Test
  void aRedundantConversionLooksAtNoFrame() {
    Batch events = new Batch(4);
    events.add(0, 0, Op.TO_PRIVATE, 5, 1);
    assertThat(totalNs("eager-punch-hole", "xarray", "look_ns = 1", events)).isZero();
  }

  /** Flags are the same, whatever map they are found by: against all pages of each frame. */
  @ParameterizedTest
  @ValueSource(strings = {"bitmap", "xarray", "xarray-range", "maple", "roaring"})
  void looksOfAnXarrayAreItsEntries(String name) {
    SplittableRandom random = new SplittableRandom(3);
    int pages = 4096;
    PageMap map = Plugins.parse(Tracker.class, name).open(pages);
    Side[] naive = new Side[pages];
    Arrays.fill(naive, Side.PRIVATE);
    for (int i = 0; i < 400; i++) {
      int from = random.nextInt(pages - 700);
      int count = 1 + random.nextInt(i % 5 == 0 ? 700 : 4);
      Side side = random.nextInt(3) == 0 ? Side.SHARED : Side.PRIVATE;
      map.set(from, count, side);
      Arrays.fill(naive, from, from + count, side);
      int frame = random.nextInt(pages / 512) * 512;
      for (Side asked : Side.values()) {
        int differs = frame;
        while (differs < frame + 512 && naive[differs] == asked) {
          differs++;
        }
        long looked = map.looks(frame, 512, asked);
        int last = Math.min(differs, frame + 511);
        switch (name) {
          case "bitmap" -> assertThat(looked).isEqualTo(last / 64 - frame / 64 + 1);
          case "xarray" ->
              assertThat(looked).isEqualTo(asked == Side.SHARED ? 1 : last - frame + 1);
          case "xarray-range" ->
              assertThat(looked).isBetween(1L, asked == Side.SHARED ? 512L : last - frame + 1L);
          default -> assertThat(looked).isOne();
        }
      }
    }
  }

  /**
   * By hand, one slot of 1 GiB, 4096 words: page 5 to shared, the slot is cut into three, of 5, 1
   * and all other pages, whose bitmaps begin with zeroes in 1 + 1 + 4096 words (neighbours share
   * one). Nothing was shared, so no range is set again; then the conversion writes its word. Page
   * 9: the third slot is cut, again 1 + 1 + 4096, and a word. Page 5 back: the first three slots
   * become one of 9 pages, a word of zeroes; page 5 was shared in it, so it is set again, before
   * the conversion writes the word. Beside the slots each conversion writes its word, and no more.
   */
  @Test
  void aSlotUpdateDestroysWhatIsInTheSlot() {
    Batch events = new Batch(4);
    events.add(0, 0, Op.TO_SHARED, 5, 1);
    events.add(1, 0, Op.TO_SHARED, 9, 1);
    events.add(2, 0, Op.TO_PRIVATE, 5, 1);
    assertThat(totalNs("memslot-punch", "bitmap", "entry_ns = 1", events)).isEqualTo(3);
    assertThat(totalNs("eager-punch-hole", "slot-bitmap", "entry_ns = 1", events)).isEqualTo(3);
    long inSlots = totalNs("memslot-punch", "slot-bitmap", "entry_ns = 1", events);
    int words = (int) (GIB / 64);
    assertThat(inSlots).isEqualTo(3 + 2 * (1 + 1 + words) + 1 + 1);
  }

  /** A range that lies in a slot that is set is set again: an ioctl, and its word. */
  @Test
  void whatWasSharedInASlotIsSetAgain() {
    PageMap map = Plugins.parse(Tracker.class, "slot-bitmap").open(1024);
    map.set(3, 2, Side.SHARED);
    map.set(70, 100, Side.SHARED);
    map.set(900, 1, Side.SHARED);
    long hash = map.hash();
    long entries = map.entrySteps();
    map.slotSet(0, 512);
    assertThat(map.nodeSteps()).isEqualTo(2);
    assertThat(map.entrySteps() - entries).as("8 zeroed, 1 and 2 written").isEqualTo(8 + 1 + 2);
    assertThat(map.hash()).isEqualTo(hash);
  }

  /** Every shipped profile that has memory in memslots of KVM charges every tracker. */
  @Test
  void profilesWithKvmChargeTrackers() throws IOException {
    try (Stream<Path> files = Files.list(Checkout.path("bench/costs"))) {
      List<Costs> all = files.filter(f -> f.toString().endsWith(".toml")).map(Costs::read).toList();
      List<Costs> kvm =
          all.stream().filter(c -> c.backings().contains("guest-memfd-bound")).toList();
      assertThat(kvm).hasSizeGreaterThanOrEqualTo(3);
      for (Costs costs : kvm) {
        for (Tracker tracker : Plugins.all(Tracker.class)) {
          assertThat(costs.step(tracker.name()).isFree())
              .as("%s, %s", costs.name(), tracker.name())
              .isFalse();
        }
      }
    }
  }

  /** The flags by themselves: equal to what all pages of a frame say, after any changes. */
  @Test
  void flagsOfTheIoctlAndOfATrackerAreOneTruth() {
    Guest guest = new Guest(2 * GIB, 1);
    PageMap map = Plugins.parse(Tracker.class, "xarray").open(guest.pages());
    TrackedFrames tracked = new TrackedFrames(guest, map);
    PageMap other = Plugins.parse(Tracker.class, "bitmap").open(guest.pages());
    Counts counts = new Counts();
    MixedFlags flags =
        new MixedFlags(
            guest,
            new MixedFlags.Pages() {
              @Override
              public boolean areAll(long gfn, long end, Side side, Counts looked) {
                for (long at = gfn; at < end; at++) {
                  looked.add(Term.PER_SCANNED, side == Side.PRIVATE || at == gfn ? 1 : 0);
                  if (other.get(at) != side) {
                    return false;
                  }
                }
                return true;
              }

              @Override
              public Side get(long gfn) {
                return other.get(gfn);
              }
            });
    Costs.Step step = new Costs.Step(0, 0, 0, 1, 1000, 0);
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 300; i++) {
      long gfn = random.nextLong(guest.pages() - 2000);
      long pages = 1 + random.nextLong(i % 4 == 0 ? 2000 : 3);
      Side side = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
      map.set(gfn, pages, side);
      other.set(gfn, pages, side);
      counts.clear();
      flags.update(gfn, gfn + pages, side, counts);
      assertThat(tracked.ns(gfn, pages, side, step))
          .isEqualTo(counts.of(Term.PER_SCANNED) + 1000 * counts.of(Term.PER_ASKED));
    }
  }
}
