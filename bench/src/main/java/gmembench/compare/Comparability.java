// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.NotComparableException;
import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Fact;
import gmembench.result.Fact.Use;
import gmembench.result.HostLoad;
import gmembench.result.HostSpeed;
import gmembench.result.Results;

/** Whether two results may be compared, and which notes a reader needs if so. */
final class Comparability {
  private final Results base;
  private final Results head;
  private final Across across;
  private final Set<Cell> shared;
  private final List<String> notes = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();

  private Comparability(Results base, Results head, Across across) {
    this.base = base;
    this.head = head;
    this.across = across;
    this.shared = new LinkedHashSet<>(base.samples().cells());
    shared.retainAll(head.samples().cells());
  }

  /** Notes for the reader; refuses what is not comparable unless it is forced. */
  static List<String> check(Results base, Results head, Comparison.Options options) {
    Comparability check = new Comparability(base, head, options.across());
    check.completeness(base, "BASE");
    check.completeness(head, "HEAD");
    check.workloads();
    if (check.anyMeasured()) {
      check.clock();
      check.machine();
      check.load(base, "BASE");
      check.load(head, "HEAD");
      check.notes.addAll(HostSpeed.between(base.env(), head.env()));
    }
    check.costs();
    if (!check.reasons.isEmpty() && !options.force()) {
      throw new NotComparableException(
          "not comparable: " + String.join("; ", check.reasons) + " (--force compares anyway)");
    }
    List<String> all = new ArrayList<>();
    check.reasons.forEach(r -> all.add("FORCED although " + r));
    all.addAll(check.notes);
    return all;
  }

  private boolean anyMeasured() {
    return shared.stream().anyMatch(c -> !c.isExact());
  }

  private void completeness(Results side, String name) {
    if (!side.isComplete()) {
      reasons.add(name + " was cut short: " + side.folder() + " has no summary.csv");
    }
  }

  /** Instructions against nanoseconds would be a number without a meaning: not to be forced. */
  private void clock() {
    if (base.env().ticks() != head.env().ticks()) {
      throw new NotComparableException(
          "not comparable: BASE was measured in "
              + base.env().ticks().text()
              + ", HEAD in "
              + head.env().ticks().text());
    }
  }

  /**
   * Across one fact all others must be the same, but for those that follow from it; otherwise a
   * difference is a note.
   */
  private void machine() {
    if (across == Across.NOTHING) {
      keys(Use.DECIDES).forEach(this::decisive);
      keys(Use.NOTED).forEach(this::different);
      return;
    }
    if (base.env().get(across.fact()).equals(head.env().get(across.fact()))) {
      reasons.add(across.fact() + " is '" + base.env().get(across.fact()) + "' on both sides");
    }
    Set<String> all = new LinkedHashSet<>(keys(Use.DECIDES));
    all.addAll(keys(Use.NOTED));
    all.add(Fact.COMMIT.key());
    for (String key : all) {
      if (!across.allows(key)) {
        decisive(key);
      } else if (!key.equals(across.fact())) {
        different(key);
      }
    }
  }

  private void load(Results side, String name) {
    HostLoad.warnings(side.env()).forEach(w -> notes.add(name + ": " + w));
  }

  private void decisive(String key) {
    if (!base.env().get(key).equals(head.env().get(key))) {
      reasons.add(key + " '" + base.env().get(key) + "' is not '" + head.env().get(key) + "'");
    }
  }

  /** Another trace under the same name: fatal for measured results, a note for the model's. */
  private void workloads() {
    Set<String> measured = new LinkedHashSet<>();
    Set<String> all = new LinkedHashSet<>();
    for (Cell c : shared) {
      all.add(c.workload());
      if (!c.isExact()) {
        measured.add(c.workload());
      }
    }
    for (String workload : all) {
      String key = Fact.WORKLOAD.key() + workload + ".hash";
      if (!base.env().get(key).equals(head.env().get(key))) {
        (measured.contains(workload) ? reasons : notes)
            .add("workload " + workload + " is not the same trace on both sides");
      }
    }
  }

  private void costs() {
    keys(Fact.COSTS).stream().filter(k -> !k.endsWith(".why")).forEach(this::different);
  }

  private void different(String key) {
    String was = base.env().get(key);
    String is = head.env().get(key);
    if (!was.equals(is)) {
      notes.add(Units.format("%s differs: '%s', '%s'", key, was, is));
    }
  }

  private Set<String> keys(Use use) {
    Set<String> keys = new LinkedHashSet<>();
    for (Fact fact : Fact.values()) {
      if (Fact.matters(fact.key(), use)) {
        keys.addAll(keys(fact));
      }
    }
    return keys;
  }

  /** Those of a group that either side has. */
  private Set<String> keys(Fact fact) {
    Set<String> keys = new LinkedHashSet<>(base.env().facts().keySet());
    keys.addAll(head.env().facts().keySet());
    keys.removeIf(key -> Fact.of(key) != fact);
    return keys;
  }
}
