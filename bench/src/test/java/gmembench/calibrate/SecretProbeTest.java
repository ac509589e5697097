// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.mm.HostSizes;
import gmembench.mm.Term;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class SecretProbeTest {
  /** A live run: every verb has its figures, and a touch that faults is told from one that hits. */
  @Test
  void countsOfALiveRunTellFaultsFromHits() {
    Backing backing = Host.orSkip(Plugins.parse(Backing.class, "secretmem"));
    try (Probe probe = Probe.open(backing, HostSizes.DEFAULT)) {
      probe.round();
      Map<String, List<Point>> points = probe.points();
      for (Verb verb : Probe.verbs(backing)) {
        assertThat(points).as(verb.text()).containsKey("secretmem." + verb.text() + ".shared");
      }
      List<Point> touches = Objects.requireNonNull(points.get("secretmem.touch.shared"));
      assertThat(maps(touches, "8 pages after direct_map")).isEqualTo(8);
      assertThat(maps(touches, "8 pages after map")).isEqualTo(8);
      assertThat(maps(touches, "8 pages after copy")).isZero();
      assertThat(maps(touches, "8 pages mapped")).isZero();
    }
  }

  private static double maps(List<Point> points, String what) {
    return points.stream()
        .filter(p -> p.what().equals(what))
        .findFirst()
        .orElseThrow()
        .count(Term.PER_MAP);
  }
}
