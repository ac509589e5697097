// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import gmembench.Plugin;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * A synthetic workload: events made from options, a guest and a seed, a few at a time, so that a
 * workload may be longer than memory.
 */
public interface Pattern extends Plugin {
  /**
   * Starts at the beginning. The same guest and random numbers give the same events; all randomness
   * comes from {@code random}. An event outside the guest is found and said by the reader.
   */
  Steps open(Guest guest, RandomGenerator random);

  /**
   * The same for a guest of which only so many pages, from gfn 0, are at addresses below 4 GiB.
   * Matters to what needs memory that 32-bit DMA reaches.
   */
  default Steps open(Guest guest, long lowPages, RandomGenerator random) {
    return open(guest, random);
  }

  /** A pattern at work. */
  interface Steps {
    /** Writes the next few events, up to some thousands; false when there are no more. */
    boolean next(Events out);
  }
}
