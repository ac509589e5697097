// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.InputException;
import gmembench.Plugin;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.result.Table;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import gmembench.workload.Pattern;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What there is, and why. */
@Command(name = "list", description = "What there is, with a line of why for each.")
public final class ListCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND",
      description = "strategies, trackers, backings, patterns, workloads, suites or costs.")
  private @Nullable String kind;

  @Override
  public void run() {
    Home home = Home.here();
    Map<String, Consumer<Table>> kinds = new LinkedHashMap<>();
    kinds.put("strategies", t -> plugins(Strategy.class, t));
    kinds.put("trackers", t -> plugins(Tracker.class, t));
    kinds.put("backings", t -> plugins(Backing.class, t));
    kinds.put("patterns", t -> plugins(Pattern.class, t));
    kinds.put("workloads", t -> workloads(home, t));
    kinds.put("suites", t -> suites(home, t));
    kinds.put("costs", t -> costs(home, t));
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

  private static void workloads(Home home, Table table) {
    for (String name : home.names(home.workloadFolder())) {
      table.row("  " + name, home.workload(name).why());
    }
  }

  private static void suites(Home home, Table table) {
    for (String name : home.names(home.suiteFolder())) {
      table.row("  " + name, home.suite(name).why());
    }
  }

  private static void costs(Home home, Table table) {
    for (String name : home.names(home.costsFolder())) {
      table.row("  " + name, home.costs(name).why());
    }
  }
}
