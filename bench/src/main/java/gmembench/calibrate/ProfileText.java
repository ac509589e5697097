// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Units;
import gmembench.mm.Term;

/** A calibration as a cost profile that {@code Costs.read} reads, residuals in comments. */
public final class ProfileText {
  private ProfileText() {}

  /**
   * The file's text.
   *
   * @param without terms that were not fitted, though there are figures of them
   */
  public static String of(Calibration calibration, Set<Term> without) {
    Origin origin = calibration.origin();
    StringBuilder out = new StringBuilder();
    out.append("# SPDX-License-Identifier: Apache-2.0\n");
    out.append("# Measured on ").append(origin.host()).append(".\n#\n");
    out.append("# ").append(origin.command()).append(", ").append(origin.day()).append(".\n");
    out.append("# ").append(calibration.parameters()).append(" costs, fitted by least absolute");
    out.append(" relative error to ").append(calibration.points()).append(" figures;\n");
    out.append("# half of these are met within ");
    out.append(percent(calibration.medianError())).append(". Each figure is the median over\n");
    out.append(
        "# rounds of a mean. [strategy.NAME] is what a conversion takes in the strategy and");
    out.append(" the harness\n# itself, measured on the null backing.\n");
    if (!without.isEmpty()) {
      out.append("# Not fitted: ").append(labels(without)).append(".\n");
    }
    out.append('\n').append(origin.section());
    calibration.sections().forEach((name, fitted) -> append(out, name, fitted));
    out.append("\n[fit]\nparameters = [\n");
    calibration
        .sections()
        .forEach((name, fitted) ->
            keys(fitted).forEach(key -> out.append("  \"" + name + "." + key + "\",\n")));
    out.append("]\ndata = ").append(calibration.points()).append('\n');
    out.append("source = \"").append(origin.command()).append("\"\n");
    out.append("host = \"").append(origin.host()).append(", ").append(origin.day()).append("\"\n");
    return out.toString();
  }

  private static String labels(Set<Term> terms) {
    return terms.stream().map(Term::label).collect(Collectors.joining(", "));
  }

  private static void append(StringBuilder out, String name, Fitted fitted) {
    Point worst = fitted.worst();
    out.append("\n# ").append(fitted.points().size()).append(" figures; off by ");
    out.append(percent(fitted.medianError())).append(" in the median, at most by ");
    out.append(percent(fitted.error(worst))).append(" (");
    out.append(worst.what()).append(")\n");
    out.append('[').append(name).append("]\n");
    fitted
        .ns()
        .forEach((term, ns) -> {
          if (isWritten(term, ns)) {
            out.append(term.key()).append(" = ").append(grouped(ns)).append('\n');
          }
        });
  }

  private static List<String> keys(Fitted fitted) {
    return fitted.ns().entrySet().stream()
        .filter(e -> isWritten(e.getKey(), e.getValue()))
        .map(e -> e.getKey().key())
        .toList();
  }

  /** What is not there costs nothing; a section needs its first key. */
  private static boolean isWritten(Term term, long ns) {
    return ns != 0 || term == Term.FIXED;
  }

  private static String percent(double share) {
    return Units.decimal(100 * share, 1) + " %";
  }

  /** 7_118_576, as TOML allows. */
  private static String grouped(long value) {
    return String.format(Locale.ROOT, "%,d", value).replace(',', '_');
  }
}
