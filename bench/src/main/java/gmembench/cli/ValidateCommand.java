// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.Plugin;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.calibrate.Calibration;
import gmembench.engine.Costs;
import gmembench.result.Chart;
import gmembench.result.Charts;
import gmembench.result.Observation.Status;
import gmembench.result.Samples;
import gmembench.result.Validation;
import gmembench.strategy.Strategy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The model against this kernel. */
@Command(
    name = "validate",
    description = {
      "Runs workloads on the model and live: does the model predict what is measured?",
      "",
      "Every strategy on every backing of the cost profile that runs here. Without --costs this host"
          + " is calibrated first. Exit code 1 if the model misses its target: half of the cells"
          + " within 10 %, and strategies in the same order."
    })
public final class ValidateCommand implements Callable<Integer> {
  private static final String SUITE = "validate";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "WORKLOAD|SUITE",
      arity = "0..*",
      description = "The suite validate by default.")
  private List<String> targets = List.of(SUITE);

  @Option(names = "--costs", paramLabel = "FILE", description = "A profile of this host.")
  private @Nullable String costs;

  @Option(names = "--backing", split = ",", paramLabel = "B", description = "All by default.")
  private List<String> backings = List.of();

  @Option(names = "--strategy", split = ",", paramLabel = "S", description = "All by default.")
  private List<String> strategies = List.of();

  @Option(names = "--reps", paramLabel = "N", description = "Live repetitions; default 7.")
  private int reps = 7;

  @Option(names = "--out", paramLabel = "DIR", description = "A new folder.")
  private @Nullable Path out;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress.")
  private boolean quiet;

  @Override
  public Integer call() throws IOException {
    if (reps < 1) {
      throw new InputException("--reps", "'" + reps + "'", "1 or more");
    }
    Home home = Home.here();
    Path folder = out != null ? out : OutFolder.fresh(SUITE);
    Path fresh = costs != null ? null : calibrated(folder);
    String profile = costs != null ? costs : String.valueOf(fresh);
    Plan plan = plan(home, profile);
    Progress progress = new Progress(plan, spec.commandLine().getErr(), quiet);
    Samples samples =
        new Session(home, plan, folder, "1", false, OutFolder.commandLine(spec), 1, progress).run();
    if (fresh != null) {
      Files.move(fresh, folder.resolve("host.toml"));
      Files.deleteIfExists(fresh.toAbsolutePath().getParent());
    }
    return report(samples, folder);
  }

  /** A profile of this host, beside the folder until that is there. */
  private Path calibrated(Path folder) throws IOException {
    List<Backing> chosen =
        CalibrateCommand.backings(backings).stream()
            .filter(b -> !b.name().equals("null") || backings.contains("null"))
            .toList();
    if (Files.exists(folder)) {
      throw new InputException(folder.toString(), "exists", "a new folder");
    }
    Path file = Files.createTempDirectory("gmembench").resolve("host.toml");
    PrintWriter err = spec.commandLine().getErr();
    Calibration calibration =
        CalibrateCommand.calibrate(chosen, Calibration.DEFAULT_ROUNDS, err, quiet);
    CalibrateCommand.write(calibration, file, OutFolder.commandLine(spec));
    return file;
  }

  private Plan plan(Home home, String profile) {
    Costs known = home.costs(profile);
    List<String> names = backings.isEmpty() ? known.backings() : backings;
    @Nullable Plan plan = null;
    for (Backing backing : CalibrateCommand.backings(List.of())) {
      boolean wanted = names.contains(backing.name());
      List<String> able = able(backing, known);
      if (wanted && !able.isEmpty() && (!backings.isEmpty() || !backing.name().equals("null"))) {
        Plan part =
            Plan.of(
                home,
                targets,
                new Plan.Selection(
                    List.of("model", "live"),
                    able,
                    List.of(),
                    List.of(backing.name()),
                    List.of(profile),
                    reps,
                    null));
        plan = plan == null ? part : plan.then(part);
      }
    }
    if (plan == null) {
      throw new NotComparableException(
          profile + ": none of its backings runs here (" + String.join(", ", names) + ")");
    }
    return plan;
  }

  /** Strategies that this backing can run live, and of whose verbs the profile has the costs. */
  private List<String> able(Backing backing, Costs known) {
    return (strategies.isEmpty()
            ? Plugins.all(Strategy.class)
            : strategies.stream().map(s -> Plugins.parse(Strategy.class, s)).toList())
        .stream()
            .filter(s -> {
              Set<Verb> needs = EnumSet.of(Verb.TOUCH);
              needs.addAll(s.needs());
              return backing.verbs().containsAll(needs)
                  && needs.stream().allMatch(v -> known.has(backing.name(), v));
            })
            .map(Plugin::label)
            .toList();
  }

  private int report(Samples samples, Path folder) throws IOException {
    Validation validation = Validation.of(samples);
    if (validation.rows().isEmpty()) {
      throw new NotComparableException(folder + ": no cell ran on both engines");
    }
    Files.writeString(folder.resolve(Validation.FILE), validation.csv());
    for (Chart chart : Charts.of(folder)) {
      if (chart.name().equals("validation")) {
        chart.write(folder, "svg");
        chart.write(folder, "png");
      }
    }
    spec.commandLine().getOut().print(validation.text());
    spec.commandLine().getOut().println("results: " + folder);
    boolean failed = samples.entries().stream().anyMatch(e -> e.status() == Status.FAILED);
    return failed ? 3 : validation.isGood() ? 0 : 1;
  }
}
