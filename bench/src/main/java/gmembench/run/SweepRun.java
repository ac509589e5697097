// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.Plugins;
import gmembench.backing.Memfd;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.guest.Guest;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.pattern.Pattern;
import gmembench.result.Declared;
import gmembench.strategy.Strategy;
import gmembench.table.BootSweep;
import gmembench.table.BootSweep.Axis;
import gmembench.table.BootSweep.Row;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;

/** Models boots over what their time depends on. */
public final class SweepRun {
  private static final List<String> STRATEGIES =
      List.of(
          "snp",
          "no-shared-discard",
          "eager-punch-hole",
          "lazy-discard",
          "adaptive-discard",
          "batched-discard");

  private static final long MIB = 1 << 20;
  private static final long[] INITRDS = {0, 16 * MIB, 64 * MIB, 128 * MIB, 256 * MIB};
  private static final List<String> DISKS = List.of("virtio-blk", "virtio-scsi", "ahci");

  /** 1 us to 10 ms. */
  private static final long[] COSTS_NS = {
    1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000
  };

  /** Percent of a conversion's cost that is the discard's; the rest is the ioctl's. */
  private static final int[] SHARES = {0, 1, 5, 10, 25, 50, 75, 90, 100};

  private static final long[] PER_VCPU_NS = {1_000, 10_000, 100_000};
  private static final int[] VCPUS = {1, 4, 16, 64, 248};

  private final List<Strategy> strategies =
      STRATEGIES.stream().map(s -> Strategy.parse(s)).toList();

  private final List<Strategy> afterIoctl =
      STRATEGIES.stream()
          .map(s -> Strategy.parse(s.equals("snp") ? s : s + ":attribute=true"))
          .toList();

  private final Workload.Boot boot;
  private final long guestPages;
  private final long fittedNs;
  private final List<Row> rows = new ArrayList<>();

  /** The base and the cost of a discard are those of the workload with published times. */
  public SweepRun(Home home, String published) {
    Workload workload = home.workload(published);
    this.boot = Objects.requireNonNull(workload.boot(), published + " has published times");
    this.guestPages = workload.guest().pages();
    this.fittedNs = home.costs("snp-upm-2022").value("memfd.discard.fixed_ns");
  }

  public BootSweep run() {
    overInitrd();
    overCost();
    overVcpus();
    overIoctl();
    return new BootSweep(boot.baseNs() / 1e9, List.copyOf(rows));
  }

  private void overInitrd() {
    for (String disk : DISKS) {
      for (long initrd : INITRDS) {
        add(Axis.INITRD, boot(disk, initrd, false, 1), "both sides", fittedNs, 0);
      }
    }
    for (long initrd : INITRDS) {
      add(Axis.INITRD, boot("virtio-blk", initrd, true, 1), "both sides", fittedNs, 0);
    }
  }

  private void overCost() {
    Boot measured = boot("virtio-blk", 3256L << 12, false, 1);
    for (String side : List.of("both sides", "private only", "shared only")) {
      for (long ns : COSTS_NS) {
        add(Axis.COST, measured, side, ns, 0);
      }
    }
  }

  private void overVcpus() {
    for (long ns : PER_VCPU_NS) {
      for (int vcpus : VCPUS) {
        add(Axis.VCPUS, boot("virtio-blk", 3256L << 12, false, vcpus), "both sides", 0, ns);
      }
    }
  }

  /**
   * The ioctl zaps and flushes as a discard does, so a part of what a discard cost in 2022 is paid
   * each time that it converts.
   */
  private void overIoctl() {
    Boot measured = boot("virtio-blk", 3256L << 12, false, 1);
    for (int share : SHARES) {
      long discardNs = fittedNs * share / 100;
      String ioctl = "[memfd.attribute]\nfixed_ns = " + (fittedNs - discardNs) + "\n";
      Costs costs = Costs.of("sweep", profile(discardNs, discardNs, 0) + ioctl);
      add(Axis.IOCTL, measured, share + " %", discardNs, 0, costs, afterIoctl);
    }
  }

  private record Boot(String what, long initrdBytes, Workload workload) {}

  private Boot boot(String disk, long initrdBytes, boolean pool, int vcpus) {
    Map<String, String> options =
        Map.of("disk", disk, "initrd", initrdBytes + "B", "bounce-pool", Boolean.toString(pool));
    Pattern pattern = Plugins.make(Pattern.class, "ovmf-flips", options, "sweep");
    Workload workload =
        new Workload(
            "ovmf-flips",
            "",
            new Guest(guestPages, vcpus),
            new Workload.Generated(pattern),
            boot,
            1,
            "");
    return new Boot(disk + (pool ? ", bounce pool" : ""), initrdBytes, workload);
  }

  private void add(Axis axis, Boot boot, String side, long discardNs, long perVcpuNs) {
    long privateNs = side.startsWith("shared") ? 0 : discardNs;
    long sharedNs = side.startsWith("private") ? 0 : discardNs;
    Costs costs = Costs.of("sweep", profile(privateNs, sharedNs, perVcpuNs));
    add(axis, boot, side, discardNs, perVcpuNs, costs, strategies);
  }

  private void add(
      Axis axis,
      Boot boot,
      String side,
      long discardNs,
      long perVcpuNs,
      Costs costs,
      List<Strategy> converts) {
    Block block = new Block(boot.workload(), new Memfd(), new Bitmap(), converts);
    new Model(costs)
        .run(
            block,
            o ->
                rows.add(
                    new Row(
                        axis,
                        boot.what(),
                        boot.initrdBytes(),
                        boot.workload().guest().vcpus(),
                        side,
                        discardNs,
                        perVcpuNs,
                        o.cell().strategy(),
                        o.metrics().whole(Declared.CONVERSIONS),
                        o.metrics().whole(Declared.VERB_COUNT.of(Verb.DISCARD.text())),
                        o.metrics().number(Declared.BOOT_S))));
  }

  private static String profile(long privateNs, long sharedNs, long perVcpuNs) {
    return Stream.of(
            "# What if.",
            "[memfd.touch]",
            "fixed_ns = 0",
            "[memfd.discard.private]",
            "fixed_ns = " + privateNs,
            "per_vcpu_ns = " + perVcpuNs,
            "[memfd.discard.shared]",
            "fixed_ns = " + sharedNs,
            "per_vcpu_ns = " + perVcpuNs)
        .collect(java.util.stream.Collectors.joining("\n", "", "\n"));
  }
}
