// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import com.google.auto.service.AutoService;
import gmembench.result.Metric.Better;

/** The other half of {@link ComparisonJson}: metrics that are better bigger. */
@AutoService(ComparisonFormat.class)
public record ComparisonJsonBigger() implements ComparisonFormat {
  @Override
  public String why() {
    return "as json, but the metrics that are better bigger";
  }

  @Override
  public String text(Comparison comparison) {
    return ComparisonJson.array(comparison, Better.HIGHER);
  }
}
