// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * Struct pages of one file. With the hugetlb vmemmap optimisation a folio needs one page of them.
 * Shattering loses 28 KiB for 2M and 16 MiB less 4 KiB for 1G, until the folio is merged. With two
 * files none is ever lost: regular memory, which takes a folio's place, has them anyway.
 */
final class Vmemmap {
  private static final long SAVED_2M = (32 - 4) << 10;
  private static final long SAVED_1G = (16 << 20) - (4 << 10);

  private final boolean isOptimised;
  private long lostBytes;
  private long peakBytes;

  Vmemmap(boolean isOptimised) {
    this.isOptimised = isOptimised;
  }

  /** A folio of 1G, or else of 2M, becomes so many of 2M and the rest 4K ones. */
  void split(boolean isGib, int toFrames) {
    lose(isGib ? SAVED_1G - toFrames * SAVED_2M : SAVED_2M);
  }

  /** One becomes whole again, of which so many frames were of 2M. */
  void merge(boolean isGib, int ofFrames) {
    lose(isGib ? ofFrames * SAVED_2M - SAVED_1G : -SAVED_2M);
  }

  private void lose(long bytes) {
    if (isOptimised) {
      lostBytes += bytes;
      peakBytes = Math.max(peakBytes, lostBytes);
    }
  }

  long lostBytes() {
    return lostBytes;
  }

  /** The peak is counted from here. */
  void restart() {
    peakBytes = lostBytes;
  }

  void report(Metrics metrics) {
    if (isOptimised) {
      metrics.add(Declared.VMEMMAP_LOST_PEAK_BYTES, peakBytes);
      metrics.add(Declared.VMEMMAP_LOST_END_BYTES, lostBytes);
    }
  }
}
