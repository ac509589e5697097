// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.Plugin;
import gmembench.Plugins;
import gmembench.result.Results;
import java.util.List;

/** A kind of chart of a results folder. Adding one is adding one file. */
public interface ChartKind extends Plugin {
  /** The class name with dashes, less the word that all of them end with. */
  @Override
  default String name() {
    return Plugins.dashed(getClass().getSimpleName().replaceFirst("Chart$", ""));
  }

  /** A part of the report: lower orders come first. */
  record Part(int order, String heading) {}

  /** The part of the report that it is in. */
  Part part();

  /** The file of the results that it draws, beside samples.csv; empty if it needs no more. */
  default String file() {
    return "";
  }

  /**
   * Its charts, none if the results do not have what it shows; asked only where {@link #file} is.
   */
  List<Chart> of(Results results);
}
