// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.backing.GuestMemfdBound;
import gmembench.backing.Verb;
import gmembench.mm.HostSizes;
import gmembench.mm.Term;
import gmembench.vcpu.GuestCall;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bindings of a real guest_memfd: what is measured is of as many as were asked for. */
@Tag("kernel")
class BindingProbeTest {
  private static GuestMemfdBound backing() {
    return Host.orSkip(new GuestMemfdBound());
  }

  @Test
  void punchesCrossAsManyBindingsAsTheySay() {
    try (BindingProbe probe = BindingProbe.open(backing(), HostSizes.DEFAULT)) {
      probe.round();
      probe.round();
      Map<String, List<Point>> points = probe.points();
      assertThat(points).containsOnlyKeys("guest-memfd-bound.discard.private");
      List<Point> all = points.values().iterator().next();
      assertThat(all)
          .extracting(p -> p.count(Term.PER_BINDING))
          .containsExactly(
              1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0, 8.0, 16.0, 16.0, 32.0, 32.0, 64.0, 64.0);
      assertThat(all)
          .allSatisfy(p ->
              assertThat(p.count(Term.PER_FAULT))
                  .isEqualTo(p.what().contains("mapped") ? p.count(Term.PER_PAGE) : 0));
    }
  }

  @Test
  void aGuestThatRunsIsAskedFor() {
    GuestMemfdBound nobody = backing();
    GuestMemfdBound port = new GuestMemfdBound(0, 0, true, GuestCall.PORT, 0, true, false);
    assertThat(Rounds.verbs(nobody)).contains(Verb.REBIND).doesNotContain(Verb.ASK);
    assertThat(Rounds.verbs(port)).contains(Verb.REBIND, Verb.ASK);
    assertThat(Rounds.verbs(port.cutInto(4096))).isEqualTo(Rounds.verbs(port));
  }
}
