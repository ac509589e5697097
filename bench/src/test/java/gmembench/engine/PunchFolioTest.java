// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.backing.Verb;
import gmembench.engine.Faults.Policy;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import gmembench.strategy.Converter;
import gmembench.strategy.NaiveMemory;
import gmembench.strategy.PunchFolio;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import org.junit.jupiter.api.Test;

/**
 * A huge page that is punched for one of its pages, while verbs fail: what becomes of the others.
 */
class PunchFolioTest {
  private static final int PAGES = 2 * 512;
  private static final int GFN = 100;

  private final Folios2M memory = new Folios2M();
  private final PageMap map = new Bitmap().open(PAGES);

  /** Two sides of 2M folios; unlike those of 4K, a whole one may go while some of it is in use. */
  private static final class Folios2M extends NaiveMemory {
    Folios2M() {
      super(PAGES, false);
    }

    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      if (side == Side.PRIVATE && (verb == Verb.DISCARD || verb == Verb.TOUCH)) {
        Arrays.fill(privateResident, (int) gfn, (int) (gfn + pages), verb == Verb.TOUCH);
      }
      return pages;
    }

    @Override
    public int folioOrder() {
      return 9;
    }

    long missing() {
      return IntStream.range(0, PAGES).filter(i -> i != GFN && !privateResident[i]).count();
    }
  }

  private Converter open(String fault, Policy policy) {
    Faults faults = new Faults(List.of(Fault.parse(fault)), policy);
    return new PunchFolio().open(faults.around(memory, ns -> {}), map);
  }

  private static Map<String, String> report(Converter converter) {
    Metrics reported = new Metrics();
    converter.report(reported);
    Map<String, String> metrics = reported.written();
    return metrics;
  }

  @Test
  void aPunchThatFailsTakesNothing() {
    Converter converter = open("discard:error=EIO:when=1", Policy.FAIL);
    assertThatThrownBy(() -> converter.convert(GFN, 1, Side.SHARED)).hasMessageContaining("EIO");
    assertThat(memory.missing()).isZero();
    assertThat(report(converter)).isEmpty();
  }

  @Test
  void aSplitThatFailsLosesNothing() {
    Converter converter = open("shatter:error=ENOMEM:when=1", Policy.FAIL);
    assertThatThrownBy(() -> converter.convert(GFN, 1, Side.SHARED)).hasMessageContaining("ENOMEM");
    assertThat(memory.missing()).isZero();
    assertThat(report(converter)).isEmpty();
  }

  /** Of the two ranges beside the page one cannot be had: the other is, and the loss is counted. */
  @Test
  void pagesThatCannotBeHadAgainAreSaidToBeLost() {
    Converter converter = open("touch:error=ENOMEM:when=1", Policy.FAIL);
    assertThatThrownBy(() -> converter.convert(GFN, 1, Side.SHARED)).hasMessageContaining("ENOMEM");
    assertThat(memory.missing()).isEqualTo(GFN);
    assertThat(report(converter)).containsEntry("lost_pages", "" + GFN);
    assertThat(map.get(GFN)).isEqualTo(Side.SHARED);
    assertThat(map.get(GFN - 1)).isEqualTo(Side.PRIVATE);
  }

  /** With this policy a touch that fails is no exception, only fewer pages. */
  @Test
  void andSoAreThoseOfAReplayThatGoesOn() {
    Converter converter = open("touch:error=ENOMEM:when=2", Policy.CONTINUE);
    assertThat(converter.convert(GFN, 1, Side.SHARED)).isTrue();
    assertThat(memory.missing()).isEqualTo(511 - GFN);
    assertThat(report(converter)).containsEntry("lost_pages", "" + (511 - GFN));
  }
}
