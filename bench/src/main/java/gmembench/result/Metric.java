// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import gmembench.Units;
import java.util.Locale;

/**
 * What a metric's name tells of it: the unit, which way is better, and whether it is counted (and
 * so free of noise) or measured.
 */
public record Metric(String name) {
  /** Which way is better; what is SAME must not change at all. */
  public enum Better {
    LOWER,
    HIGHER,
    SAME;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Everything that costs time or memory is better lower. */
  public Better better() {
    if (name.endsWith("_per_s") || name.startsWith("huge_mapped_")) {
      return Better.HIGHER;
    }
    boolean cost = isCounted() || name.matches(".*_(ns|s|percent|per_op)");
    return cost ? Better.LOWER : Better.SAME;
  }

  /** Counts and bytes are the same in every repetition unless something is random. */
  public boolean isCounted() {
    return absentIsZero() || name.endsWith("_bytes");
  }

  /** A verb that is not used has no row. */
  public boolean absentIsZero() {
    return name.endsWith("_count") || name.endsWith("_pages");
  }

  public boolean isText() {
    return name.equals(Samples.LAST_METRIC);
  }

  /**
   * The small set that is compared if nothing else is asked for. A live boot time is a constant
   * plus total_ns, so its changes would look smaller than they are.
   */
  public boolean isDefault(boolean exact) {
    boolean memory = name.endsWith("_peak_bytes") || name.matches("tracker_(kernel_)?bytes");
    return memory
        || absentIsZero()
        || name.equals("total_ns")
        || name.endsWith("_per_op")
        || better() == Better.SAME
        || (name.equals("boot_s") && exact);
  }

  /** For people: {@code 12.5ms}, {@code 5.4MiB}, {@code 463}. */
  public String show(double value) {
    if (Double.isNaN(value)) {
      return "-";
    } else if (name.endsWith("_bytes")) {
      return Units.size((long) value);
    } else if (name.endsWith("_per_op")) {
      boolean ns = name.startsWith("ns_");
      return ns && value >= 1000 ? time(value) : Units.decimal(value, 2) + (ns ? "ns" : "B");
    } else if (name.endsWith("_ns")) {
      return time(value);
    } else if (name.endsWith("_s")) {
      return Units.decimal(value, 3) + "s";
    }
    return number(value);
  }

  private static String time(double ns) {
    String[] names = {"ns", "us", "ms", "s"};
    double value = ns;
    int unit = 0;
    while (unit < 3 && Math.abs(value) >= 1000) {
      value /= 1000;
      unit++;
    }
    return (unit == 0 ? number(value) : Units.decimal(value, 2)) + names[unit];
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

  /** The unit, as other tools name it. */
  public String unit() {
    return name.endsWith("_bytes")
        ? "bytes"
        : name.endsWith("_ns") ? "ns" : name.endsWith("_s") ? "s" : "count";
  }
}
