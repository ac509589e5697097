// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.result.Metric.Family;
import org.jspecify.annotations.Nullable;

/** The metrics that there are, by name: {@link Declared} and those of every plug-in. */
public final class MetricTable {
  private static final MetricTable HERE = new MetricTable();

  private final List<Metric> declared = new ArrayList<>(Declared.all());
  private final List<Family> families = new ArrayList<>();
  private final Map<String, Metric> byName = new ConcurrentHashMap<>();

  private MetricTable() {
    ServiceLoader.load(MetricSource.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing((MetricSource source) -> source.getClass().getName()))
        .forEach(source -> declared.addAll(source.metrics()));
    for (Metric metric : declared) {
      if (metric.name().contains("<")) {
        families.add(new Family(metric));
      } else if (byName.put(metric.name(), metric) != null) {
        throw new IllegalStateException("metric " + metric.name() + " is declared twice");
      }
    }
    families.sort(Comparator.comparingInt(Family::fixed).reversed());
  }

  /**
   * The metric of a name that stands in a file or on a command line. One that is not declared here,
   * of another version or of a plug-in that is missing, is a number that is compared if asked for.
   */
  static Metric named(String name) {
    Metric known = HERE.find(name);
    return known != null ? known : Metric.unknown(name);
  }

  private @Nullable Metric find(String name) {
    Metric known = byName.get(name);
    if (known != null) {
      return known;
    }
    for (Family family : families) {
      if (family.has(name)) {
        return byName.computeIfAbsent(name, family::member);
      }
    }
    return null;
  }

  /** Throws if a metric is not one that is declared: it would be in no table. */
  static Metric check(Metric metric) {
    Metric known = HERE.find(metric.name());
    if (known == null || !known.text().equals(metric.text())) {
      throw new IllegalStateException(
          "metric " + metric.name() + " is not declared: by Declared or by a MetricSource");
    }
    return metric;
  }

  /** In the order of the table; a family is one. */
  public static List<Metric> all() {
    return List.copyOf(HERE.declared);
  }
}
