// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.Plugins;
import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.model.Model;
import gmembench.result.Interval;
import gmembench.run.Home;
import gmembench.strategy.Strategy;
import gmembench.table.Table;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** How fast the model is, and what a second core adds to that. */
@Command(
    name = "cores",
    description = {
      "Times the model on one core and on two, in alternate rounds: conversions of a workload, by"
          + " default the measured boot, a second, all metrics included.",
      "",
      "Figures are medians of rounds; what a second core adds, with an interval. Arithmetic alone,"
          + " which needs no memory, shows what the machine itself gives: it is slower too when"
          + " the core is shared, and then a second one adds no more to it."
    })
public final class CoresCommand implements Runnable {
  private static final int CORES = 2;
  private static final long ROUND_NS = 50_000_000;
  private static final int WARMUP_ROUNDS = 20;
  private static final int MIXES = 1_000_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "WORKLOAD", description = "Default ovmf-boot.")
  private String name = "ovmf-boot";

  @Option(names = "--backing", paramLabel = "B", description = "memfd by default.")
  private String memory = "memfd";

  @Option(
      names = "--strategy",
      split = ",",
      paramLabel = "S",
      description = "snp,eager-punch-hole,lazy-discard by default.")
  private List<String> strategies = List.of("snp", "eager-punch-hole", "lazy-discard");

  @Option(names = "--tracker", paramLabel = "T", description = "frame-map by default.")
  private String tracker = "frame-map";

  @Option(names = "--costs", paramLabel = "C", description = "snp-upm-2022 by default.")
  private String costs = "snp-upm-2022";

  @Option(names = "--rounds", paramLabel = "N", description = "7 or more; default 41.")
  private int rounds = 41;

  /** What a core does again and again, and how many operations that are. */
  private record Work(String name, long operations, LongSupplier once) {}

  /** Operations a second of a core alone, and of all at a time. */
  private record Round(double alone, double together) {}

  /** Keeps the result of the work, so that none of it can be optimised away. */
  private final LongAdder results = new LongAdder();

  @Override
  public void run() {
    InputException.requireAtLeast(7, rounds, "--rounds");
    if (Runtime.getRuntime().availableProcessors() < CORES) {
      throw new NotComparableException("only one CPU may be used, expected two: nproc tells");
    }
    List<Strategy> all = strategies.stream().map(s -> Strategy.parse(s)).toList();
    Tracker map = Plugins.parse(Tracker.class, tracker);
    Home home = Home.here();
    Model model = new Model(home.costs(costs));
    Workload workload = home.workload(name);
    Backing backing = Plugins.parse(Backing.class, memory);
    Subject subject = Subject.of(workload);
    List<Work> works = new ArrayList<>();
    for (Strategy strategy : all) {
      Block block = new Block(workload, backing, map, List.of(strategy));
      String reason = model.whyNot(block, strategy);
      if (reason != null) {
        throw new InputException("--strategy " + strategy.label(), reason, "other --costs");
      }
      works.add(
          new Work(
              strategy.label(),
              subject.footprint().conversions(),
              () -> model.replay(block, subject, strategy).metrics().all().size()));
    }
    works.add(new Work("arithmetic", MIXES, CoresCommand::mix));
    Table table =
        new Table(
            workload.name() + ", " + map.label(),
            "1 core M/s",
            "at best",
            "2 cores M/s",
            "adds",
            "95 %",
            "n");
    List<List<Round>> measured = measure(works);
    for (int i = 0; i < works.size(); i++) {
      row(table, works.get(i).name(), measured.get(i));
    }
    spec.commandLine().getOut().print(table);
  }

  /** The rounds of each work, one of each in turn, so that what the machine does meets all. */
  private List<List<Round>> measure(List<Work> works) {
    List<List<Round>> measured = works.stream().<List<Round>>map(w -> new ArrayList<>()).toList();
    try (ExecutorService cores = Executors.newFixedThreadPool(CORES)) {
      for (int i = -WARMUP_ROUNDS; i < rounds; i++) {
        for (int w = 0; w < works.size(); w++) {
          Round round = round(works.get(w), cores);
          if (i >= 0) {
            measured.get(w).add(round);
          }
        }
      }
    }
    return measured;
  }

  /** Nothing waits for anything before it, so whoever shares the core takes from it. */
  private static long mix() {
    long all = 0;
    for (int i = 0; i < MIXES; i++) {
      all ^= PageMap.mix(i, ~i);
    }
    return all;
  }

  private static void row(Table table, String name, List<Round> all) {
    Interval adds = median(all, r -> r.together() / r.alone() - 1);
    table.row(
        name,
        Units.decimal(median(all, Round::alone).median() / 1e6, 1),
        Units.decimal(all.stream().mapToDouble(Round::alone).max().orElseThrow() / 1e6, 1),
        Units.decimal(median(all, Round::together).median() / 1e6, 1),
        Units.decimal(100 * adds.median(), 0) + " %",
        Units.decimal(100 * adds.low(), 0) + ".." + Units.decimal(100 * adds.high(), 0) + " %",
        Integer.toString(adds.n()));
  }

  private static Interval median(List<Round> all, ToDoubleFunction<Round> value) {
    return Interval.ofMedian(all.stream().mapToDouble(value).toArray());
  }

  /** Alone, together, alone: the mean of the two alone meets the others in the middle. */
  private Round round(Work work, ExecutorService cores) {
    double before = perSecond(work, 1, cores);
    double together = perSecond(work, CORES, cores);
    return new Round((before + perSecond(work, 1, cores)) / 2, together);
  }

  private double perSecond(Work work, int count, ExecutorService cores) {
    try {
      double sum = 0;
      Callable<Double> core = () -> rate(work);
      for (Future<Double> rate : cores.invokeAll(Collections.nCopies(count, core))) {
        sum += rate.get();
      }
      return sum;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Operations a second of this thread. */
  private double rate(Work work) {
    long start = System.nanoTime();
    long took = 0;
    long times = 0;
    while (took < ROUND_NS) {
      results.add(work.once().getAsLong());
      times++;
      took = System.nanoTime() - start;
    }
    return 1e9 * times * work.operations() / took;
  }
}
