// SPDX-License-Identifier: Apache-2.0
package gmembench;

import java.util.Locale;

/**
 * The unit of what was measured live: a column whose name ends in {@code _ns} holds nanoseconds, or
 * instructions of the VM that scripts/kernel-lab runs, whose clock moves by 1 ns an instruction
 * (QEMU's {@code -icount shift=0}). Instructions are a count of work, not cycles.
 */
public enum Ticks {
  TIME("ns|us|ms|s"),
  INSTRUCTIONS("insn|k insn|M insn|G insn");

  /**
   * A so many-th of what is repeated is enough: for tests, whose times nobody reads. env.csv has it
   * among the JVM's options.
   */
  private static final long HURRY = Math.max(1, Long.getLong("gmembench.hurry", 1));

  /** The key in env.csv; results that lack it are of time. */
  public static final String FACT = "clock";

  private final String units;

  Ticks(String units) {
    this.units = units;
  }

  /** This process's, as scripts/kernel-lab says. */
  public static Ticks here() {
    return of(System.getProperty("gmembench.clock", ""));
  }

  /**
   * How often, or for how long, is done again what noise and cold caches make worth it; a count of
   * instructions has neither, and a tenth is enough.
   */
  public long repeat(long times) {
    return Math.max(1, times / (this == TIME ? HURRY : 10 * HURRY));
  }

  /** By its name in env.csv. */
  public static Ticks of(String name) {
    for (Ticks ticks : values()) {
      if (ticks.text().equals(name)) {
        return ticks;
      }
    }
    if (name.isEmpty()) {
      return TIME;
    }
    throw new InputException(FACT, "'" + name + "'", "time or instructions");
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The model's costs are times of a cost profile whatever the clock of the process is. */
  public Ticks unlessModelled(boolean isLive) {
    return isLive ? this : TIME;
  }

  /** What 1000 to this power of them are called, 0 to 3: {@code ms} and {@code M insn} are 2. */
  public String unit(int power) {
    return units.split("\\|", -1)[power];
  }

  /**
   * For people, with two decimals: {@code 12.50ms}, {@code 12.50M insn}, {@code 463ns}; the ends of
   * an interval that is not known are a dash.
   */
  public String show(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double scaled = value;
    int power = 0;
    while (power < 3 && Math.abs(scaled) >= 1000) {
      scaled /= 1000;
      power++;
    }
    boolean whole = power == 0 && scaled == Math.rint(scaled);
    String digits = whole ? Long.toString((long) scaled) : Units.decimal(scaled, 2);
    return digits + (this == INSTRUCTIONS && power == 0 ? " " : "") + unit(power);
  }
}
