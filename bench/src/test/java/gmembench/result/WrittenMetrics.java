// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import java.util.Map;

/** Metrics for tests, by name and value as they stand in a file. */
public final class WrittenMetrics {
  private WrittenMetrics() {}

  public static Metrics of(Map<String, String> written) {
    Metrics metrics = new Metrics();
    written.forEach(metrics::read);
    return metrics;
  }
}
