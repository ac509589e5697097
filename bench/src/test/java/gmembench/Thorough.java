// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

/**
 * Tests that are worth repeating for long. {@code mvn verify} gives each its small count; {@code
 * -Dgmembench.thorough=FUZZ} gives one its large count, {@code FUZZ:1000000} a count of your own,
 * {@code all} gives every one its large count, and {@code today} a different one each day, so that
 * in as many days nothing is left out. {@code none} gives each a tenth of its small count and
 * leaves failing cases as large as they are: for runs of scripts/mutants, in which most fail.
 */
public enum Thorough {
  /** Mutated input files. */
  FUZZ,
  /** Runs that are killed and resumed. */
  KILLS,
  /** Random conversions on every tracker, against an array. */
  TRACKERS,
  /** Random schedules of faults, pins and conversions on folios. */
  FOLIOS,
  /** Conversions on this host's kernel: more of them, and every strategy on huge folios. */
  LIVE,
  /** Backings that are opened and closed. */
  LEAKS,
  /** The model's rows of all folders of results/. */
  RESULTS,
  /** The commands of README.md as printed, and those of the others that are slow. */
  README;

  private static final String ASKED = System.getProperty("gmembench.thorough", "");

  /** How often, now. */
  public int count(int small, int large) {
    if (isBrief()) {
      return (small + 9) / 10;
    } else if (!isAsked()) {
      return small;
    }
    int colon = ASKED.indexOf(':');
    return colon < 0 ? large : Integer.parseInt(ASKED.substring(colon + 1));
  }

  /** Is it what the day has in its turn that is asked for? */
  public static boolean isToday() {
    return ASKED.equals("today");
  }

  public static boolean isBrief() {
    return ASKED.equals("none");
  }

  public boolean isAsked() {
    String part = ASKED.replaceAll(":.*", "");
    return switch (part) {
      case "", "none" -> false;
      case "all" -> true;
      case "today" -> ordinal() == LocalDate.now(ZoneOffset.UTC).getDayOfYear() % values().length;
      default -> this == valueOf(part.toUpperCase(Locale.ROOT));
    };
  }
}
