// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.GuestMemfdBound;
import gmembench.backing.Null;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Side;
import gmembench.live.Live;
import gmembench.run.Home;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.table.Table;
import gmembench.tracker.Bitmap;
import gmembench.vcpu.GuestCall;
import gmembench.workload.Workload;
import org.jspecify.annotations.Nullable;

/** What does not run live on this host, as the engine would say it in a row of its results. */
final class LiveList {
  /** What a trace may ask for beside conversions and touches. */
  private static final Set<Verb> OF_TRACES =
      EnumSet.of(Verb.PIN, Verb.UNPIN, Verb.ALLOCATE, Verb.COPY_IN, Verb.POPULATE);

  private final Live live = new Live(1, 0);
  private final Home home;

  /** Backings that run, each with the strategies that run on it. */
  private final Map<Backing, List<Strategy>> able = new LinkedHashMap<>();

  private final Table backings = Table.leftAligned("backings", "");
  private final Map<String, String> ofStrategies = new TreeMap<>();

  LiveList(Home home) {
    this.home = home;
  }

  List<Table> tables() {
    Workload any = home.workload("kvm-clock");
    all().forEach(name -> ask(any, name));
    Table strategies = Table.leftAligned("strategies that run on none", "");
    able.values().forEach(run -> run.forEach(s -> ofStrategies.remove(s.name())));
    ofStrategies.forEach((name, reason) -> strategies.row("  " + name, reason));
    Table workloads = Table.leftAligned("workloads that run on none", "");
    for (String name : Home.names(home.workloadFolder())) {
      String reason = whyNot(home.workload(name));
      if (reason != null) {
        workloads.row("  " + name, reason);
      }
    }
    return List.of(backings, strategies, workloads);
  }

  /** Every backing, and that with a guest once for each way in which it can call. */
  private static List<String> all() {
    List<String> all = new ArrayList<>();
    Plugins.all(Backing.class).forEach(b -> all.add(b.name()));
    all.remove(new Null().name());
    for (GuestCall call : EnumSet.complementOf(EnumSet.of(GuestCall.NONE))) {
      all.add(new GuestMemfdBound().name() + ":guest=" + call.text());
    }
    return all;
  }

  private void ask(Workload any, String name) {
    Backing backing = Plugins.parse(Backing.class, name);
    if (backing.probe() instanceof Support.No(String reason)) {
      backings.row("  " + name, reason);
      return;
    }
    Map<String, List<String>> missing = new LinkedHashMap<>();
    List<Strategy> run = new ArrayList<>();
    for (Strategy strategy : Plugins.all(Strategy.class)) {
      Block block = new Block(any, backing, new Bitmap(), List.of(strategy));
      String reason = live.whyNot(block, strategy);
      if (reason == null) {
        run.add(strategy);
      } else {
        missing.computeIfAbsent(reason, r -> new ArrayList<>()).add(strategy.name());
        ofStrategies.put(strategy.name(), reason);
      }
    }
    able.put(backing, run);
    backings.row("  " + name, missing.isEmpty() ? "all strategies" : "all strategies but");
    missing.forEach((reason, names) -> backings.row("    " + String.join(", ", names), reason));
  }

  /**
   * Why a workload runs on no backing, or null if it does on one. To read a trace may take seconds,
   * so that is done only where the answer may depend on it.
   */
  private @Nullable String whyNot(Workload workload) {
    String first = null;
    Subject subject = null;
    for (Map.Entry<Backing, List<Strategy>> each : able.entrySet()) {
      Block block = new Block(workload, each.getKey(), new Bitmap(), each.getValue());
      String reason = live.whyNot(block, new Snp());
      if (reason == null && !takesAnyTrace(each.getKey(), workload)) {
        subject = subject == null ? Subject.of(workload) : subject;
        reason = live.whyNot(block, subject);
      }
      if (reason == null) {
        return null;
      }
      first = first == null ? reason : first;
    }
    return first;
  }

  /** Can it do whatever a trace may ask for, and is there memory for all pages of the guest? */
  private static boolean takesAnyTrace(Backing backing, Workload workload) {
    long folios = workload.guest().pages() >> backing.folioOrder();
    long shared = workload.guest().pages() >> backing.of(Side.SHARED).folioOrder();
    return backing.verbs().containsAll(OF_TRACES)
        && backing.room(2 * folios, shared) instanceof Support.Yes;
  }
}
