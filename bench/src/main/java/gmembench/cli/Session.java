// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.engine.Costs;
import gmembench.result.Host;
import gmembench.result.Observation;
import gmembench.result.ResultFolder;
import gmembench.result.Samples;
import gmembench.result.Summary;
import gmembench.workload.Footprint;
import gmembench.workload.Workload;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Map;

/** Runs a plan into a results folder. */
final class Session {
  private final Home home;
  private final Plan plan;
  private final Path out;
  private final String commandLine;
  private final Progress progress;

  Session(Home home, Plan plan, Path out, String commandLine, PrintWriter err) {
    this.home = home;
    this.plan = plan;
    this.out = out;
    this.commandLine = commandLine;
    this.progress = new Progress(plan, err);
  }

  /**
   * Runs everything and returns what was written. A signal waits for the row in hand, no longer.
   */
  Samples run() {
    Map<String, String> environment = environment(); // reads every trace, so a bad one stops here
    ResultFolder folder = ResultFolder.create(out, "1");
    Thread onSignal = new Thread(folder::close, "close-results");
    Runtime.getRuntime().addShutdownHook(onSignal);
    folder.environment(environment);
    for (Plan.Step step : plan.steps()) {
      step.engine().run(step.block(), observation -> add(folder, observation));
    }
    progress.close();
    Runtime.getRuntime().removeShutdownHook(onSignal);
    folder.close();
    Samples samples = Samples.read(out);
    folder.replace("summary.csv", Summary.csv(samples));
    return samples;
  }

  private void add(ResultFolder folder, Observation observation) {
    folder.add(observation);
    progress.done(observation);
  }

  /** env.csv: the host, and what the results are of. */
  private Map<String, String> environment() {
    Map<String, String> facts = Host.facts(home.folder());
    facts.put("command", commandLine);
    plan.workloads().values().forEach(w -> describe(w, facts));
    plan.costs().values().forEach(c -> describe(c, facts));
    return facts;
  }

  private static void describe(Workload workload, Map<String, String> facts) {
    String key = "workload." + workload.name() + ".";
    facts.put(key + "hash", workload.hash());
    facts.put(key + "guest_bytes", Long.toString(workload.guest().bytes()));
    Footprint footprint = Footprint.of(workload.trace(), workload.guest());
    facts.put(key + "to_shared", Long.toString(footprint.toShared()));
    facts.put(key + "to_private", Long.toString(footprint.toPrivate()));
    facts.put(key + "pages_to_shared", Long.toString(footprint.pagesToShared()));
    facts.put(key + "pages_to_private", Long.toString(footprint.pagesToPrivate()));
    facts.put(key + "distinct_pages", Long.toString(footprint.touched().size()));
    Workload.Boot boot = workload.boot();
    if (boot != null) {
      facts.put(key + "boot.base_s", seconds(boot.baseNs()));
      facts.put(key + "boot.source", boot.source());
      boot.publishedNs().forEach((s, ns) -> facts.put(key + "boot.published_s." + s, seconds(ns)));
    }
  }

  private static void describe(Costs costs, Map<String, String> facts) {
    String key = "costs." + costs.name() + ".";
    facts.put(key + "why", costs.why());
    Costs.Fit fit = costs.fit();
    if (fit != null) {
      facts.put(key + "fit.parameters", String.join(" ", fit.parameters()));
      facts.put(key + "fit.data", Long.toString(fit.data()));
      facts.put(key + "fit.source", fit.source());
      for (String parameter : fit.parameters()) {
        facts.put(key + parameter, Long.toString(costs.value(parameter)));
      }
    }
  }

  private static String seconds(long ns) {
    return BigDecimal.valueOf(ns, 9).stripTrailingZeros().toPlainString();
  }
}
