// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.chart.HeatMapChart;
import gmembench.guest.Guest;
import gmembench.run.Heat;
import gmembench.table.Table;
import gmembench.trace.Trace;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceStat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Counts, sizes, reuse, places and lifetimes of a trace's conversions. */
@Command(
    name = "stat",
    description = "Counts, sizes, reuse, places and lifetimes of a trace's conversions.")
final class TraceStatCommand implements Runnable {
  private static final int COLUMNS = 240;
  private static final int ROWS = 120;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "TRACE", description = "A trace.")
  private Path file = Path.of("");

  @Option(
      names = "--guest",
      paramLabel = "SIZE",
      description = "Memory of the guest; by default up to the highest page named.")
  private @Nullable String guestSize;

  @Option(
      names = "--chart",
      paramLabel = "FILE",
      description = "Draws a heat map of gfn against time; .svg or .png.")
  private @Nullable Path chart;

  @Override
  public void run() {
    if (chart != null && !HeatMapChart.canWrite(chart)) {
      throw new InputException("--chart", "'" + chart + "'", "a name that ends with .svg or .png");
    }
    Trace trace = TraceBounds.read(file);
    Guest guest = guest(trace, guestSize);
    TraceStat stat = TraceStat.of(trace, guest);
    PrintWriter out = spec.commandLine().getOut();
    Table figures = Table.leftAligned(String.valueOf(file.getFileName()), "");
    stat.figures().forEach(figures::row);
    out.println(figures);
    Table sizes = new Table("pages", "to_shared");
    stat.sizes().forEach((from, count) -> sizes.row(range(from), Long.toString(count)));
    out.println(sizes);
    Table frames = new Table("2M frame", "to_shared");
    stat.hottestFrames().forEach((gfn, n) -> frames.row(Units.hex(gfn), Long.toString(n)));
    out.println(frames);
    if (chart != null) {
      HeatMapChart.write(Heat.of(String.valueOf(file.getFileName()), trace, COLUMNS, ROWS), chart);
      OutOptions.printPath(chart, spec);
    }
  }

  private static String range(long from) {
    return from == 1 ? "1" : from + "-" + (from * 2 - 1);
  }

  /** The guest that a user names, which must hold the trace; else the smallest that does. */
  static Guest guest(Trace trace, @Nullable String size) {
    TraceBounds bounds = TraceBounds.of(trace);
    if (size == null) {
      return bounds.guest();
    }
    long pages = pages(size, "--guest");
    if (pages < bounds.endGfn()) {
      throw new InputException(
          "--guest", "'" + size + "' ends below " + Units.hex(bounds.endGfn()), "a larger guest");
    }
    return new Guest(pages, bounds.guest().vcpus());
  }

  /** A size in whole pages, up to 64 TiB. */
  static long pages(String size, String option) {
    long bytes = Units.bytes(size, option);
    if (bytes < Units.PAGE_BYTES || bytes % Units.PAGE_BYTES != 0 || bytes > 64L << 40) {
      throw new InputException(option, "'" + size + "'", "whole pages of 4 KiB, up to 64TiB");
    }
    return bytes / Units.PAGE_BYTES;
  }
}
