// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

/** Sizes, durations and guest frame numbers as kernel developers write them. */
public final class Units {
  /** The page size that gfns count in. */
  public static final long PAGE_BYTES = 4096;

  private static final Pattern QUANTITY = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");
  private static final Map<String, Long> SIZES =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("B", 1L),
          Map.entry("K", 1L << 10),
          Map.entry("KiB", 1L << 10),
          Map.entry("M", 1L << 20),
          Map.entry("MiB", 1L << 20),
          Map.entry("G", 1L << 30),
          Map.entry("GiB", 1L << 30),
          Map.entry("T", 1L << 40),
          Map.entry("TiB", 1L << 40));
  private static final Map<String, Long> DURATIONS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "min", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private Units() {}

  /** Bytes of {@code 0x1000}, {@code 64KiB}, {@code 2M}, {@code 1GiB}; binary units throughout. */
  public static long bytes(String text, String where) {
    if (text.strip().startsWith("0x")) {
      return number(text, where);
    }
    return quantity(text, SIZES, where, "a size such as 4K, 64MiB or 1GiB");
  }

  /** Nanoseconds of {@code 50us}, {@code 10ms}, {@code 1.5s}; the unit is required. */
  public static long ns(String text, String where) {
    return quantity(text, DURATIONS, where, "a duration such as 50us, 10ms or 2s");
  }

  private static long quantity(
      String text, Map<String, Long> units, String where, String expected) {
    Matcher m = QUANTITY.matcher(text.strip());
    Long unit = m.matches() ? units.get(m.group(2)) : null;
    if (unit == null) {
      throw new InputException(where, "'" + text + "'", expected);
    }
    try {
      return new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact();
    } catch (ArithmeticException e) {
      throw new InputException(where, "'" + text + "' is not a whole number below 2^63", expected);
    }
  }

  /** A gfn or count: decimal, or hexadecimal with 0x. */
  public static long number(String text, String where) {
    try {
      String digits = text.strip();
      return digits.startsWith("0x")
          ? Long.parseLong(digits.substring(2), 16)
          : Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new InputException(where, "'" + text + "'", "a whole number, decimal or 0x");
    }
  }

  /** A number of a file, decimal, between -2^63 and 2^63. */
  public static double real(String text, String where) {
    try {
      double value = Double.parseDouble(text);
      if (Math.abs(value) < 0x1p63) { // neither is NaN
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new InputException(where, "'" + text + "'", "a number below 2^63");
  }

  /** {@code 64MiB}, {@code 5.5MiB}: exact if it divides, else one decimal. */
  public static String size(long bytes) {
    String[] names = {"B", "KiB", "MiB", "GiB", "TiB"};
    int i = 0;
    while (i + 1 < names.length && Math.abs(bytes) >= 1L << (10 * (i + 1))) {
      i++;
    }
    long unit = 1L << (10 * i);
    return (bytes % unit == 0 ? Long.toString(bytes / unit) : decimal((double) bytes / unit, 1))
        + names[i];
  }

  /** The largest unit that divides: exact, for labels that are parsed again. */
  public static String exactSize(long bytes) {
    int shift = bytes == 0 ? 0 : Math.min(40, Long.numberOfTrailingZeros(bytes) / 10 * 10);
    String[] names = {"B", "KiB", "MiB", "GiB", "TiB"};
    return (bytes >> shift) + names[shift / 10];
  }

  /** {@code 50us}, {@code 10ms}: the largest unit that divides. */
  public static String duration(long ns) {
    if (ns != 0 && ns % 1_000_000_000L == 0) {
      return ns / 1_000_000_000L + "s";
    }
    if (ns != 0 && ns % 1_000_000L == 0) {
      return ns / 1_000_000L + "ms";
    }
    return ns != 0 && ns % 1_000L == 0 ? ns / 1_000L + "us" : ns + "ns";
  }

  /**
   * {@code 154 us}, {@code 1.97 s}, {@code 34.2 min}: three digits or more in the unit that fits.
   */
  public static String span(long ns) {
    String[] names = {"ns", "us", "ms", "s", "min", "h"};
    double[] sizes = {1, 1e3, 1e6, 1e9, 60e9, 3600e9};
    int i = names.length - 1;
    while (i > 0 && ns < sizes[i]) {
      i--;
    }
    double value = ns / sizes[i];
    return decimal(value, i == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2) + " " + names[i];
  }

  public static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }

  /** Locale-free fixed decimals; a dash for what is not known. */
  public static String decimal(double value, int digits) {
    if (Double.isNaN(value)) {
      return "-";
    } else if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    return new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
  }

  /** {@code String.format} in the root locale: the same text on every machine. */
  public static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
