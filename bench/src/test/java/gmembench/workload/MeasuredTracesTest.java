// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Checkout;
import gmembench.guest.PageSet;
import gmembench.trace.Footprint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped traces are the measured ones. */
class MeasuredTracesTest {
  private static Workload workload(String name) {
    return Checkout.workload(name);
  }

  @ParameterizedTest
  @CsvSource({
    "ovmf-boot,5001,14774",
    "ovmf-boot-scsi,4989,14762",
    "ovmf-boot-ahci,2869,12858",
    "ovmf-boot-initrd100,13746,43820",
    "ovmf-boot-grub-fat,4379,10509",
    "ovmf-boot-stub,1844,5371",
    "ovmf-boot-fw-cfg,1860,8583",
  })
  void countsAreThoseMeasured(String name, long flips, long pages) {
    Workload workload = workload(name);
    Footprint footprint = Footprint.of(workload.trace(), workload.guest());
    assertThat(footprint.toShared()).isEqualTo(flips);
    assertThat(footprint.toPrivate()).isEqualTo(flips);
    assertThat(footprint.pagesToShared()).isEqualTo(pages);
    assertThat(footprint.pagesToPrivate()).isEqualTo(pages);
    assertThat(workload.guest().bytes()).isEqualTo(1L << 30);
  }

  @Test
  void theBootIsPingPongInFewFrames() {
    Workload workload = workload("ovmf-boot");
    Footprint footprint = Footprint.of(workload.trace(), workload.guest());
    assertThat(footprint.touched().size()).isEqualTo(1404);
    assertThat(footprint.touched().next(0, workload.guest().pages())).isEqualTo(0x3da16);
    PageSet frames = new PageSet(workload.guest().pages());
    footprint
        .touched()
        .forEachRun((gfn, n) -> frames.add(gfn >> 9, ((gfn + n - 1) >> 9) - (gfn >> 9) + 1));
    assertThat(frames.size()).isEqualTo(9);
  }
}
