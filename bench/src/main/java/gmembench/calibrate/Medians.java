// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import java.util.List;
import org.apache.commons.statistics.descriptive.Median;

/** What of several rounds is taken: half of them were slower. */
final class Medians {
  private Medians() {}

  static double of(List<Double> values) {
    return Median.withDefaults()
        .evaluate(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
