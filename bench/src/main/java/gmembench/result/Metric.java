// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import gmembench.Ticks;
import gmembench.Units;
import java.util.Locale;

/**
 * A metric as it is declared, once: by {@link Declared} or by a plug-in that is a {@link
 * MetricSource}.
 *
 * @param name with the unit in it; what is in angle brackets stands for one of a {@link Family}
 * @param unit of its values, or that they are text
 * @param isExact counted, so without noise, and not measured
 * @param better which way is better
 * @param overVms how the values of several VMs become one
 * @param compared when a comparison looks at it unless metrics are asked for by name
 * @param text one line: what it is
 */
public record Metric(
    String name,
    Unit unit,
    boolean isExact,
    Better better,
    OverVms overVms,
    Compared compared,
    String text) {

  /** The unit of a value. */
  public enum Unit {
    NS("ns"),
    SECONDS("s"),
    BYTES("bytes"),
    /** How often something was done: a repetition in which it never was has no such metric. */
    TIMES("count"),
    /** How many pages something was done to; absent like {@link #TIMES}. */
    PAGES("count"),
    /** How many there are. */
    NUMBER("count"),
    PER_SECOND("1/s"),
    NS_PER_OP("ns/op"),
    BYTES_PER_OP("bytes/op"),
    TEXT("text");

    private final String text;

    Unit(String text) {
      this.text = text;
    }

    /** As other tools name it. */
    public String text() {
      return text;
    }
  }

  /** Which way is better; what is SAME must not change at all. */
  public enum Better {
    LOWER,
    HIGHER,
    SAME;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the values of several VMs become one. */
  public enum OverVms {
    SUM,
    MAX,
    /** They are the same. */
    SAME;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** When a comparison looks at it if no metrics are asked for. */
  public enum Compared {
    ALWAYS,
    IF_EXACT,
    IF_ASKED
  }

  /**
   * Metrics that are the same thing of several, {@code <verb>_count}: declared once.
   *
   * @param of whose name has what they differ in in angle brackets
   */
  public record Family(Metric of) {
    /** The one of a certain verb, lock ... */
    public Metric of(String which) {
      return MetricTable.named(before() + which + after());
    }

    Metric member(String name) {
      return new Metric(name, of.unit, of.isExact, of.better, of.overVms, of.compared, of.text);
    }

    boolean has(String name) {
      return name.length() > before().length() + after().length()
          && name.startsWith(before())
          && name.endsWith(after());
    }

    /** How much of its members' names is fixed: the longest that fits is the family of a name. */
    int fixed() {
      return before().length() + after().length();
    }

    private String before() {
      return of.name.substring(0, of.name.indexOf('<'));
    }

    private String after() {
      return of.name.substring(of.name.indexOf('>') + 1);
    }
  }

  /** How often something was done; less is better. */
  public static Metric times(String name, String text) {
    return new Metric(name, Unit.TIMES, true, Better.LOWER, OverVms.SUM, Compared.ALWAYS, text);
  }

  /** To how many pages something was done; less is better. */
  public static Metric pages(String name, String text) {
    return new Metric(name, Unit.PAGES, true, Better.LOWER, OverVms.SUM, Compared.ALWAYS, text);
  }

  /** Time that was measured, or charged by the model; less is better. */
  public static Metric ns(String name, String text) {
    return new Metric(name, Unit.NS, false, Better.LOWER, OverVms.SUM, Compared.IF_ASKED, text);
  }

  /** Memory that was counted; less is better. */
  public static Metric bytes(String name, String text) {
    return new Metric(name, Unit.BYTES, true, Better.LOWER, OverVms.SUM, Compared.IF_ASKED, text);
  }

  /** A number that is neither good nor bad but must not change. */
  public static Metric number(String name, String text) {
    return new Metric(name, Unit.NUMBER, true, Better.SAME, OverVms.SUM, Compared.ALWAYS, text);
  }

  /** What a file has and nothing here declares. */
  static Metric unknown(String name) {
    return new Metric(
        name, Unit.NUMBER, false, Better.SAME, OverVms.SUM, Compared.IF_ASKED, "not declared");
  }

  /** The metric of a name as it stands in a file or on a command line. */
  public static Metric named(String name) {
    return MetricTable.named(name);
  }

  /** The same, of another unit. */
  public Metric in(Unit other) {
    return new Metric(name, other, isExact, better, overVms, compared, text);
  }

  /** The same, better otherwise. */
  public Metric better(Better other) {
    return new Metric(name, unit, isExact, other, overVms, compared, text);
  }

  /** The same, but seen and not counted: others have a part in it. */
  public Metric measured() {
    return new Metric(name, unit, false, better, overVms, compared, text);
  }

  /** The same, otherwise over VMs. */
  public Metric over(OverVms vms) {
    return new Metric(name, unit, isExact, better, vms, compared, text);
  }

  /** The same, compared otherwise. */
  public Metric compared(Compared when) {
    return new Metric(name, unit, isExact, better, overVms, when, text);
  }

  /** {@code ns, measured, lower, sum: ...}: everything that is declared but the name. */
  public String why() {
    String value = isText() ? "" : isExact ? "exact, " : "measured, ";
    return unit.text + ", " + value + better.text() + ", " + overVms.text() + ": " + text;
  }

  /** What is done never has no row. */
  public boolean absentIsZero() {
    return unit == Unit.TIMES || unit == Unit.PAGES;
  }

  public boolean isText() {
    return unit == Unit.TEXT;
  }

  /** Is it compared if nothing else is asked for? */
  public boolean isDefault(boolean exact) {
    return compared == Compared.ALWAYS || (compared == Compared.IF_EXACT && exact);
  }

  /** For people, of what takes time: {@code 12.5ms}, {@code 5.4MiB}, {@code 463}. */
  public String show(double value) {
    return show(value, Ticks.TIME);
  }

  /** For people: {@code 12.5ms} or {@code 12.5M insn}, {@code 5.4MiB}, {@code 463}. */
  public String show(double value, Ticks ticks) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return switch (unit) {
      case BYTES -> Units.size((long) value);
      case NS -> ticks.show(value);
      case NS_PER_OP -> value >= 1000 ? ticks.show(value) : Units.decimal(value, 2) + "ns";
      case BYTES_PER_OP -> Units.decimal(value, 2) + "B";
      case SECONDS -> Units.decimal(value, 3) + "s";
      case PER_SECOND -> number(value) + "/s";
      case TIMES, PAGES, NUMBER, TEXT -> number(value);
    };
  }

  /** Whole numbers whole, others with at most nine decimals. */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    } else if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return Units.decimal(value, 9).replaceFirst("\\.?0+$", "");
  }

  /** A name is declared once. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Metric metric && name.equals(metric.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
