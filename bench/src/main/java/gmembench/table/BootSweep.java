// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import module java.base;

import gmembench.Units;
import gmembench.result.Metric;
import gmembench.result.ResultFolder;

/** The boot table over what it depends on: modelled, so exact. */
public record BootSweep(double baseS, List<Row> rows) {
  /** The file that {@code reproduce --sweep} writes. */
  public static final String FILE = "sweep.csv";

  public static final String EAGER = "eager-punch-hole";
  public static final String LAZY = "lazy-discard";

  /** What varies. */
  public enum Axis {
    INITRD,
    COST,
    VCPUS,
    IOCTL
  }

  /**
   * A boot by one strategy.
   *
   * @param axis which table it belongs to
   * @param boot what is booted, in words
   * @param costs which discards cost, in words
   * @param discardNs what such a discard costs, without the share of vCPUs
   * @param perVcpuNs what it costs for each vCPU
   */
  public record Row(
      Axis axis,
      String boot,
      long initrdBytes,
      int vcpus,
      String costs,
      long discardNs,
      long perVcpuNs,
      String strategy,
      long conversions,
      long discards,
      double bootS) {
    String shortName() {
      int colon = strategy.indexOf(':');
      String name = colon < 0 ? strategy : strategy.substring(0, colon);
      return name.replace("-discard", "").replace("-punch-hole", "");
    }

    public boolean isOf(String name) {
      return strategy.equals(name) || strategy.startsWith(name + ":");
    }
  }

  public String csv() {
    StringBuilder out =
        new StringBuilder(
            ResultFolder.line(
                List.of(
                    "axis",
                    "boot",
                    "initrd_bytes",
                    "vcpus",
                    "costs",
                    "discard_ns",
                    "per_vcpu_ns",
                    "strategy",
                    "conversions",
                    "discards",
                    "boot_s")));
    for (Row r : rows) {
      out.append(
          ResultFolder.line(
              List.of(
                  r.axis().name().toLowerCase(java.util.Locale.ROOT),
                  r.boot(),
                  Long.toString(r.initrdBytes()),
                  Integer.toString(r.vcpus()),
                  r.costs(),
                  Long.toString(r.discardNs()),
                  Long.toString(r.perVcpuNs()),
                  r.strategy(),
                  Long.toString(r.conversions()),
                  Long.toString(r.discards()),
                  Metric.number(r.bootS()))));
    }
    return out.toString();
  }

  /** All tables. */
  public String text() {
    return "Boot, seconds, over the disk and the size of the initrd; a discard costs "
        + Units.decimal(firstCostNs() / 1e6, 2)
        + " ms:\n"
        + table(Axis.INITRD, "boot", Row::boot, r -> "initrd", r -> Units.size(r.initrdBytes()))
        + "\nBoot, seconds, of "
        + of(Axis.COST).get(0).boot()
        + " over the cost of a discard, by which discards cost so much:\n"
        + table(Axis.COST, "discards", Row::costs, r -> "cost", r -> micros(r.discardNs()))
        + "\nBoot, seconds, of the same over vCPUs, if a discard costs that much for each of them:\n"
        + table(Axis.VCPUS, "a vCPU", r -> micros(r.perVcpuNs()), r -> "vCPUs", r -> "" + r.vcpus())
        + "\nWhen does lazy discard stop mattering? When it saves less than 1 % of the boot's "
        + Units.decimal(baseS, 0)
        + " s,\nthat is, when a discard costs less than:\n"
        + breakEven()
        + "\nBoot, seconds, of the same if each conversion is an ioctl (attribute=true), which zaps and\n"
        + "flushes too: of "
        + Units.decimal(firstCostNs() / 1e6, 2)
        + " ms a share is the discard's, the rest the ioctl's, paid each time:\n"
        + table(Axis.IOCTL, "share", Row::costs, r -> "discard", r -> micros(r.discardNs()))
        + ioctl();
  }

  private double firstCostNs() {
    return of(Axis.INITRD).get(0).discardNs();
  }

  private List<Row> of(Axis axis) {
    return rows.stream().filter(r -> r.axis() == axis).toList();
  }

  private interface Part {
    String of(Row row);
  }

  /** A line for each point, a column for each strategy. */
  private String table(Axis axis, String what, Part group, Part unit, Part point) {
    List<Row> of = of(axis);
    Set<String> strategies = new LinkedHashSet<>();
    of.forEach(r -> strategies.add(r.shortName()));
    List<String> heading = new ArrayList<>(List.of(what, unit.of(of.get(0))));
    heading.addAll(strategies);
    Table table = new Table(heading.toArray(String[]::new));
    Map<String, List<String>> lines = new LinkedHashMap<>();
    for (Row r : of) {
      lines
          .computeIfAbsent(
              group.of(r) + "\t" + point.of(r),
              key -> new ArrayList<>(List.of(group.of(r), point.of(r))))
          .add(Units.decimal(r.bootS(), 1));
    }
    lines.values().forEach(line -> table.row(line.toArray(String[]::new)));
    return table.toString();
  }

  /** From which share of a conversion's cost on the discards that lazy spares are worth it. */
  private String ioctl() {
    Row eager = of(Axis.IOCTL).stream().filter(r -> r.isOf(EAGER)).findFirst().orElseThrow();
    double percent = baseS / (eager.discards() * firstCostNs() / 1e9);
    return "A lazy discard saves 1 % of the boot's "
        + Units.decimal(baseS, 0)
        + " s from a share of "
        + Units.decimal(percent, 2)
        + " % on, 10 % from "
        + Units.decimal(10 * percent, 1)
        + " % on,\nand half of what conversions take from 50 % on.\n";
  }

  /** What a discard may cost before eager discards take a percent of the base longer than lazy. */
  private String breakEven() {
    Table table = new Table("boot", "initrd", "eager", "lazy", "1 % of the boot", "10 %");
    List<Row> of = of(Axis.INITRD);
    for (Row eager : of) {
      for (Row lazy : of) {
        boolean same =
            lazy.boot().equals(eager.boot()) && lazy.initrdBytes() == eager.initrdBytes();
        if (same && eager.isOf(EAGER) && lazy.isOf(LAZY)) {
          double percentNs = baseS * 1e7 / Math.max(1, eager.discards() - lazy.discards());
          table.row(
              eager.boot(),
              Units.size(eager.initrdBytes()),
              Long.toString(eager.discards()),
              Long.toString(lazy.discards()),
              micros(Math.round(percentNs)),
              micros(Math.round(10 * percentNs)));
        }
      }
    }
    return table + "eager, lazy: discards that the boot makes.\n";
  }

  static String micros(long ns) {
    return ns >= 1_000_000
        ? Units.decimal(ns / 1e6, ns % 1_000_000 == 0 ? 0 : 2) + " ms"
        : Units.decimal(ns / 1e3, ns % 1000 == 0 ? 0 : 1) + " us";
  }
}
