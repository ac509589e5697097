// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import gmembench.Units;

/**
 * The guest whose memory is converted.
 *
 * @param pages guest memory in 4K pages; gfns run from 0
 * @param vcpus virtual CPUs, numbered from 0
 */
public record Guest(long pages, int vcpus) {
  /** 4K pages in a 2M frame. */
  public static final long FRAME_PAGES = 512;

  public Guest {
    if (pages <= 0 || vcpus <= 0) {
      throw new IllegalArgumentException("a guest has pages and vcpus: " + pages + ", " + vcpus);
    }
  }

  public static Guest ofBytes(long bytes) {
    return new Guest(bytes / Units.PAGE_BYTES, 1);
  }

  public long bytes() {
    return pages * Units.PAGE_BYTES;
  }
}
