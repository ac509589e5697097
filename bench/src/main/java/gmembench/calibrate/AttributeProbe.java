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
 * Times KVM_SET_MEMORY_ATTRIBUTES of ranges that go shared and private again, each call once more
 * when there is nothing left to change. What it searches depends on the guest: one of 512 MiB has
 * no whole 1G frame that is asked for its 2M frames, and one of 2 GiB a higher tree. Each has a VM
 * while it is measured only: a punch of shared memory notifies every VM of the process.
 */
final class AttributeProbe implements Probe {
  private static final long[] GUEST_MIB = {512, 1024, 2048};
  private static final int[] SIZES = {1, 2, 8, 64, 512, 1536};
  private static final int REPETITIONS = (int) Ticks.here().repeat(40);
  private static final int WARMUP_ROUNDS = 2;

  private final GuestMemfdBound backing;
  private final HostSizes host;
  private final List<Figure> figures = new ArrayList<>();

  private AttributeProbe(GuestMemfdBound backing, HostSizes host) {
    this.backing = backing;
    this.host = host;
    for (long mib : GUEST_MIB) {
      add(Units.size(mib << 20));
    }
  }

  static AttributeProbe open(GuestMemfdBound backing, HostSizes host) {
    AttributeProbe probe = new AttributeProbe(backing, host);
    for (int i = 0; i < WARMUP_ROUNDS; i++) {
      probe.play();
    }
    return probe;
  }

  private void add(String size) {
    for (int pages : SIZES) {
      for (Side side : List.of(Side.SHARED, Side.PRIVATE)) {
        for (String state : List.of(" of ", " again of ")) {
          figures.add(new Figure(Verb.ATTRIBUTE, side.text() + state + size, side, pages));
        }
      }
    }
  }

  @Override
  public void round() {
    figures.forEach(Figure::begin);
    play();
    figures.forEach(Figure::enter);
  }

  /** Each time in other frames, of which the rest stays private; a range of frames fills them. */
  private void play() {
    Iterator<Figure> next = figures.iterator();
    for (long mib : GUEST_MIB) {
      try (Probed guest = new Probed(backing, Guest.ofBytes(mib << 20), host)) {
        for (int pages : SIZES) {
          take(guest, Stream.generate(next::next).limit(4).toList(), pages);
        }
      }
    }
  }

  private static void take(Probed guest, List<Figure> figures, int pages) {
    for (int i = 0; i < REPETITIONS; i++) {
      long within = pages < Guest.FRAME_PAGES ? i * 37L % (Guest.FRAME_PAGES - pages) : 0;
      long gfn = 3L * i * Guest.FRAME_PAGES + within;
      figures.forEach(figure -> figure.take(guest, gfn));
    }
  }

  @Override
  public Map<String, List<Point>> points() {
    return Figures.points(figures.stream(), f -> backing.name() + "." + f.section());
  }
}
