// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Plugins;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.result.Repetition;
import gmembench.strategy.Strategy;
import gmembench.trace.Trace;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;

/** A strategy in place on a guest of hugetlb folios, by a trace and costs made for it. */
record OnFolios(int order, Guest guest, String costs, boolean isHugetlb, boolean isEmpty) {
  /** What costs nothing if it is not said to cost something. */
  private static final List<String> VERBS =
      List.of(
          "touch", "unmap", "check", "split", "shatter", "merge", "unpin", "pin", "copy",
          "discard");

  OnFolios(int order, Guest guest, String costs) {
    this(order, guest, costs, true, false);
  }

  /**
   * @param costs lines such as {@code touch.per_refault_ns = 1}
   * @param isEmpty nothing is resident at first
   */
  OnFolios {
    StringBuilder text = new StringBuilder("# A test.\n");
    for (String verb : VERBS) {
      String fixed = costs.contains(verb + ".fixed_ns") ? "" : "fixed_ns = 0\n";
      text.append("[folios.").append(verb).append("]\n").append(fixed);
      costs
          .lines()
          .filter(line -> line.startsWith(verb + "."))
          .forEach(line -> text.append(line.substring(verb.length() + 1)).append('\n'));
    }
    costs = text.toString();
  }

  Map<String, String> run(String strategy, Trace trace) {
    Strategy parsed = Strategy.parse(strategy);
    Workload workload =
        new Workload(
            "w",
            "why",
            guest,
            new Workload.Recorded(Path.of("t")),
            null,
            1,
            1,
            isEmpty ? Workload.Memory.EMPTY : Workload.Memory.USED,
            "");
    Subject subject = Subject.of(workload, trace);
    Block block =
        new Block(
            workload,
            new NaiveFolios(order, isHugetlb),
            Plugins.parse(Tracker.class, "bitmap"),
            List.of(parsed));
    Repetition o = new Model(Costs.of("test", costs)).observe(block, subject, parsed);
    assertThat(o.reason()).as(strategy).isEmpty();
    return o.metrics().written();
  }
}
