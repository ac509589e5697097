// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.GuestMemfdBound;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.mm.HostSizes;
import gmembench.mm.Term;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is counted of a call on a real VM, by hand. All memory is private; one page goes shared: its
 * entry is no more (1 look: is there any?), its 2M frame has one that differs (1 look), and so has
 * its 1G frame, by the first 2M frame that is asked if that is this one. It goes private again: the
 * page is looked at, it differs (1); the 512 entries of its 2M frame are all private (512), and so
 * are the 512 frames of the 1G frame, each found through a tree of 3 nodes: of 262,144 = 64^3 pages
 * in 1 GiB. In 2 GiB there is a fourth. Again: the page is looked at, and nothing is to be done.
 */
@Tag("kernel")
class AttributeProbeTest {
  @Test
  void aCallSearchesWhatItsGuestHas() {
    GuestMemfdBound backing =
        (GuestMemfdBound) Plugins.parse(Backing.class, "guest-memfd-bound:mapped=false");
    Host.orSkip(backing);
    if (backing.supports(Verb.ATTRIBUTE) instanceof Support.No(String reason)) {
      throw Host.skip(reason);
    }
    try (AttributeProbe probe = AttributeProbe.open(backing, HostSizes.DEFAULT)) {
      probe.round();
      check(probe, "private", "1 page private of 512MiB", 1, 513, 0, 0);
      check(probe, "private", "1 page private of 1GiB", 1, 513, 512, 3 * 512);
      check(probe, "private", "1 page private of 2GiB", 1, 513, 512, 4 * 512);
      check(probe, "private", "1 page private again of 2GiB", 0, 1, 0, 0);
      check(probe, "private", "512 pages private of 512MiB", 512, 1, 0, 0);
      check(probe, "shared", "1 page shared of 512MiB", 1, 2, 0, 0);
      check(probe, "shared", "1 page shared again of 512MiB", 0, 1, 0, 0);
    }
  }

  private static void check(
      AttributeProbe probe, String side, String what, int stored, int seen, int asked, int nodes) {
    Point point =
        probe.points().getOrDefault("guest-memfd-bound.attribute." + side, List.of()).stream()
            .filter(p -> p.what().equals(what))
            .findAny()
            .orElseThrow();
    assertThat(point.count(Term.PER_STORE)).as(what).isEqualTo(stored);
    assertThat(point.count(Term.PER_SCANNED)).as(what).isEqualTo(seen);
    assertThat(point.count(Term.PER_ASKED)).as(what).isEqualTo(asked);
    assertThat(point.count(Term.PER_ASKED_NODE)).as(what).isEqualTo(nodes);
  }
}
