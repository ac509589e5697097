// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.guest.Guest;
import gmembench.guest.Slot;
import gmembench.trace.Op;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bounce buffer's size and place against the rule of Linux, worked by hand and naively. */
class SwiotlbTest {
  private static final long MIB = 1L << 20;

  /**
   * 2 GiB: 6 % are 122.88 MiB, rounded up to 128. 3 GiB: 184.32, 256. 4 GiB: 245.76, 256 (a TD of 4
   * GiB logs "SWIOTLB bounce buffer size roundup to 256MB"). 16 GiB: 983.04, 1024. Below 1067 MiB
   * the least, 64 MiB; above 17 GiB the most, 1 GiB. With 512 CPUs there are 512 areas of 256 KiB.
   */
  @ParameterizedTest
  @CsvSource({
    "1024, 1, 64", "2048, 1, 128", "3072, 1, 256", "4096, 1, 256", "16384, 1, 1024",
    "65536, 1, 1024", "1066, 1, 64", "1067, 1, 128", "1024, 256, 64", "1024, 257, 128",
    "2048, 512, 128"
  })
  void sizeIsWhatLinuxTakes(long memoryMib, int cpus, long bufferMib) {
    Guest guest = new Guest(memoryMib * 256, cpus);
    assertThat(naiveMib(memoryMib, cpus)).isEqualTo(bufferMib);
    assertThat(converted(guest)[1] / 256).isEqualTo(bufferMib);
  }

  /** In slabs of 2 KiB, as the kernel counts, by doubling. */
  private static long naiveMib(long memoryMib, int cpus) {
    double percent = memoryMib * 0.06;
    double slabs = (percent < 64 ? 64 : percent > 1024 ? 1024 : percent) * 512;
    long areas = 1;
    while (areas < cpus) {
      areas += areas;
    }
    long rounded = 1;
    while (rounded < slabs || rounded < areas * 128) {
      rounded += rounded;
    }
    return rounded / 512;
  }

  /** q35 has 2 GiB below 4 GiB, i440fx 3 GiB: the buffer ends there, not at the guest's end. */
  @Test
  void placeIsTheTopOfMemoryBelow4GiB() {
    long gib = 1L << 18;
    Guest q35 =
        Guest.of(List.of(new Slot(0, 2 * gib, 0), new Slot(4 * gib, 2 * gib, 2 * gib)), 1, 4 * gib);
    assertThat(converted(q35)).containsExactly(2 * gib - 256 * 256, 256 * 256, 2 * gib);
    Guest flat = new Guest(4 * gib, 1);
    assertThat(converted(flat)).containsExactly(3 * gib - 256 * 256, 256 * 256, 3 * gib);
  }

  /** 128 MiB below 4 GiB cannot hold 1 GiB, nor all of itself: halved to 64 MiB. */
  @Test
  void halvedUntilItFits() {
    long low = 128 * 256;
    Guest guest =
        Guest.of(
            List.of(new Slot(0, low, 0), new Slot(1L << 20, 5L << 20, low)), 1, low + (5L << 20));
    assertThat(converted(guest)).containsExactly(low / 2, low / 2, low);
  }

  @Test
  void kexecUsesTheSameBuffer() {
    Guest guest = Guest.ofBytes(2048 * MIB);
    long[] first = {-1, -1};
    new PatternTrace(new Kexec(), guest, 1)
        .forEach((atNs, vcpu, op, gfn, pages) -> {
          if (first[0] < 0) {
            first[0] = gfn;
            first[1] = pages;
          }
        });
    assertThat(first).containsExactly((2048 - 128) * 256, 128 * 256);
  }

  /** Lowest gfn that is made shared, pages of all, and the end. */
  private static long[] converted(Guest guest) {
    long[] found = {Long.MAX_VALUE, 0, 0};
    new PatternTrace(new Swiotlb(), guest, 1)
        .forEach((atNs, vcpu, op, gfn, pages) -> {
          if (op == Op.TO_SHARED) {
            found[0] = Math.min(found[0], gfn);
            found[1] += pages;
            found[2] = Math.max(found[2], gfn + pages);
          }
        });
    return found;
  }
}
