// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.NotComparableException;
import gmembench.result.Fact.Use;

/**
 * The env.csv of shards that were joined. What makes a result what it is must be the same in all of
 * them: the commit, the workloads, the costs and, where anything was measured, the kind of machine.
 * A fact that may differ (the host's name) and does is listed in the order of the shards.
 */
final class MergedFacts {
  private static final String BETWEEN = " | ";

  private final boolean measured;

  MergedFacts(List<PlannedCell> plan) {
    this.measured = plan.stream().anyMatch(c -> !c.cell().isExact());
  }

  Map<String, String> of(Map<Path, Environment> shards) {
    Set<String> keys = new LinkedHashSet<>();
    shards.values().forEach(env -> keys.addAll(env.facts().keySet()));
    Map<String, String> facts = new LinkedHashMap<>();
    keys.forEach(key -> facts.put(key, value(key, shards)));
    facts.put(Fact.SHARD.key(), "1/1");
    return facts;
  }

  private String value(String key, Map<Path, Environment> shards) {
    Map<String, Path> values = new LinkedHashMap<>();
    shards.forEach((folder, env) -> {
      if (env.facts().containsKey(key)) {
        values.putIfAbsent(env.get(key), folder);
      }
    });
    if (values.size() == 1 || Fact.matters(key, Use.LARGEST)) {
      return values.keySet().stream().reduce((a, b) -> Environment.ofBoth(key, a, b)).orElse("");
    }
    if (Fact.matters(key, Use.SHARDS) || (measured && Fact.matters(key, Use.MEASURED_SHARDS))) {
      List<String> two = values.keySet().stream().limit(2).toList();
      throw new NotComparableException(
          "foreign: "
              + values.get(two.get(1))
              + ": "
              + key
              + " is '"
              + two.get(1)
              + "', in another shard it is '"
              + two.get(0)
              + "'");
    }
    return String.join(BETWEEN, shards.values().stream().map(env -> env.get(key)).toList());
  }
}
