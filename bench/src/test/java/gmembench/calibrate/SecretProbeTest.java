// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.mm.Term;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SecretProbeTest {
  /** A live run: every verb has its figures, and a touch that faults is told from one that hits. */
  @Test
  void countsOfALiveRunTellFaultsFromHits() {
    Backing backing = Plugins.parse(Backing.class, "secretmem");
    if (backing.probe() instanceof Support.No(String reason)) {
      assumeThat(false).as("secretmem unsupported: " + reason).isTrue();
    }
    try (Probe probe = Probe.open(backing)) {
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
