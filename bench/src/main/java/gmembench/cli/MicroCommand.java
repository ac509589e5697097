// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.Plugins;
import gmembench.Units;
import gmembench.jmh.MicroResults;
import gmembench.result.ResultFolder;
import gmembench.run.Home;
import gmembench.table.MicroTable;
import gmembench.tracker.Tracker;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** The JMH benchmarks of trackers, with results like those of a run. */
@Command(
    name = "micro",
    description = {
      "Times the trackers alone, with JMH in forked JVMs.",
      "",
      "Everything else on the command line is JMH's: a regular expression of benchmarks, -p"
          + " tracker=bitmap,frame-map, -p guest=1GiB, -wi 2, -i 3, -prof gc, -l. Its own output"
          + " goes to stderr."
    })
public final class MicroCommand implements Runnable {
  private static final String TRACKER = "tracker";

  @Mixin private OutOptions out = new OutOptions();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "All is run so often, so that trackers alternate; with one fork unless -f says"
              + " otherwise. Default 3.")
  private int rounds = 3;

  @Unmatched private List<String> jmh = new ArrayList<>();

  @Override
  public void run() {
    InputException.requireAtLeast(1, rounds, "--rounds");
    CommandLineOptions chosen = parse();
    // forks and listeners of JMH print to System.out, which is for data
    PrintStream data = System.out;
    System.setOut(System.err);
    try {
      measure(chosen);
    } finally {
      System.setOut(data);
    }
  }

  private CommandLineOptions parse() {
    CommandLineOptions chosen;
    try {
      chosen = new CommandLineOptions(jmh.toArray(String[]::new));
    } catch (CommandLineOptionException e) {
      String why = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
      throw new InputException("micro", why, "JMH's options");
    }
    if (chosen.getBenchModes().stream().anyMatch(m -> m != Mode.AverageTime)
        || chosen.getTimeUnit().orElse(TimeUnit.NANOSECONDS) != TimeUnit.NANOSECONDS) {
      throw new InputException("micro", "another mode or unit", "-bm avgt -tu ns, as it is");
    }
    for (String tracker : values(chosen, TRACKER)) {
      Plugins.parse(Tracker.class, tracker);
    }
    for (String guest : values(chosen, "guest")) {
      long bytes = Units.bytes(guest, "guest");
      if (bytes < 1L << 30 || bytes % (1L << 30) != 0 || bytes > 1L << 46) {
        throw new InputException("guest", "'" + guest + "'", "whole GiB, up to 64TiB");
      }
    }
    return chosen;
  }

  private static Collection<String> values(CommandLineOptions chosen, String parameter) {
    return chosen.getParameter(parameter).orElse(List.of());
  }

  private void measure(CommandLineOptions chosen) {
    OutputFormat format =
        OutputFormatFactory.createFormatInstance(
            System.err, chosen.verbosity().orElse(VerboseMode.NORMAL));
    Home home = Home.here();
    Options options = options(chosen, home);
    if (BenchmarkList.defaultList()
        .find(format, options.getIncludes(), options.getExcludes())
        .isEmpty()) {
      throw new InputException(
          "micro", "no benchmark matches " + String.join(" ", chosen.getIncludes()), "see -l");
    }
    if (chosen.shouldList()) {
      new Runner(options, format).list();
      return;
    }
    Path path = out.folder("micro");
    try (ResultFolder folder = ResultFolder.create(path, "1")) {
      MicroResults results = new MicroResults();
      Map<String, String> environment = out.facts(home);
      for (int round = 0; round < rounds; round++) {
        Collection<RunResult> runs;
        try {
          runs = run(new Runner(options, format));
        } catch (NotComparableException e) {
          folder.removeIfEmpty();
          throw e;
        }
        results.of(runs).forEach(folder::add);
        environment.putAll(results.facts());
        folder.environment(environment);
      }
      out.print(MicroTable.of(folder.finish().samples()), path);
    }
  }

  private static Collection<RunResult> run(Runner runner) {
    try {
      return runner.run();
    } catch (RunnerException e) {
      String why = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
      throw new NotComparableException("micro: JMH stopped: " + why);
    }
  }

  static Options options(CommandLineOptions chosen, Home home) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .parent(chosen)
            .shouldFailOnError(true)
            .forks(chosen.getForkCount().orElse(1));
    if (!chosen.getParameter(TRACKER).hasValue()) {
      options.param(
          TRACKER, Plugins.all(Tracker.class).stream().map(Tracker::name).toArray(String[]::new));
    }
    if (!chosen.getJvmArgs().hasValue()) {
      options.jvmArgs(jvmArguments(home));
    }
    return options.build();
  }

  /** Those of this JVM but for its start-up cache, which is of another main class. */
  private static String[] jvmArguments(Home home) {
    List<String> arguments = new ArrayList<>();
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      boolean ours =
          argument.startsWith("-XX:AOT")
              || argument.startsWith("-Dgmembench.home=")
              || argument.startsWith("-javaagent:");
      if (!ours) {
        arguments.add(argument);
      }
    }
    arguments.add("-Dgmembench.home=" + home.folder().toAbsolutePath());
    return arguments.toArray(String[]::new);
  }
}
