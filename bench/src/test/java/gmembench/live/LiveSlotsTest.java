// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.OwnHugePages;
import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.Reservation;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guests in slots on real files: holes, and offsets that do not line up. */
@Tag("kernel")
@ExtendWith(OwnHugePages.class)
class LiveSlotsTest {
  private static final long FOLIOS = 48;

  /**
   * 700 pages at 0 from page 300 of the file on, and 600 at 1024 from page 1100 on: the second huge
   * page of the file is behind both slots but for 100 pages, and it, the first and the last are
   * partly outside.
   */
  private static final Guest GUEST =
      Guest.of(List.of(new Slot(0, 700, 300), new Slot(1024, 600, 1100)), 1, 4 * 512);

  private static Stream<String> mapped() {
    return Stream.of(
        "memfd",
        "memfd-thp",
        "hugetlb-2m",
        "mixed",
        "guest-memfd",
        "guest-memfd-bound",
        "guest-memfd-bound:guest=port");
  }

  /** And those whose private side has no mapping. */
  private static Stream<String> backings() {
    Stream<String> hidden =
        Stream.of(
            "guest-memfd:mapped=false",
            "guest-memfd-bound:mapped=false",
            "guest-memfd-bound:mapped=false:guest=port");
    return Stream.concat(mapped(), hidden);
  }

  /** Content at every touch, and st_blocks after every verb, against the audit. */
  @ParameterizedTest
  @MethodSource("backings")
  void verbsDoWhatTheySay(String name) {
    Backing backing = Backing.parse(name);
    try (Reservation _ = OwnHugePages.orSkip(backing, FOLIOS)) {
      for (boolean inPlace : new boolean[] {false, true}) {
        long seed = new Random().nextLong();
        try (Memory memory = backing.open(GUEST, inPlace)) {
          play(new Audit(memory, GUEST, backing), backing, new SplittableRandom(seed));
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed + ", in place " + inPlace, e);
        }
      }
    }
  }

  private static void play(Audit audit, Backing backing, SplittableRandom random) {
    Verb[] verbs = {Verb.TOUCH, Verb.HOST_TOUCH, Verb.DISCARD, Verb.ALLOCATE, Verb.UNMAP};
    for (int i = 0; i < 300; i++) {
      Slot slot = GUEST.slots().get(random.nextInt(2));
      long gfn = slot.gfn() + random.nextLong(slot.pages());
      long pages = 1 + random.nextLong(random.nextBoolean() ? 3 : 700);
      pages = Math.min(pages, slot.endGfn() - gfn);
      Side side = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
      Verb verb = verbs[random.nextInt(5)];
      // the host touches what it maps, and only what is mapped can be unmapped
      if (backing.verbs(side).contains(verb == Verb.HOST_TOUCH ? Verb.UNMAP : verb)) {
        assertThat(audit.apply(verb, gfn, pages, side)).isEqualTo(pages);
      }
      audit.checkResidency();
    }
  }

  /**
   * A slot that shows the second huge page of its file: a punch of its page 0 splits that folio, so
   * that page 5 is free while page 3 is held; of a folio that is whole a pin holds all.
   */
  @Test
  void whatAPunchSplitsIsBehindTheSlot() {
    Backing backing = Backing.parse("memfd-thp");
    Host.orSkip(backing);
    Guest second = Guest.of(List.of(new Slot(0, 512, 512)), 1, 2 * 512);
    try (Memory memory = backing.open(second, true)) {
      memory.touch(0, 512, Side.SHARED);
      memory.apply(Verb.PIN, 3, 1, Side.SHARED);
      assertThat(memory.check(5, 1, Side.SHARED)).isZero();
      memory.apply(Verb.UNPIN, 3, 1, Side.SHARED);
      memory.apply(Verb.DISCARD, 0, 1, Side.SHARED);
      memory.apply(Verb.PIN, 3, 1, Side.SHARED);
      assertThat(memory.check(5, 1, Side.SHARED)).isEqualTo(1);
      assertThat(memory.check(3, 1, Side.SHARED)).isZero();
      memory.apply(Verb.UNPIN, 3, 1, Side.SHARED);
    }
  }

  /**
   * By hand: page 0 of the guest is page 300 of the file, so its huge page is the first, and page
   * 1623, the last, is page 1699, in the fourth: with their neighbours two huge pages, 300 of the
   * first before all slots and 1536 + 512 - 1700 of the fourth after them are outside, and page 3's
   * conversions leave it so: a shared page of 2M comes with it, unless shared memory is regular.
   * One strategy is replayed after the other's leftovers.
   */
  @ParameterizedTest
  @MethodSource("mapped")
  void aRunCountsWhatIsOutside(String name) {
    Backing backing = Backing.parse(name);
    Batch events = new Batch(4);
    events.add(0, 0, Op.TO_SHARED, 3, 1);
    events.add(1, 0, Op.TO_PRIVATE, 3, 1);
    events.add(2, 0, Op.TOUCH_PRIVATE, 1623, 1);
    Workload workload =
        new Workload("w", "why", GUEST, new Workload.Recorded(Path.of(".")), null, 1, "");
    Subject subject = Subject.of(workload, Trace.of(events));
    List<Strategy> strategies =
        List.of(new EagerPunchHole(), Strategy.parse("no-shared-discard"), Strategy.parse("snp"));
    Block block = new Block(workload, backing, new Bitmap(), strategies);
    try (Reservation _ = OwnHugePages.orSkip(backing, FOLIOS)) {
      List<Repetition> found = new ArrayList<>();
      new Live(2, 0).run(block, () -> subject, (cell, rep) -> true, found::add);
      assertThat(found).hasSize(6);
      for (Repetition one : found) {
        assertThat(one.status()).as(one.reason()).isEqualTo(Repetition.Status.OK);
      }
      Map<String, String> eager = found.getFirst().metrics().written();
      boolean isHuge = backing.folioOrder() > 0;
      assertThat(eager.get("private_end_bytes"))
          .isEqualTo(Long.toString((isHuge ? 2 * 512 : 5) * 4096L));
      long shared = name.equals("mixed") ? 0 : 300; // all but what was punched is still there
      assertThat(eager.get("outside_end_bytes"))
          .isEqualTo(isHuge ? Long.toString((300 + 2048 - 1700 + shared) * 4096) : null);
    }
  }
}
