// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import gmembench.Plugin;
import gmembench.Plugins;

/** How a comparison is printed. Adding a format is adding one file. */
public interface ComparisonFormat extends Plugin {
  /** The class name with dashes, less the word that all of them begin with. */
  @Override
  default String name() {
    return Plugins.dashed(getClass().getSimpleName().replaceFirst("^Comparison", ""));
  }

  /** The whole of it, with a line end. */
  String text(Comparison comparison);
}
