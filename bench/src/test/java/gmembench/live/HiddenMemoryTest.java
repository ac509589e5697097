// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.engine.Needs;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.InPlaceWait;
import gmembench.strategy.Snp;
import gmembench.trace.Batch;
import gmembench.trace.Footprint;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A private file that nobody can map offers what can be done without an address; {@link
 * LiveMemoryTest} does it where a kernel can.
 */
class HiddenMemoryTest {
  private static Backing backing(String name) {
    return Backing.parse(name.replaceFirst("(:|$)", ":mapped=false$1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"guest-memfd", "guest-memfd-bound", "guest-memfd-bound:alignment=ffs64"})
  void noVerbOfPrivateMemoryTakesAnAddress(String name) {
    Backing backing = backing(name);
    assertThat(backing.verbs(Side.PRIVATE))
        .contains(Verb.ALLOCATE, Verb.DISCARD, Verb.TOUCH)
        .doesNotContain(Verb.UNMAP, Verb.PIN, Verb.UNPIN, Verb.COPY, Verb.COPY_IN);
    assertThat(backing.verbs(Side.SHARED)).contains(Verb.PIN, Verb.UNPIN);
    assertThat(backing.supports(Verb.UNMAP)).isInstanceOf(Support.No.class);
    assertThat(Needs.whyNot(Needs.of(new InPlaceWait(0)), backing::supports)).isNotNull();
  }

  /** In place the shared page that a device holds is one of the private file. */
  @ParameterizedTest
  @ValueSource(strings = {"guest-memfd", "guest-memfd-bound"})
  void aPinInPlaceIsRefusedAndOneOfASharedFileIsNot(String name) {
    Batch events = new Batch(2);
    events.add(0, 0, Op.TO_SHARED, 7, 1);
    events.add(0, 0, Op.PIN, 7, 1);
    Footprint pins = Footprint.of(Trace.of(events), new Guest(16, 1));
    assertThat(Needs.whyNot(pins, backing(name), new Snp()))
        .isEqualTo(name + " has no pin of private memory, which snp shares");
    assertThat(Needs.whyNot(pins, backing(name), new EagerPunchHole())).isNull();
    Backing mapped = Backing.parse(name);
    assertThat(Needs.whyNot(pins, mapped, new Snp())).isNull();
  }
}
