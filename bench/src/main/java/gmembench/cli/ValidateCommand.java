// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.OutputFile;
import gmembench.Plugin;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.calibrate.Calibration;
import gmembench.calibrate.FiguresFile;
import gmembench.calibrate.Origin;
import gmembench.calibrate.ProfileText;
import gmembench.calibrate.Rounds;
import gmembench.chart.ValidationChart;
import gmembench.engine.Needs;
import gmembench.model.Costs;
import gmembench.result.Environment;
import gmembench.result.Fact;
import gmembench.result.HostSpeed;
import gmembench.result.Repetition.Status;
import gmembench.result.ResultFolder;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.run.Home;
import gmembench.run.HugePages;
import gmembench.run.Plan;
import gmembench.run.Progress;
import gmembench.run.Session;
import gmembench.strategy.Strategy;
import gmembench.table.Validation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
          + " is calibrated meanwhile, between the live cells. Exit code 3 if the model misses its target: half of the cells"
          + " within 10 %%, and strategies in the same order."
    })
public final class ValidateCommand implements Callable<Integer> {
  private static final String SUITE = "validate";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** What is not compared, and why: said once the plan is known to be good. */
  private final List<String> leftOut = new ArrayList<>();

  @Parameters(
      paramLabel = "WORKLOAD|SUITE",
      arity = "0..*",
      description = "The suite validate by default.")
  private List<String> targets = List.of(SUITE);

  @Option(names = "--costs", paramLabel = "FILE", description = "A profile of this host.")
  private @Nullable String costs;

  @Option(
      names = "--live",
      paramLabel = "DIR",
      description = "Takes the live cells of these results, and measures nothing; with --costs.")
  private @Nullable Path live;

  @Option(names = "--backing", split = ",", paramLabel = "B", description = "All by default.")
  private List<String> backings = List.of();

  @Option(names = "--strategy", split = ",", paramLabel = "S", description = "All by default.")
  private List<String> strategies = List.of();

  @Option(names = "--reps", paramLabel = "N", description = "Live repetitions; default 7.")
  private int reps = 7;

  @Mixin private OutOptions out = new OutOptions();

  @Option(
      names = "--reserve-hugepages",
      description = "Reserves the huge pages that are needed, and gives them back.")
  private boolean reserveHugePages;

  @Mixin private QuietOption quiet = new QuietOption();

  @Override
  public Integer call() {
    InputException.requireAtLeast(1, reps, "--reps");
    if (live != null && costs == null) {
      throw new InputException("--live", "without --costs", "a profile to compare with it");
    }
    Results measured = live == null ? null : Results.one(live);
    Home home = Home.here();
    Path folder = out.folder(SUITE);
    try (HugePages _ = CalibrateCommand.hugePages(reserveHugePages, backings)) {
      String profile = costs != null ? costs : measure(home, folder).toString();
      Plan plan = plan(home, profile);
      Progress progress = quiet.progress(plan);
      Results ran = session(home, plan, folder, costs == null, progress).run();
      return report(measured == null ? ran : with(measured, ran));
    }
  }

  private Session session(Home home, Plan plan, Path folder, boolean resume, Progress progress) {
    return new Session(home, plan, folder, "1", resume, out.commandLine(), 1, progress)
        .reserving(reserveHugePages);
  }

  /**
   * The live cells, a repetition of all after the other, with a round of calibration before each
   * block and after the last, so that what drifts hits both alike. Returns the profile, which is in
   * the folder then.
   */
  private Path measure(Home home, Path folder) {
    if (Files.exists(folder)) {
      throw new InputException(folder.toString(), "exists", "a new folder");
    }
    List<Backing> chosen = chosen();
    @Nullable Plan live = null;
    for (Backing backing : chosen) {
      live =
          then(
              live,
              home,
              backing,
              List.of("live"),
              able(backing, Rounds.verbs(backing)),
              List.of());
    }
    if (live == null) {
      throw new NotComparableException("no strategy can be run on any of these backings");
    }
    Origin origin = CalibrateCommand.origin(out.commandLine());
    try (Rounds rounds = Rounds.open(chosen, origin)) {
      Progress progress = quiet.progress(live);
      session(home, live, folder, false, progress)
          .inPasses(reps, step -> rounds.round(step.block().backing()))
          .run();
      chosen.forEach(rounds::round);
      Calibration.Figures figures = rounds.figures();
      OutputFile.writeIn(folder, FiguresFile.NAME, FiguresFile.of(figures));
      String profile = ProfileText.of(figures.fit(Set.of()), Set.of());
      return OutputFile.writeIn(folder, "host.toml", profile);
    }
  }

  /**
   * Those that were asked for, or all that run here and have a kernel's verbs to compare. What was
   * measured elsewhere need not run here.
   */
  private List<Backing> chosen() {
    if (live != null && !backings.isEmpty()) {
      return backings.stream().map(b -> Plugins.parse(Backing.class, b)).toList();
    }
    return CalibrateCommand.backings(backings).stream()
        .filter(b -> !backings.isEmpty() || !b.name().equals("null"))
        .toList();
  }

  private Plan plan(Home home, String profile) {
    Costs known = home.costs(profile);
    if (!quiet.isSet() && backings.isEmpty()) {
      for (Backing backing : Plugins.all(Backing.class)) {
        if (backing.probe() instanceof Support.No(String reason)) {
          say(backing.name(), reason);
        }
      }
    }
    @Nullable Plan plan = null;
    @Nullable String reason = null;
    for (Backing backing : chosen()) {
      if (known.backings().contains(backing.name())) {
        Set<Verb> priced = EnumSet.allOf(Verb.class);
        priced.removeIf(verb -> !known.has(backing.name(), verb));
        List<String> engines = live == null ? List.of("model", "live") : List.of("model");
        if (!quiet.isSet() && strategies.isEmpty()) {
          sayWhatIsLeftOut(backing, priced);
        }
        plan = then(plan, home, backing, engines, able(backing, priced), List.of(profile));
        for (String named : strategies) {
          String missing = whyNot(Strategy.parse(named), backing, priced);
          reason = reason == null && missing != null ? named + ": " + missing : reason;
        }
      }
    }
    if (plan == null && reason != null) {
      throw new NotComparableException(profile + ": " + reason);
    } else if (plan == null) {
      throw new NotComparableException(
          profile
              + ": none of its backings runs here ("
              + String.join(", ", backings.isEmpty() ? known.backings() : backings)
              + ")");
    }
    leftOut.forEach(spec.commandLine().getErr()::println);
    return plan;
  }

  private @Nullable Plan then(
      @Nullable Plan plan,
      Home home,
      Backing backing,
      List<String> engines,
      List<String> able,
      List<String> profiles) {
    if (able.isEmpty()) {
      return plan;
    }
    Plan.Selection selection =
        new Plan.Selection(
            engines, able, List.of(), List.of(backing.label()), profiles, reps, null);
    Plan part = Plan.of(home, targets, selection);
    return plan == null ? part : plan.then(part);
  }

  /**
   * Strategies that this backing can run live, and of whose verbs the costs are known. Those that
   * change slots only if they are asked for: they take a thousand times as long.
   */
  private List<String> able(Backing backing, Set<Verb> known) {
    return (strategies.isEmpty()
            ? Plugins.all(Strategy.class).stream()
                .filter(s -> !s.needs().contains(Verb.REBIND))
                .toList()
            : strategies.stream().map(s -> Strategy.parse(s)).toList())
        .stream().filter(s -> whyNot(s, backing, known) == null).map(Plugin::label).toList();
  }

  /** Why a strategy is left out, or null if it is not. */
  private @Nullable String whyNot(Strategy strategy, Backing backing, Set<Verb> known) {
    Function<Verb, Support> here = verb -> live == null ? backing.supports(verb) : Support.YES;
    return Needs.whyNot(
        Needs.of(strategy),
        verb ->
            known.contains(verb) || here.apply(verb) instanceof Support.No
                ? here.apply(verb)
                : new Support.No("no cost of " + backing.name() + "." + verb.text() + " is known"));
  }

  /** What is not compared is said, unless it was not asked for. */
  private void sayWhatIsLeftOut(Backing backing, Set<Verb> known) {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (Strategy strategy : Plugins.all(Strategy.class)) {
      String reason = whyNot(strategy, backing, known);
      if (reason == null && strategy.needs().contains(Verb.REBIND)) {
        reason = "only if it is named, since it takes a thousand times as long";
      }
      if (reason != null) {
        byReason.computeIfAbsent(reason, r -> new ArrayList<>()).add(strategy.name());
      }
    }
    byReason.forEach(
        (reason, names) -> say(backing.name() + " " + String.join(", ", names), reason));
  }

  private void say(String what, String reason) {
    leftOut.add("left out: " + what + ": " + reason);
  }

  private int report(Results results) {
    Path folder = results.folder();
    Environment env = results.env();
    Validation validation = Validation.of(results.samples());
    if (validation.rows().isEmpty()) {
      throw new NotComparableException(folder + ": no cell ran on both engines");
    }
    OutputFile.writeIn(folder, Validation.FILE, validation.csv());
    if (live != null) {
      OutputFile.writeIn(folder, "env.csv", ResultFolder.environmentCsv(env.facts()));
    }
    new ValidationChart().of(results).forEach(chart -> chart.write(folder));
    out.print(validation.text(env.ticks()), folder);
    if (!quiet.isSet()) {
      HostSpeed.warnings(env).forEach(out::remark);
    }
    boolean failed =
        results.samples().entries().stream().anyMatch(e -> e.status() == Status.FAILED);
    return !failed && validation.isGood() ? 0 : 3;
  }

  /** The model's cells and the live ones, and of these the clock and how fast the host was. */
  private static Results with(Results measured, Results ran) {
    Map<String, String> facts = new LinkedHashMap<>(ran.env().facts());
    facts.put(Fact.CLOCK.key(), measured.env().ticks().text());
    Stream.of(Fact.REFERENCE.key(), Fact.REFERENCE_END.key())
        .filter(measured.env().facts()::containsKey)
        .forEach(key -> facts.put(key, measured.env().get(key)));
    Samples samples = ran.samples().and(measured.samples().only(cell -> !cell.isExact()));
    return new Results(ran.folder(), samples, new Environment(facts), ran.isComplete());
  }
}
