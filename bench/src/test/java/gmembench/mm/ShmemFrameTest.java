// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import org.junit.jupiter.api.Test;

class ShmemFrameTest {
  /**
   * Page 256 punched out of a frame leaves folios of 256, 1, 2, 4 ... 128 pages. A punch of 300 to
   * 399 begins in the one of 288 to 319, which is split at 300, and ends in that of 384 to 511,
   * which is split at 384 and again at 400 (truncate_inode_partial_folio: at the offset, and at the
   * end if the folio goes on). What is round the range stays.
   */
  @Test
  void aPunchOverSeveralFoliosSplitsTheOneAtEitherEnd() {
    Effects effects = new Effects(512, false, HostSizes.DEFAULT);
    ShmemFrame frame = new ShmemFrame(0, effects);
    frame.act(Verb.TOUCH, 0, 1, Side.SHARED);
    frame.act(Verb.DISCARD, 256, 257, Side.SHARED);
    effects.begin();
    frame.act(Verb.DISCARD, 300, 400, Side.SHARED);
    assertThat(effects.counts().of(Term.PER_SPLIT)).isEqualTo(3);
    assertThat(effects.faults()).isEqualTo(100);
    for (int page = 0; page < 512; page++) {
      boolean punched = page == 256 || (page >= 300 && page < 400);
      assertThat(effects.ledger().isResident(page, Side.SHARED)).as("" + page).isEqualTo(!punched);
    }
  }
}
