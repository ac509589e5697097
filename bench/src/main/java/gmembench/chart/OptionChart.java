// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Ticks;
import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Results;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.ValueAxis;

/** What grows with one option of the backing, or with threads; measured and modelled in one. */
@AutoService(ChartKind.class)
public record OptionChart() implements ChartKind {
  /** What is varied, and what is looked at. */
  private record Family(
      String name,
      String option,
      String title,
      String x,
      String y,
      ToDoubleFunction<Repetition> at,
      ToDoubleFunction<Repetition> value) {}

  private static final String THREADS = "threads";
  private static final String SLOT = "slot";

  /** What is looked at is NaN if a repetition does not say. */
  private static final List<Family> FAMILIES =
      List.of(
          new Family(
              "bindings",
              SLOT,
              "A punch",
              "bindings in its range",
              "us",
              OptionChart::bindings,
              e -> mean(e, "discard")),
          new Family(
              "slot-size",
              SLOT,
              "A conversion",
              "bytes of a slot",
              "us, median",
              e -> option(e, SLOT),
              e -> number(e, Declared.CONVERT_P50_NS) / 1e3),
          new Family(
              "slots",
              "spare",
              "A conversion",
              "slots elsewhere",
              "us, median",
              e -> option(e, "spare"),
              e -> number(e, Declared.CONVERT_P50_NS) / 1e3),
          new Family(
              "hot-pages",
              "hot-pages",
              "A refault of hot pages",
              "pages",
              "us",
              e -> option(e, "hot-pages"),
              e -> mean(e, "refault")),
          new Family(
              THREADS,
              THREADS,
              "Throughput",
              "threads",
              "conversions/s",
              OptionChart::threads,
              e -> number(e, Declared.CONVERSIONS) / number(e, Declared.TOTAL_NS) * 1e9));

  /** Charts are of one workload; lines in it are of cells that differ in nothing else. */
  private record Line(String engine, String strategy, List<String> backing) {}

  @Override
  public String why() {
    return "over an option of the backing or threads: slots, their size, bindings, hot pages, throughput";
  }

  @Override
  public Part part() {
    return new Part(110, "Slots, hot pages and threads");
  }

  @Override
  public List<Chart> of(Results results) {
    List<Chart> charts = new ArrayList<>();
    for (Family family : FAMILIES) {
      Map<String, Map<Line, Map<Double, List<Double>>>> byWorkload = new LinkedHashMap<>();
      for (Repetition e : results.samples().entries()) {
        double x = family.at.applyAsDouble(e);
        double y = family.value.applyAsDouble(e);
        if (x > 0 && y > 0) {
          byWorkload
              .computeIfAbsent(chartOf(family, e.cell()), w -> new LinkedHashMap<>())
              .computeIfAbsent(line(family, e.cell()), l -> new TreeMap<>())
              .computeIfAbsent(x, v -> new ArrayList<>())
              .add(y);
        }
      }
      byWorkload.forEach((name, all) -> {
        all.values().removeIf(points -> points.size() < 3);
        if (!all.isEmpty()) {
          charts.add(chart(family, name, all, results.env().ticks()));
        }
      });
    }
    return charts;
  }

  /** Throughput is in a chart for each strategy: they differ by orders of magnitude. */
  private static String chartOf(Family family, Cell cell) {
    return family.name.equals(THREADS)
        ? cell.workload() + ", " + cell.strategyName()
        : cell.workload();
  }

  private static Line line(Family family, Cell cell) {
    List<String> backing =
        Arrays.stream(cell.backing().split(":"))
            .filter(option -> !option.startsWith(family.option + "="))
            .toList();
    return new Line(
        family.name.equals(THREADS) ? cell.engine().replaceFirst(":.*", "") : cell.engine(),
        cell.strategy(),
        backing);
  }

  private static double bindings(Repetition e) {
    double pages =
        number(e, Declared.VERB_PAGES.of("discard")) / number(e, Declared.VERB_COUNT.of("discard"));
    double slot = option(e, SLOT);
    return slot > 0 ? Math.max(1, Math.rint(pages * Units.PAGE_BYTES / slot)) : Double.NaN;
  }

  /** Several threads have an engine of their own. */
  private static double threads(Repetition e) {
    if (e.cell().backing().equals("null")) {
      return Double.NaN; // nothing of the kernel's
    }
    Matcher m = Pattern.compile("(?:live|model):threads=(\\d+)").matcher(e.cell().engine());
    return m.matches() ? Double.parseDouble(m.group(1)) : e.cell().isLive() ? 1 : Double.NaN;
  }

  private static double option(Repetition e, String name) {
    return Arrays.stream(e.cell().backing().split(":"))
        .filter(option -> option.startsWith(name + "="))
        .mapToDouble(option -> Units.bytes(option.substring(name.length() + 1), name))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** The mean of one call of a verb, in us. */
  private static double mean(Repetition e, String verb) {
    return number(e, Declared.VERB_TOTAL_NS.of(verb))
        / number(e, Declared.VERB_COUNT.of(verb))
        / 1e3;
  }

  private static double number(Repetition e, Metric metric) {
    return e.has(metric) ? e.number(metric) : Double.NaN;
  }

  private static Chart chart(
      Family family, String name, Map<Line, Map<Double, List<Double>>> lines, Ticks ticks) {
    Map<Line, String> labels = labels(lines.keySet());
    Map<String, Map<Double, List<Double>>> labelled = new LinkedHashMap<>();
    lines.forEach((line, points) -> labelled.put(labels.get(line), points));
    Growth growth = new Growth(labelled, Growth::median);
    LogAxis x = growth.x(family.x, family.name.equals("slot-size") ? 4 : 2);
    if (family.name.equals("slot-size")) {
      x.setNumberFormatOverride(TickLabels.SIZES);
    }
    String unit = family.y.replaceFirst("^us\\b", ticks.unit(1));
    ValueAxis y = growth.isWide() ? growth.y(unit, 10) : Lines.axis(unit, 0);
    return growth.chart(
        Chart.fileName(family.name + "-" + name),
        family.title + ": " + name,
        "medians over repetitions",
        x,
        y);
  }

  /** In what lines differ, or the strategy if there is but one. */
  private static Map<Line, String> labels(Set<Line> lines) {
    Map<Line, String> labels = new LinkedHashMap<>();
    for (Line line : lines) {
      String own =
          words(line).stream()
              .filter(w -> differs(w, line, lines))
              .collect(Collectors.joining(" "));
      labels.put(line, own.isEmpty() ? line.strategy() : own);
    }
    return labels;
  }

  /** Options are distinguished only from those of the same backing. */
  private static boolean differs(String word, Line of, Set<Line> lines) {
    return lines.stream()
        .filter(l -> !word.contains("=") || l.backing().get(0).equals(of.backing().get(0)))
        .anyMatch(l -> !words(l).contains(word));
  }

  private static List<String> words(Line line) {
    List<String> words = new ArrayList<>(List.of(line.engine(), line.strategy()));
    words.addAll(line.backing());
    return words;
  }
}
