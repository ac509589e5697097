// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.OwnHugePages;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.mm.HostSizes;
import gmembench.mm.Term;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("slow")
@Tag("kernel")
class FolioProbeTest {
  private static final Map<Term, Long> PLANTED =
      Map.of(
          Term.FIXED, 1500L,
          Term.ONCE, 900L,
          Term.PER_FAULT, 10L,
          Term.ONCE_MAP, 2000L,
          Term.PER_FOLIO, 600L,
          Term.PER_SPLIT, 4000L,
          Term.PER_SPLIT_FOLIO, 300L,
          Term.PER_SPLIT_MAP, 200L,
          Term.PER_ZEROED, 60L);

  /** Caches that are soon emptied: no planted cost is of one. */
  private static final HostSizes SMALL = new HostSizes(64 << 10, 256 << 10, 33, 8);

  /**
   * What was counted of a short run on this kernel tells costs apart: those that are planted where
   * the times were are found again.
   */
  @Test
  @ExtendWith(OwnHugePages.class)
  void countsOfALiveRunTellTheCostsApart() {
    Backing backing = Host.orSkip(Plugins.parse(Backing.class, "memfd-thp"));
    try (Probe probe = Probe.open(backing, SMALL)) {
      probe.round();
      Map<String, List<Point>> points = probe.points();
      for (Verb verb : Probe.verbs(backing)) {
        assertThat(points.get("memfd-thp." + verb.text())).as(verb.text()).isNotEmpty();
      }
      List<Point> discards =
          Objects.requireNonNull(points.get("memfd-thp.discard")).stream()
              .map(p -> new Point(p.what(), p.counts(), planted(p)))
              .toList();
      Fitted fitted = Fitted.to(discards);
      PLANTED.forEach((term, ns) -> assertThat(fitted.ns()).as(term.key()).containsEntry(term, ns));
      assertThat(Math.abs(fitted.error(fitted.worst()))).isLessThan(1e-6);
    }
  }

  private static double planted(Point point) {
    return PLANTED.entrySet().stream()
        .mapToDouble(t -> t.getValue() * point.count(t.getKey()))
        .sum();
  }
}
