// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.result.Metric.Compared;
import gmembench.result.Metric.Family;

/** Metrics in the order in which {@link Declared} makes them. */
final class MetricList {
  private static final List<Metric> ALL = new ArrayList<>();

  private MetricList() {}

  static Metric ns(String name, String text) {
    return add(Metric.ns(name, text));
  }

  static Metric bytes(String name, String text) {
    return add(Metric.bytes(name, text));
  }

  static Metric times(String name, String text) {
    return add(Metric.times(name, text));
  }

  static Metric pages(String name, String text) {
    return add(Metric.pages(name, text));
  }

  static Metric number(String name, String text) {
    return add(Metric.number(name, text));
  }

  static Metric always(Metric metric) {
    return add(metric.compared(Compared.ALWAYS));
  }

  static Family family(Metric of) {
    return new Family(add(of));
  }

  static Metric add(Metric metric) {
    ALL.add(metric);
    return metric;
  }

  /** In their order. */
  static List<Metric> all() {
    return List.copyOf(ALL);
  }
}
