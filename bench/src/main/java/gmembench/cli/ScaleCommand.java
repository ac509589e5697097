// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import com.sun.management.ThreadMXBean;
import gmembench.InputException;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.model.Model;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.result.ResultFolder;
import gmembench.run.Home;
import gmembench.strategy.Strategy;
import gmembench.table.MicroTable;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import java.lang.management.ManagementFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a conversion costs the model itself, in wall time, as guests and hosts grow. */
@Command(
    name = "scale",
    description = {
      "Times the model itself: wall time of a conversion as the guest, its vCPUs and the VMs grow.",
      "",
      "Replays the suite scale with each tracker; a round is every tracker once. The first round"
          + " compiles, and is not kept."
    })
public final class ScaleCommand implements Runnable {
  private static final String SUITE = "scale";

  @Option(
      names = "--tracker",
      split = ",",
      paramLabel = "T",
      description = "bitmap,frame-map,maple,xarray:stored=shared by default.")
  private List<String> trackers = List.of("bitmap", "frame-map", "maple", "xarray:stored=shared");

  @Option(names = "--strategy", paramLabel = "S", description = "eager-punch-hole by default.")
  private String strategy = "eager-punch-hole";

  @Option(names = "--rounds", paramLabel = "N", description = "Default 5.")
  private int rounds = 5;

  @Mixin private OutOptions out = new OutOptions();

  @Override
  public void run() {
    InputException.requireAtLeast(1, rounds, "--rounds");
    Home home = Home.here();
    Model model = new Model(home.costs("snp-upm-2022"));
    Strategy chosen = Strategy.parse(strategy);
    List<Tracker> all = trackers.stream().map(t -> Plugins.parse(Tracker.class, t)).toList();
    Path path = out.folder(SUITE);
    Map<String, String> environment = out.facts(home);
    try (ResultFolder folder = ResultFolder.create(path, "1")) {
      for (String name : home.suite(SUITE).workloads()) {
        Workload workload = home.workload(name);
        describe(workload, environment);
        Subject subject = Subject.of(workload); // only one at a time: those of 12 TiB are large
        for (int round = 0; round <= rounds; round++) {
          for (Tracker tracker : all) {
            Block block =
                new Block(
                    workload, Plugins.parse(Backing.class, "memfd"), tracker, List.of(chosen));
            Repetition timed = time(model, block, subject, chosen, round);
            if (round > 0) {
              folder.add(timed);
            }
          }
        }
      }
      folder.environment(environment);
      out.print(MicroTable.of(folder.finish().samples()), path);
    }
  }

  private static void describe(Workload workload, Map<String, String> facts) {
    String key = "workload." + workload.name() + ".";
    facts.put(key + "hash", workload.hash());
    facts.put(key + "guest_bytes", Long.toString(workload.guest().memoryBytes()));
    facts.put(key + "vcpus", Integer.toString(workload.guest().vcpus()));
    facts.put(key + "vms", Integer.toString(workload.vms()));
  }

  /** A replay with all that is counted in it, as a repetition of {@code micro}. */
  private static Repetition time(
      Model model, Block block, Subject subject, Strategy strategy, int rep) {
    System.gc(); // what the replay before has left is not collected in this one's time
    long allocated = allocatedBytes();
    long start = System.nanoTime();
    Repetition found =
        rep == 0 || model.whyNot(block, strategy) != null
            ? model.observe(block, subject, strategy)
            : model.replay(block, subject, strategy);
    long ns = System.nanoTime() - start;
    allocated = allocatedBytes() - allocated;
    Cell cell =
        new Cell(
            "micro",
            block.workload().name(),
            strategy.label(),
            block.backing().label(),
            block.tracker().label(),
            "");
    if (found.status() != Status.OK) {
      return Repetition.without(cell, found.status(), found.reason());
    }
    double conversions = found.metrics().number(Declared.CONVERSIONS);
    Metrics metrics = new Metrics();
    metrics.put(Declared.NS_PER_OP, ns / conversions, 3);
    metrics.put(Declared.ALLOC_BYTES_PER_OP, allocated / conversions, 3);
    metrics.put(Declared.TRACKER_BYTES, found.metrics().whole(Declared.TRACKER_BYTES));
    metrics.put(
        Declared.TRACKER_KERNEL_BYTES, found.metrics().whole(Declared.TRACKER_KERNEL_BYTES));
    metrics.put(Declared.STATE_HASH, String.valueOf(found.metrics().written(Declared.STATE_HASH)));
    return Repetition.of(cell, rep, metrics, Map.of(), List.of());
  }

  private static long allocatedBytes() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
        ? threads.getCurrentThreadAllocatedBytes()
        : 0;
  }
}
