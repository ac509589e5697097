// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Metric;
import gmembench.result.Results;
import gmembench.result.Samples.Entry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Both sides in the Go benchmark format, distinguished by the key {@code side}: {@code benchstat
 * -col side FILE} sets them beside each other.
 */
public final class GoBenchmarks {
  private static final String TIME = "ns/op";

  private GoBenchmarks() {}

  public static String of(Comparison c) {
    Set<String> metrics = new LinkedHashSet<>();
    c.rows().stream()
        .filter(r -> r.base().n() + r.head().n() > 0 && !r.metric().isText())
        .forEach(r -> metrics.add(r.metric().name()));
    StringBuilder out = new StringBuilder();
    for (String name : metrics) {
      Metric metric = new Metric(name);
      String better = metric.better().text();
      if (metric.better() != Metric.Better.SAME) {
        out.append("Unit ").append(unit(metric)).append(" better=").append(better).append('\n');
      }
      if (metric.isCounted()) {
        out.append("Unit ").append(unit(metric)).append(" assume=exact\n");
      }
    }
    side(out, "base", c.base(), metrics);
    side(out, "head", c.head(), metrics);
    return out.toString();
  }

  private static void side(StringBuilder out, String side, Results results, Set<String> metrics) {
    Environment env = results.env();
    out.append("\nside: ").append(side).append('\n');
    for (String key : List.of("commit", "host", "kernel", "cpu")) {
      if (!env.get(key).isEmpty()) {
        out.append(key).append(": ").append(env.get(key)).append('\n');
      }
    }
    out.append('\n');
    for (Entry entry : results.samples().entries()) {
      List<String> values = new ArrayList<>();
      for (String metric : metrics) {
        if (entry.has(metric)) {
          values.add(entry.metrics().get(metric) + " " + unit(new Metric(metric)));
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
    return metric.name().equals("total_ns") ? TIME : metric.name();
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
