// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Ticks;
import gmembench.Units;
import gmembench.backing.GuestMemfdBound;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.HostSizes;

/**
 * Times punches of ranges that lie in one memslot to 64: each binding of the file in the range is
 * zapped by itself (kvm_gmem_invalidate_begin). The VM is open while it is measured only: a punch
 * of shared memory notifies every VM of the process.
 */
final class BindingProbe implements Probe {
  private static final int SLOT_PAGES = 16;
  private static final long SLOT_BYTES = SLOT_PAGES * Units.PAGE_BYTES;
  private static final int MOST_BINDINGS = 64;
  private static final int[] BINDINGS = {1, 2, 4, 8, 16, 32, MOST_BINDINGS};
  private static final int REPETITIONS = 8;
  private static final int WARMUP_ROUNDS = (int) Ticks.here().repeat(20);

  private final GuestMemfdBound backing;
  private final HostSizes host;
  private final List<Figure> figures = new ArrayList<>();

  private BindingProbe(GuestMemfdBound like, HostSizes host) {
    this.backing = like.cutInto(SLOT_BYTES);
    this.host = host;
    for (int bindings : BINDINGS) {
      for (String state : List.of("mapped", "absent")) {
        String where = state + ", bound " + bindings + (bindings == 1 ? " time" : " times");
        figures.add(new Figure(Verb.DISCARD, where, Side.PRIVATE, bindings * SLOT_PAGES));
      }
    }
  }

  static BindingProbe open(GuestMemfdBound like, HostSizes host) {
    BindingProbe probe = new BindingProbe(like, host);
    probe.play(WARMUP_ROUNDS);
    return probe;
  }

  @Override
  public void round() {
    figures.forEach(Figure::begin);
    play(1);
    figures.forEach(Figure::enter);
  }

  /** Ranges of each size are touched, punched, and punched again. */
  private void play(int times) {
    Guest guest = Guest.ofBytes(MOST_BINDINGS * SLOT_BYTES);
    try (Probed memory = new Probed(backing, guest, host)) {
      for (int n = 0; n < times * REPETITIONS; n++) {
        for (int i = 0; i < figures.size(); i += 2) {
          memory.apply(Verb.TOUCH, 0, figures.get(i).pages(), Side.PRIVATE);
          figures.get(i).take(memory, 0);
          figures.get(i + 1).take(memory, 0);
        }
      }
    }
  }

  @Override
  public Map<String, List<Point>> points() {
    return Figures.points(figures.stream(), f -> backing.name() + "." + f.section());
  }
}
