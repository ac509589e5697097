// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.Plugin;
import gmembench.Plugins;
import gmembench.TomlFile;
import gmembench.alignment.AlignmentRule;
import gmembench.backing.Backing;
import gmembench.chart.ChartKind;
import gmembench.compare.ComparisonFormat;
import gmembench.importer.LogFormat;
import gmembench.mm.Term;
import gmembench.pattern.Pattern;
import gmembench.result.MetricTable;
import gmembench.run.Home;
import gmembench.strategy.Strategy;
import gmembench.table.Table;
import gmembench.tracker.Tracker;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What there is, and why. */
@Command(name = "list", description = "What there is, with a line of why for each.")
public final class ListCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND",
      description =
          "strategies, trackers, backings, patterns, importers, rules, charts, formats, workloads,"
              + " suites, costs, terms or metrics.")
  private @Nullable String kind;

  @Option(
      names = "--live",
      description =
          "What of the backings, strategies and workloads does not run on this host, and why not.")
  private boolean live;

  @Override
  public void run() {
    Home home = Home.here();
    if (live) {
      PrintWriter out = spec.commandLine().getOut();
      new LiveList(home).tables().forEach(out::println);
      return;
    }
    Map<String, Consumer<Table>> kinds = new LinkedHashMap<>();
    kinds.put("strategies", t -> plugins(Strategy.class, t));
    kinds.put("trackers", t -> plugins(Tracker.class, t));
    kinds.put("backings", t -> plugins(Backing.class, t));
    kinds.put("patterns", t -> plugins(Pattern.class, t));
    kinds.put("importers", t -> plugins(LogFormat.class, t));
    kinds.put("rules", t -> plugins(AlignmentRule.class, t));
    kinds.put("charts", t -> plugins(ChartKind.class, t));
    kinds.put("formats", t -> plugins(ComparisonFormat.class, t));
    kinds.put("workloads", t -> files(home.workloadFolder(), t));
    kinds.put("suites", t -> files(home.suiteFolder(), t));
    kinds.put("costs", t -> files(home.costsFolder(), t));
    kinds.put("terms", ListCommand::terms);
    kinds.put("metrics", t -> MetricTable.all().forEach(m -> t.row("  " + m.name(), m.why())));
    if (kind != null && !kinds.containsKey(kind)) {
      throw new InputException("list", "'" + kind + "'", String.join(", ", kinds.keySet()));
    }
    PrintWriter out = spec.commandLine().getOut();
    for (Map.Entry<String, Consumer<Table>> entry : kinds.entrySet()) {
      if (kind == null || entry.getKey().equals(kind)) {
        Table table = Table.leftAligned(entry.getKey(), "");
        entry.getValue().accept(table);
        out.println(table);
      }
    }
  }

  private static <P extends Plugin> void plugins(Class<P> kind, Table table) {
    List<P> all = Plugins.all(kind);
    all.forEach(p -> table.row("  " + p.label(), p.why()));
  }

  /** Keys of a section of a cost profile. */
  private static void terms(Table table) {
    for (Term term : Term.values()) {
      String kind = term.kind().name().toLowerCase(Locale.ROOT);
      String facts = String.join(", ", term.unit(), kind, term.where());
      table.row("  " + term.key(), term.text() + " [" + facts + "]");
    }
  }

  private static void files(Path folder, Table table) {
    for (String name : Home.names(folder)) {
      table.row("  " + name, TomlFile.why(folder.resolve(name + ".toml")));
    }
  }
}
