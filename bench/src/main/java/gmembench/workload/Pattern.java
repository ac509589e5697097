// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import gmembench.Plugin;
import java.util.random.RandomGenerator;

/** A synthetic workload: events made from options, a guest and a seed. */
public interface Pattern extends Plugin {
  /** Appends the events in time order; all randomness comes from {@code random}. */
  void fill(Batch out, Guest guest, RandomGenerator random);
}
