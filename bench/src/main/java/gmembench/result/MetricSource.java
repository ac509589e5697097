// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import java.util.List;

/**
 * Whoever reports metrics that are not in {@link Declared} declares them, once: a plug-in is one of
 * these as well and adds this type to its {@code @AutoService}.
 */
public interface MetricSource {
  /** Those that only this one reports, in the order of the table. */
  List<Metric> metrics();
}
