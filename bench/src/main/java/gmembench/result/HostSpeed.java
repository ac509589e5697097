// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.Units;

/**
 * Whether a host was as fast as at another time, by its reference loop ({@code
 * linux.ReferenceLoop}): at the end of a run, when a cost profile was measured, in another run.
 */
public final class HostSpeed {
  /** Two starts on a quiet VM were up to 14 % apart. */
  private static final double NOTABLE = 0.2;

  private static final String OF_COSTS = "costs\\.(.+)\\.reference_ns";

  private HostSpeed() {}

  /** The facts of a run in which the loop took so long at the begin and at the end; none for 0. */
  public static Map<String, String> facts(long startNs, long endNs) {
    if (startNs == 0 || endNs == 0) {
      return Map.of();
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(Fact.REFERENCE.key(), Long.toString(startNs));
    facts.put(Fact.REFERENCE_END.key(), Long.toString(endNs));
    return facts;
  }

  /** A run drifted meanwhile, or since its cost profiles were measured: a line each. */
  public static List<String> warnings(Environment env) {
    List<String> warnings = new ArrayList<>();
    double start = env.decimal(Fact.REFERENCE);
    double end = env.decimal(Fact.REFERENCE_END);
    say(start, "when the run began", end, "at its end: times drifted as much", env, warnings);
    double mean = (start + end) / 2;
    env.facts().keySet().stream()
        .filter(key -> key.matches(OF_COSTS))
        .sorted()
        .forEach(key ->
            say(
                (double) env.number(key),
                "when " + key.replaceAll(OF_COSTS, "$1") + " was measured",
                mean,
                "in this run: the model and live times are as far apart",
                env,
                warnings));
    return warnings;
  }

  /** The host was faster during one of two runs that are compared. */
  public static List<String> between(Environment base, Environment head) {
    List<String> notes = new ArrayList<>();
    say(
        mean(base),
        "in BASE",
        mean(head),
        "in HEAD: expect as much of every live cell",
        head,
        notes);
    return notes;
  }

  private static double mean(Environment env) {
    return (env.decimal(Fact.REFERENCE) + env.decimal(Fact.REFERENCE_END)) / 2;
  }

  private static void say(
      double was, String then, double is, String now, Environment env, List<String> lines) {
    if (was > 0 && is > 0 && Math.abs(Math.log(is / was)) >= Math.log1p(NOTABLE)) {
      lines.add(
          Units.format(
              "the reference loop took %s %s and %s (%+.0f %%) %s",
              env.ticks().show(was), then, env.ticks().show(is), 100 * (is / was - 1), now));
    }
  }
}
