// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Checkout;
import gmembench.guest.Guest;
import gmembench.pattern.OvmfDma.Disk;
import gmembench.pattern.OvmfFlips.Loader;
import gmembench.trace.Footprint;
import gmembench.trace.TraceFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The request model against the seven recorded boots. */
public class OvmfFlipsTest {
  private static final Guest GUEST = Guest.ofBytes(1L << 30);
  private static final Path TRACES = Checkout.path("workloads/traces");

  @ParameterizedTest
  @CsvSource({
    "ovmf-boot, VIRTIO_BLK, GRUB, 13024, 12, 5001, 14774",
    "ovmf-boot-scsi, VIRTIO_SCSI, GRUB, 13024, 12, 4989, 14762",
    "ovmf-boot-ahci, AHCI, GRUB, 13024, 12, 2869, 12858",
    "ovmf-boot-initrd100, VIRTIO_BLK, GRUB, 106528, 5, 13746, 43820",
    "ovmf-boot-grub-fat, VIRTIO_BLK, GRUB_FAT, 13024, 12, 4379, 10509",
    "ovmf-boot-stub, VIRTIO_BLK, STUB, 0, 12, 1844, 5371",
    "ovmf-boot-fw-cfg, FW_CFG, GRUB, 13024, 12, 1860, 8583"
  })
  void countsAreThoseOfTheRecordedBoot(
      String recorded,
      Disk disk,
      Loader loader,
      long initrdKib,
      int rescans,
      long flips,
      long pages) {
    OvmfFlips pattern =
        new OvmfFlips(disk, loader, 13856 << 10, initrdKib << 10, 32 << 10, rescans, false);
    Footprint made = footprint(pattern);
    Footprint measured = Footprint.of(TraceFile.read(trace(recorded), GUEST), GUEST);

    assertThat(made.toShared()).isEqualTo(flips).isEqualTo(measured.toShared());
    assertThat(made.toPrivate()).isEqualTo(flips).isEqualTo(measured.toPrivate());
    assertThat(measured.pagesToShared()).isEqualTo(pages);
    assertThat(made.pagesToShared()).isCloseTo(pages, within(0.1));
    assertThat(made.touched().size()).isCloseTo(measured.touched().size(), within(8));
  }

  private static org.assertj.core.data.Percentage within(double percent) {
    return org.assertj.core.data.Percentage.withPercentage(percent);
  }

  @Test
  void bouncePoolLeavesOnlyItsSlotsAndWhatIsTooLarge() {
    OvmfFlips pattern =
        new OvmfFlips(Disk.VIRTIO_BLK, Loader.GRUB, 13856 << 10, 13024 << 10, 32 << 10, 12, true);

    assertThat(footprint(pattern).toShared()).isEqualTo(17 + 1);
    assertThat(footprint(pattern).toPrivate()).isEqualTo(17 + 1);
    assertThat(footprint(pattern).pagesToShared()).isEqualTo((5648 >> 2) + 1008);
  }

  private static Footprint footprint(Pattern pattern) {
    return Footprint.of(new PatternTrace(pattern, GUEST, 1), GUEST);
  }

  public static Path trace(String name) {
    return TRACES.resolve(name + ".csv.gz");
  }
}
