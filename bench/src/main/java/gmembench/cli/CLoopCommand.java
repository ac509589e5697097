// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.InputException;
import gmembench.Units;
import gmembench.backing.Memfd;
import gmembench.backing.Memory;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.live.Live;
import gmembench.live.LiveCell;
import gmembench.result.Declared;
import gmembench.result.Interval;
import gmembench.run.CLoop;
import gmembench.run.Home;
import gmembench.strategy.EagerPunchHole;
import gmembench.table.Table;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the harness itself costs: the live replay against the same loop in C. */
@Command(
    name = "c-loop",
    description = "Times the live replay against the same loop in C, in alternate rounds.")
public final class CLoopCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--rounds", paramLabel = "N", description = "7 or more; default 21.")
  private int rounds = 21;

  @Override
  public void run() {
    InputException.requireAtLeast(7, rounds, "--rounds");
    Home home = Home.here();
    Workload workload = home.workload("ovmf-boot");
    EagerPunchHole eager = new EagerPunchHole();
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(eager));
    double[] bare = new double[rounds];
    double[] timed = new double[rounds];
    try (CLoop c = CLoop.start(home.folder().resolve("bench/c/replay.c"), block);
        Memory memory = block.backing().open(workload.guest(), false)) {
      LiveCell java = new LiveCell(block, eager, Subject.of(workload), memory);
      java.prepare(Math.max(100_000, Live.DEFAULT_WARMUP));
      for (int i = -3; i < rounds; i++) {
        round(java, c, i, bare, timed);
      }
    }
    print(bare, timed);
  }

  /** Java, C bare, C timed, Java: the mean of the two Java runs meets both in the middle. */
  private static void round(LiveCell java, CLoop c, int i, double[] bare, double[] timed) {
    double first = javaNs(java);
    long cBare = c.replayNs("bare");
    long cTimed = c.replayNs("timed");
    double mean = (first + javaNs(java)) / 2;
    if (i >= 0) {
      bare[i] = mean / cBare;
      timed[i] = mean / cTimed;
    }
  }

  private static double javaNs(LiveCell java) {
    return java.measure(1).metrics().number(Declared.TOTAL_NS);
  }

  private void print(double[] bare, double[] timed) {
    Table table = new Table("ovmf-boot, memfd, eager-punch-hole", "ratio", "95 %", "n");
    row(table, "Java / C that reads the clock as often", timed);
    row(table, "Java / C that reads no clock", bare);
    spec.commandLine().getOut().print(table);
  }

  private static void row(Table table, String name, double[] ratios) {
    Interval i = Interval.ofMedian(ratios);
    table.row(
        name,
        Units.decimal(i.median(), 3),
        Units.decimal(i.low(), 3) + ".." + Units.decimal(i.high(), 3),
        Integer.toString(i.n()));
  }
}
