// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Environment;
import gmembench.result.Fact;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Results;

/**
 * Both sides in the Go benchmark format, distinguished by the key {@code side}: {@code benchstat
 * -col side FILE} sets them beside each other.
 */
@AutoService(ComparisonFormat.class)
public record ComparisonBenchstat() implements ComparisonFormat {
  private static final String TIME = "ns/op";

  @Override
  public String why() {
    return "both sides in the Go benchmark format: benchstat -col side FILE";
  }

  @Override
  public String text(Comparison c) {
    Set<Metric> metrics = new LinkedHashSet<>();
    c.rows().stream()
        .filter(r -> r.base().n() + r.head().n() > 0 && !r.metric().isText())
        .forEach(r -> metrics.add(r.metric()));
    StringBuilder out = new StringBuilder();
    for (Metric metric : metrics) {
      String better = metric.better().text();
      if (metric.better() != Metric.Better.SAME) {
        out.append("Unit ").append(unit(metric)).append(" better=").append(better).append('\n');
      }
      if (metric.better() != Metric.Better.SAME && metric.isExact()) {
        out.append("Unit ").append(unit(metric)).append(" assume=exact\n");
      }
    }
    side(out, "base", c.base(), metrics);
    side(out, "head", c.head(), metrics);
    return out.toString();
  }

  private static void side(StringBuilder out, String side, Results results, Set<Metric> metrics) {
    Environment env = results.env();
    out.append("\nside: ").append(side).append('\n');
    for (Fact fact : List.of(Fact.COMMIT, Fact.HOST, Fact.KERNEL, Fact.CPU)) {
      String key = fact.key();
      if (!env.get(key).isEmpty()) {
        out.append(key).append(": ").append(env.get(key)).append('\n');
      }
    }
    out.append('\n');
    for (Repetition entry : results.samples().entries()) {
      List<String> values = new ArrayList<>();
      for (Metric metric : metrics) {
        if (entry.metrics().has(metric)) {
          values.add(entry.metrics().written(metric) + " " + unit(metric));
        }
      }
      if (!values.isEmpty()) {
        out.append(name(entry.cell())).append(" 1 ").append(String.join(" ", values));
        out.append('\n');
      }
    }
  }

  /** benchstat scales ns/op; every other unit is the metric's own name. */
  private static String unit(Metric metric) {
    return metric.equals(Declared.TOTAL_NS) ? TIME : metric.name();
  }

  private static String name(Cell c) {
    String name =
        "BenchmarkConvert/engine="
            + c.engine()
            + "/workload="
            + c.workload()
            + "/strategy="
            + c.strategy()
            + "/backing="
            + c.backing()
            + "/tracker="
            + c.tracker();
    return (c.costs().isEmpty() ? name : name + "/costs=" + c.costs()).replace(' ', '_');
  }
}
