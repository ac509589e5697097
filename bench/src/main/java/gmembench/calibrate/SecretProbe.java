// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.workload.Guest;
import gmembench.workload.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

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
  private static final int WARMUP_ROUNDS = 10;

  private final Backing backing;
  private final Probed twoSided;
  private final Probed inPlace;
  private final Map<Step, Figure> figures = new LinkedHashMap<>();
  private boolean measures;

  private record Step(Verb verb, Side side, int pages, String state) {
    Figure figure() {
      return new Figure(verb, state, side, pages);
    }
  }

  private SecretProbe(Backing backing) {
    Guest guest = Guest.ofBytes(GUEST_PAGES * 4096L);
    this.backing = backing;
    this.twoSided = new Probed(backing, guest, false);
    this.inPlace = new Probed(backing, guest, true);
  }

  static SecretProbe open(Backing backing) {
    SecretProbe probe = new SecretProbe(backing);
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
    figures.values().forEach(Figure::begin);
    measures = true;
    play();
    measures = false;
    figures.values().forEach(Figure::enter);
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
    step(twoSided, Verb.TOUCH, gfn, pages, side, "absent");
    step(twoSided, Verb.TOUCH, gfn, pages, side, "mapped");
    step(twoSided, Verb.DISCARD, gfn, pages, side, "mapped");
    step(twoSided, Verb.DISCARD, gfn, pages, side, "absent");
  }

  private void inPlace(long gfn, int pages) {
    step(inPlace, Verb.TOUCH, gfn, pages, Side.PRIVATE, "absent, in place");
    for (Verb verb : List.of(Verb.DIRECT_MAP, Verb.MAP, Verb.COPY)) {
      for (Side side : List.of(Side.SHARED, Side.PRIVATE)) {
        step(inPlace, verb, gfn, pages, side, "of the other side");
        step(inPlace, Verb.TOUCH, gfn, pages, side, "after " + verb.text());
      }
    }
    inPlace.apply(Verb.DISCARD, gfn, pages, Side.PRIVATE);
  }

  private void step(Probed memory, Verb verb, long gfn, int pages, Side side, String state) {
    if (measures) {
      figures.computeIfAbsent(new Step(verb, side, pages, state), Step::figure).take(memory, gfn);
    } else {
      memory.apply(verb, gfn, pages, side);
    }
  }

  @Override
  public Map<String, List<Point>> points() {
    Map<String, List<Point>> sections = new LinkedHashMap<>();
    figures.forEach((step, figure) -> {
      String section =
          String.join(".", backing.name(), step.verb().text(), step.side().text())
              .toLowerCase(Locale.ROOT);
      sections.computeIfAbsent(section, s -> new ArrayList<>()).add(figure.point());
    });
    return sections;
  }

  @Override
  public void close() {
    twoSided.close();
    inPlace.close();
  }
}
