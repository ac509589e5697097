// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.OutputFile;
import gmembench.Plugins;
import gmembench.Ticks;
import gmembench.backing.Backing;
import gmembench.backing.Support;
import gmembench.calibrate.Calibration;
import gmembench.calibrate.FiguresFile;
import gmembench.calibrate.Origin;
import gmembench.calibrate.ProfileText;
import gmembench.guest.Side;
import gmembench.mm.Term;
import gmembench.result.Host;
import gmembench.run.Home;
import gmembench.run.HugePages;
import gmembench.run.Progress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** This host's cost profile. */
@Command(
    name = "calibrate",
    description = {
      "Measures what every verb costs on this host, and writes a cost profile for the model.",
      "",
      "Every verb of every backing that runs here, over sizes from 1 to 4096 pages, resident and"
          + " not; and what each strategy takes itself. About half a minute a backing, on a machine"
          + " that does nothing else.",
      "",
      "The figures are kept in figures.csv beside the profile. --from fits these again, without"
          + " the machine, and --without leaves terms out (list terms)."
    })
public final class CalibrateCommand implements Runnable {
  /** A count of instructions has no noise that a median would need three for. */
  private static final int FEWEST_ROUNDS = Ticks.here() == Ticks.TIME ? 3 : 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "COSTS",
      description = "The profile to write, a .toml file.")
  private Path out = Path.of("costs.toml");

  @Option(
      names = "--from",
      paramLabel = "FIGURES",
      description = "Fits the figures of this file, a figures.csv, and measures nothing.")
  private @Nullable Path from;

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "TERM",
      description = "Terms that are not fitted, such as per_away.")
  private List<String> without = List.of();

  @Option(
      names = "--backing",
      split = ",",
      paramLabel = "B",
      description = "All that run here by default.")
  private List<String> backings = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "3 or more; default 15; 1 of instructions.")
  private int rounds =
      (int) Math.max(FEWEST_ROUNDS, Ticks.here().repeat(Calibration.DEFAULT_ROUNDS));

  @Option(
      names = "--reserve-hugepages",
      description = "Reserves the huge pages that are needed, and gives them back.")
  private boolean reserveHugePages;

  @Mixin private QuietOption quiet = new QuietOption();

  @Override
  public void run() {
    InputException.requireAtLeast(FEWEST_ROUNDS, rounds, "--rounds");
    if (!out.toString().endsWith(".toml")) {
      throw new InputException(out.toString(), "has another ending", "a file NAME.toml");
    }
    Set<Term> left = without(without);
    if (from != null && !backings.isEmpty()) {
      throw new InputException("--backing", "with --from", "one of the two");
    }
    Calibration.Figures figures = from != null ? FiguresFile.read(from) : measure();
    out.toAbsolutePath().resolveSibling("").toFile().mkdirs();
    if (from == null) {
      OutputFile.write(out.resolveSibling(FiguresFile.NAME), FiguresFile.of(figures));
    }
    Calibration calibration = figures.fit(left);
    OutputFile.write(out, ProfileText.of(calibration, left));
    PrintWriter print = spec.commandLine().getOut();
    print.print(calibration.text());
    print.println("written: " + out);
  }

  private Calibration.Figures measure() {
    Origin origin = origin(OutOptions.commandLine(spec));
    try (HugePages _ = hugePages(reserveHugePages, backings)) {
      List<Backing> chosen = backings(backings);
      try (Progress progress = quiet.progress(Calibration.steps(chosen, rounds))) {
        return Calibration.measure(chosen, origin, rounds, progress::done);
      }
    }
  }

  /** Terms by their labels; a call's own cost is in every section. */
  private static Set<Term> without(List<String> labels) {
    Set<Term> terms = EnumSet.noneOf(Term.class);
    labels.forEach(label -> terms.add(Term.parse(label, "--without")));
    if (terms.contains(Term.FIXED)) {
      throw new InputException("--without", "'fixed'", "another term: every section has this one");
    }
    return terms;
  }

  /** What calibration of backings that were asked for, or of all, takes from the host's pools. */
  static HugePages hugePages(boolean reserve, List<String> names) {
    return reserve
        ? HugePages.forCalibration(
            names.isEmpty()
                ? Plugins.all(Backing.class)
                : names.stream().map(n -> Plugins.parse(Backing.class, n)).toList())
        : HugePages.none();
  }

  /**
   * Those that were asked for, or all that run here; each once, since costs are kept by the name.
   */
  static List<Backing> backings(List<String> names) {
    if (names.isEmpty()) {
      return Plugins.all(Backing.class).stream()
          .filter(CalibrateCommand::hasOwnCosts)
          .filter(b -> b.probe() instanceof Support.Yes && b.converts().isEmpty())
          .toList();
    }
    List<Backing> chosen = names.stream().map(n -> Plugins.parse(Backing.class, n)).toList();
    for (Backing backing : chosen) {
      if (backing.probe() instanceof Support.No(String reason)) {
        throw new InputException(
            "--backing", backing.name() + " does not run here: " + reason, "see doctor");
      }
      if (!hasOwnCosts(backing)) {
        throw new InputException("--backing", backing.name(), "those that its sides are of");
      }
      if (chosen.stream().filter(b -> b.name().equals(backing.name())).count() > 1) {
        throw new InputException("--backing", backing.name() + " twice", "each once");
      }
    }
    return chosen;
  }

  private static boolean hasOwnCosts(Backing backing) {
    return backing.of(Side.SHARED).equals(backing);
  }

  /** This host, now. */
  static Origin origin(String command) {
    Map<String, String> host = Host.facts(Home.here().folder());
    String where = host.get("cpu") + ", " + host.get("cpus") + " CPUs, Linux " + host.get("kernel");
    if (Ticks.here() == Ticks.INSTRUCTIONS) {
      where += ", in guest instructions: 1 ns is 1 instruction";
    }
    return Origin.here(where, command, LocalDate.now(ZoneOffset.UTC).toString());
  }
}
