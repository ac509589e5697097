// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Ticks;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.HostSizes;

/**
 * Times the verbs of secret pages: what comes and goes on two sides, and each way of the host to a
 * page in place, with the touch that follows. Every page is a mapping, so the guest is small.
 */
final class SecretProbe implements Probe {
  static final Set<Verb> VERBS =
      Collections.unmodifiableSet(
          EnumSet.of(Verb.TOUCH, Verb.DISCARD, Verb.DIRECT_MAP, Verb.MAP, Verb.COPY));

  private static final int[] SIZES = {1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256};
  private static final int GUEST_PAGES = 4096;
  private static final int PAGES_A_ROUND = 128;
  private static final int WARMUP_ROUNDS = (int) Ticks.here().repeat(10);

  private final Backing backing;
  private final Probed twoSided;
  private final Probed inPlace;
  private final Figures figures = new Figures();

  private SecretProbe(Backing backing, HostSizes host) {
    Guest guest = Guest.ofBytes(GUEST_PAGES * 4096L);
    this.backing = backing;
    this.twoSided = new Probed(backing, guest, host, false);
    this.inPlace = new Probed(backing, guest, host, true);
  }

  static SecretProbe open(Backing backing, HostSizes host) {
    SecretProbe probe = new SecretProbe(backing, host);
    try {
      for (int i = 0; i < WARMUP_ROUNDS; i++) {
        probe.play();
      }
    } catch (RuntimeException e) {
      probe.close();
      throw e;
    }
    return probe;
  }

  @Override
  public void round() {
    figures.measure(this::play);
  }

  private void play() {
    for (int pages : SIZES) {
      int times = Math.max(1, PAGES_A_ROUND / pages);
      for (int i = 0; i < times; i++) {
        long gfn = i * (pages + 1L);
        for (Side side : Side.values()) {
          comeAndGo(gfn, pages, side);
        }
        inPlace(gfn, pages);
      }
    }
  }

  private void comeAndGo(long gfn, int pages, Side side) {
    figures.step(twoSided, Verb.TOUCH, gfn, pages, side, "absent");
    figures.step(twoSided, Verb.TOUCH, gfn, pages, side, "mapped");
    figures.step(twoSided, Verb.DISCARD, gfn, pages, side, "mapped");
    figures.step(twoSided, Verb.DISCARD, gfn, pages, side, "absent");
  }

  private void inPlace(long gfn, int pages) {
    figures.step(inPlace, Verb.TOUCH, gfn, pages, Side.PRIVATE, "absent, in place");
    for (Verb verb : List.of(Verb.DIRECT_MAP, Verb.MAP, Verb.COPY)) {
      for (Side side : List.of(Side.SHARED, Side.PRIVATE)) {
        figures.step(inPlace, verb, gfn, pages, side, "of the other side");
        figures.step(inPlace, Verb.TOUCH, gfn, pages, side, "after " + verb.text());
      }
    }
    inPlace.apply(Verb.DISCARD, gfn, pages, Side.PRIVATE);
  }

  @Override
  public Map<String, List<Point>> points() {
    return Figures.points(figures.stream(), f -> backing.name() + "." + f.section());
  }

  @Override
  public void close() {
    twoSided.close();
    inPlace.close();
  }
}
