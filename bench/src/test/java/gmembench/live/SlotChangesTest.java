// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.Plugins;
import gmembench.guest.Side;
import gmembench.linux.Kvm;
import gmembench.linux.MappedFile;
import gmembench.linux.Vm;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reason for a table beside the slots: KVM's slots go and come back, dirty logging is toggled,
 * and what is private or shared stays known, with its content. On a VM of this kernel.
 */
@Tag("kernel")
class SlotChangesTest {
  private static final int PAGES = 1024;
  private static final int SLOTS = 4;
  private static final long SLOT_PAGES = PAGES / SLOTS;
  private static final long PAGE = 4096;

  /** Shared memory has slots of its own, where dirty logging can be had. */
  private static final long SHARED_GPA = 1L << 32;

  private static final long FLAGS = Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED;

  static Stream<Tracker> trackers() {
    return Plugins.all(Tracker.class).stream();
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void stateIsKeptWhenSlotsChange(Tracker tracker) {
    try (Kvm kvm = Host.guestMemfdOrSkip();
        Vm vm = kvm.createVm(Vm.DEFAULT);
        MappedFile secret = vm.guestMemfd(PAGES * PAGE, FLAGS);
        MappedFile shared = MappedFile.memfd("shared", PAGES * PAGE)) {
      new Guest(vm, secret, shared, tracker.open(PAGES)).play(7);
    }
  }

  private static final class Guest {
    private final Vm vm;
    private final MappedFile secret;
    private final MappedFile shared;
    private final PageMap map;
    private final Side[] expected = new Side[PAGES];
    private final boolean[] logged = new boolean[SLOTS];

    Guest(Vm vm, MappedFile secret, MappedFile shared, PageMap map) {
      this.vm = vm;
      this.secret = secret;
      this.shared = shared;
      this.map = map;
    }

    void play(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      Arrays.fill(expected, Side.PRIVATE);
      for (int slot = 0; slot < SLOTS; slot++) {
        bind(slot);
        share(slot);
      }
      for (int page = 0; page < PAGES; page++) {
        secret.setLong(page * PAGE, ~page);
      }
      for (int i = 0; i < 1000; i++) {
        convert(random);
        changeSlots(random);
      }
      check(seed);
    }

    private void bind(int slot) {
      long at = slot * SLOT_PAGES * PAGE;
      vm.bind(slot, at, SLOT_PAGES * PAGE, shared, secret, at);
    }

    private void share(int slot) {
      long at = slot * SLOT_PAGES * PAGE;
      int flags = logged[slot] ? Vm.LOG_DIRTY_PAGES : 0;
      vm.setSlot(SLOTS + slot, flags, SHARED_GPA + at, SLOT_PAGES * PAGE, shared, at);
    }

    private void convert(SplittableRandom random) {
      int gfn = random.nextInt(PAGES);
      int pages = 1 + random.nextInt(Math.min(40, PAGES - gfn));
      Side to = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
      map.set(gfn, pages, to);
      Arrays.fill(expected, gfn, gfn + pages, to);
      (to == Side.SHARED ? secret : shared).punchHole(gfn * PAGE, pages * PAGE);
      for (int page = gfn; page < gfn + pages; page++) {
        (to == Side.SHARED ? shared : secret).setLong(page * PAGE, ~page);
      }
    }

    /** A slot is removed and put back, or its dirty logging is toggled. */
    private void changeSlots(SplittableRandom random) {
      int slot = random.nextInt(SLOTS);
      switch (random.nextInt(3)) {
        case 0 -> {
          vm.removeSlot(slot);
          bind(slot);
        }
        case 1 -> {
          vm.removeSlot(SLOTS + slot);
          share(slot);
        }
        default -> {
          logged[slot] = !logged[slot];
          share(slot);
        }
      }
    }

    private void check(long seed) {
      for (int page = 0; page < PAGES; page++) {
        String what = "seed " + seed + ", gfn " + page;
        boolean isShared = expected[page] == Side.SHARED;
        assertThat(map.get(page)).as(what).isEqualTo(expected[page]);
        assertThat((isShared ? shared : secret).getLong(page * PAGE)).as(what).isEqualTo(~page);
        assertThat((isShared ? secret : shared).isZero(page * PAGE, PAGE)).as(what).isTrue();
      }
    }
  }
}
