// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.Units;

/**
 * How busy the host is with other things: the load average of one minute, and the ticks that the
 * hypervisor gave to other guests (steal) out of all since boot.
 */
public record HostLoad(double average, long stolenTicks, long allTicks) {
  /** The mean of a minute that begins with the benchmark's own last run has its thread in it. */
  private static final double OWN = 1;

  private static final double BUSY_SHARE = 0.25;
  private static final double STEAL_PERCENT = 1;

  /** What /proc/loadavg and /proc/stat say; zeros where there is none. */
  public static HostLoad now() {
    return of(Host.first("/proc/loadavg"), Host.first("/proc/stat"));
  }

  /**
   * @param loadavg {@code 0.35 0.40 0.50 1/200 4711}
   * @param stat {@code cpu user nice system idle iowait irq softirq steal guest guest_nice}; guest
   *     time is in user already
   */
  static HostLoad of(String loadavg, String stat) {
    String average = loadavg.split(" ", -1)[0];
    long[] ticks =
        Pattern.compile("\\d+").matcher(stat).results().mapToLong(m -> number(m.group())).toArray();
    return new HostLoad(
        average.isEmpty() ? 0 : Double.parseDouble(average),
        ticks.length < 8 ? 0 : ticks[7],
        Arrays.stream(ticks).limit(8).sum());
  }

  private static long number(String digits) {
    return Long.parseLong(digits);
  }

  /** The facts of a run that began with this load. */
  public Map<String, String> atStart() {
    return Map.of(Fact.LOAD.key(), Units.decimal(average, 2));
  }

  /** The facts of a run that ends now. */
  public Map<String, String> until(HostLoad end) {
    long all = end.allTicks - allTicks;
    double steal = all <= 0 ? 0 : 100.0 * (end.stolenTicks - stolenTicks) / all;
    Map<String, String> facts = new LinkedHashMap<>(atStart());
    facts.put(Fact.LOAD_END.key(), Units.decimal(end.average, 2));
    facts.put(Fact.STEAL.key(), Units.decimal(steal, 2));
    return facts;
  }

  /** Is a run warned of, and was the host not that busy during another? */
  public static boolean isBusier(Environment env, Environment other) {
    boolean byLoad = env.decimal(Fact.LOAD) > other.decimal(Fact.LOAD) + OWN;
    boolean bySteal = env.decimal(Fact.STEAL) > other.decimal(Fact.STEAL);
    return !warnings(env).isEmpty() && (byLoad || bySteal);
  }

  /**
   * Why times of a run are not to be trusted, a line each; its own threads are in the last load.
   */
  public static List<String> warnings(Environment env) {
    List<String> warnings = new ArrayList<>();
    double cpus = Math.max(1, env.decimal(Fact.CPUS));
    double average = env.decimal(Fact.LOAD);
    if (average > OWN + BUSY_SHARE * cpus) {
      warnings.add(
          Units.format(
              "load average %.2f on %.0f CPUs when the run began: something else runs here",
              average, cpus));
    }
    double steal = env.decimal(Fact.STEAL);
    if (steal > STEAL_PERCENT) {
      warnings.add(
          Units.format("%.1f %% steal time: the hypervisor ran other guests meanwhile", steal));
    }
    return warnings;
  }
}
