// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.Plugin;

/** A data structure for the private/shared state of a guest's pages. */
public interface Tracker extends Plugin {
  /** A map of a guest of so many pages, all private. */
  PageMap open(long pages);
}
