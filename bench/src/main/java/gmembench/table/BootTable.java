// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import module java.base;

import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Environment;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Samples;
import org.jspecify.annotations.Nullable;

/**
 * The published boot times beside the model's, what was fitted for that, and what follows from it.
 *
 * @param costs the profile of the rows: the first that the results have
 * @param rows of the workload with published times, these first
 * @param asThen published boots by strategies that convert as those did, by costs of their own
 */
public record BootTable(
    String workload, Environment env, String costs, List<Row> rows, List<Row> asThen) {
  /** What converts as a boot did that is published under a shorter name. */
  private static final Map<String, String> PUBLISHED_AS =
      Map.of(
          "upm-2022:shared-discard=true", "eager-punch-hole",
          "upm-2022:shared-discard=false", "no-shared-discard");

  /**
   * One strategy's boot.
   *
   * @param costs the profile
   * @param publishedS seconds, NaN if not published
   * @param modelS seconds
   * @param discards how many the boot makes
   */
  public record Row(
      String strategy,
      String costs,
      double publishedS,
      double modelS,
      long discards,
      long doublePeakBytes) {
    public boolean isPublished() {
      return !Double.isNaN(publishedS);
    }
  }

  /** Published boots first, each kind by its times. */
  private static final Comparator<Row> ORDER =
      Comparator.comparing((Row r) -> !r.isPublished())
          .thenComparingDouble(r -> r.isPublished() ? r.publishedS() : r.modelS());

  /** The boots in results by the model, or null if there are none of this workload. */
  public static @Nullable BootTable of(Samples samples, Environment env, String workload) {
    Map<String, String> published = env.below("workload." + workload + ".boot.published_s.");
    List<Row> all = new ArrayList<>();
    for (Repetition e : samples.entries()) {
      Cell c = e.cell();
      if (c.isExact() && c.workload().equals(workload) && e.has(Declared.BOOT_S)) {
        String as = PUBLISHED_AS.getOrDefault(c.strategy(), c.strategy());
        all.add(row(e, published.get(as)));
      }
    }
    if (all.isEmpty()) {
      return null;
    }
    String costs = all.getFirst().costs();
    List<Row> rows = all.stream().filter(r -> r.costs().equals(costs)).sorted(ORDER).toList();
    List<Row> asThen =
        all.stream()
            .filter(r -> !r.costs().equals(costs) && PUBLISHED_AS.containsKey(r.strategy()))
            .filter(Row::isPublished)
            .toList();
    return new BootTable(workload, env, costs, rows, asThen);
  }

  private static Row row(Repetition e, @Nullable String published) {
    Metric discards = Declared.VERB_COUNT.of("discard");
    return new Row(
        e.cell().strategy(),
        e.cell().costs(),
        published == null ? Double.NaN : Double.parseDouble(published),
        e.number(Declared.BOOT_S),
        e.has(discards) ? (long) e.number(discards) : 0,
        (long) e.number(Declared.DOUBLE_ALLOCATED_PEAK_BYTES));
  }

  /**
   * The one parameter: ns a discard that makes the squares of the errors smallest, over the
   * published boots. The model is linear in it, so this is exact.
   */
  public long fittedDiscardNs() {
    double baseS = env.real("workload." + workload + ".boot.base_s");
    double xy = 0;
    double xx = 0;
    for (Row row : rows) {
      if (row.isPublished()) {
        xy += row.discards() * (row.publishedS() - baseS);
        xx += (double) row.discards() * row.discards();
      }
    }
    return Math.round(xy / xx * 1e9);
  }

  /** Boots by the model side by side, a line for each workload: seconds, predicted. */
  public static String others(List<BootTable> tables) {
    ShortNames names =
        ShortNames.of(tables.stream().flatMap(t -> t.rows().stream()).map(Row::strategy).toList());
    List<String> heading = new ArrayList<>(List.of("model, s"));
    names
        .labels()
        .forEach(l -> heading.add(names.of(l).replace("-discard", "").replace("-punch-hole", "")));
    heading.add("double-alloc");
    Table table = new Table(heading.toArray(String[]::new));
    for (BootTable t : tables) {
      List<String> cells = new ArrayList<>(List.of(t.workload()));
      for (String label : names.labels()) {
        cells.add(t.row(label).map(r -> Units.decimal(r.modelS(), 1)).orElse("-"));
      }
      long twice = t.rows().stream().mapToLong(Row::doublePeakBytes).max().orElse(0);
      cells.add(Units.size(twice));
      table.row(cells.toArray(String[]::new));
    }
    return table + "double-alloc: the highest peak of memory that is resident on both sides.\n";
  }

  private Optional<Row> row(String strategy) {
    return rows.stream().filter(r -> r.strategy().equals(strategy)).findFirst();
  }

  /** The table, and below it what is fitted and what is predicted. */
  public String text() {
    String key = "workload." + workload + ".";
    StringBuilder out = new StringBuilder();
    out.append("Boot of a ").append(Units.size(env.number(key + "guest_bytes")));
    out.append(" SNP guest, seconds: trace ").append(workload).append(", ");
    out.append(env.get(key + "to_shared")).append(" + ").append(env.get(key + "to_private"));
    out.append(" conversions,\n").append(env.get(key + "pages_to_shared"));
    out.append(" + ").append(env.get(key + "pages_to_private")).append(" pages; costs ");
    out.append(costs).append("\n\n");
    Table table = new Table("strategy", "published", "model", "error", "discards", "double-alloc");
    List<Row> all = Stream.concat(rows.stream(), asThen.stream()).sorted(ORDER).toList();
    ShortNames names = ShortNames.of(all.stream().map(Row::strategy).toList());
    all.forEach(r -> append(table, names, r));
    return out.append(table).append(names.legend()).append('\n').append(fit()).toString();
  }

  private void append(Table table, ShortNames names, Row row) {
    table.row(
        names.of(row.strategy()),
        row.isPublished() ? Units.decimal(row.publishedS(), 1) : "-",
        Units.decimal(row.modelS(), 1),
        row.isPublished() ? error(row) : "predicted",
        Long.toString(row.discards()),
        Units.size(row.doublePeakBytes()));
  }

  /** As many costs as figures leave no error to show. */
  private String error(Row row) {
    long data = env.number("costs." + row.costs() + ".fit.data");
    if (PUBLISHED_AS.containsKey(row.strategy()) && data == parameters(row.costs()).size()) {
      return "fitted";
    }
    double percent = 100 * (row.modelS() - row.publishedS()) / row.publishedS();
    return (percent >= 0.05 ? "+" : "") + Units.decimal(percent, 1) + " %";
  }

  private List<String> parameters(String profile) {
    return List.of(env.get("costs." + profile + ".fit.parameters").split(" "));
  }

  private String fit() {
    Map<String, String> fit = env.below("costs." + costs + ".fit.");
    if (fit.isEmpty()) {
      return "Nothing here is fitted: the costs are those of the profile.\n";
    }
    String parameter = fit.getOrDefault("parameters", "");
    long used = env.number("costs." + costs + "." + parameter);
    long data = env.number("costs." + costs + ".fit.data");
    long again = fittedDiscardNs();
    StringBuilder out = new StringBuilder();
    out.append("Fitted: one parameter, ").append(parameter).append(" = ").append(used);
    out.append(" ns (one equal cost a discard),\nto ").append(data);
    out.append(" published excesses over the base of ");
    out.append(env.get("workload." + workload + ".boot.base_s")).append(" s; ");
    out.append(data - 1).append(" degree of freedom is left.\n");
    out.append("Fitted again from this trace: ").append(again).append(" ns");
    out.append(again == used ? ", the same.\n" : ": THE PROFILE DIFFERS.\n");
    out.append("snp is the base itself, not a result. Rows without a published time are\n");
    out.append("predictions. double-alloc: peak of memory that is resident on both sides.\n");
    return out.append(costsThen()).append(range()).toString();
  }

  /** What the costs are by which boots convert as in 2022. */
  private String costsThen() {
    if (asThen.isEmpty()) {
      return "";
    }
    String profile = asThen.getFirst().costs();
    String fitted =
        parameters(profile).stream()
            .map(p -> p + " = " + env.get("costs." + profile + "." + p) + " ns,")
            .collect(Collectors.joining("\n"));
    return "\nupm-2022 converts as was done then, by the costs "
        + profile
        + ": "
        + fitted
        + " fitted to the same excesses. Nothing is left over:\n"
        + "that its rows agree proves nothing.\n";
  }

  /**
   * The boots of 2022 had two costs that the published times mix: to private was a fallocate of the
   * private file and a punch of the shared one, to shared a punch of the private one. The shared
   * punches are the difference of the two times; the rest is punches of the private side and
   * fallocates together, and a lazy discard saves only the punches. Nothing if a time is missing.
   */
  private String range() {
    double snp = publishedS("snp");
    double privateS = publishedS("no-shared-discard") - snp;
    double sharedS = publishedS("eager-punch-hole") - snp - privateS;
    if (Double.isNaN(privateS + sharedS)) {
      return "";
    }
    return "\nNot distinguished by these times: the private side's punches and the fallocates that\n"
        + "made pages private in 2022, together "
        + Units.decimal(privateS, 1)
        + " s; the shared punches alone are "
        + Units.decimal(sharedS, 1)
        + " s.\nA lazy discard spares punches, not fallocates: "
        + Units.decimal(snp, 1)
        + " s if these were free, "
        + Units.decimal(snp + Math.max(0, privateS - sharedS), 1)
        + " s if\nthe punches of both sides cost the same, "
        + Units.decimal(snp + privateS, 1)
        + " s at most.\n";
  }

  private double publishedS(String strategy) {
    return row(strategy).map(Row::publishedS).orElse(Double.NaN);
  }
}
