// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import org.HdrHistogram.Histogram;

/**
 * One repetition of a cell, as an engine hands it over or as it stands in a file.
 *
 * @param run which of several processes that wrote to the same results; empty until it is written
 * @param rep from 1; 0 if there is none because the cell did not run
 * @param reason why it is not ok, else empty
 * @param metrics in the order they are written
 * @param latencies histograms in ns by what they are of; none if it was read from a file
 * @param timeline memory over the trace; empty if it is the same as of an earlier repetition
 */
public record Repetition(
    String run,
    Cell cell,
    int rep,
    Status status,
    String reason,
    Metrics metrics,
    Map<String, Histogram> latencies,
    List<MemoryPoint> timeline) {

  public enum Status {
    OK,
    UNSUPPORTED,
    FAILED
  }

  /**
   * Memory at a point of the trace.
   *
   * @param conversion how many conversions were done
   * @param doubleAllocatedBytes the highest since the point before
   * @param vmemmapLostBytes struct pages that are there because folios were split; -1 if unknown
   * @param hugeMappedBytes what of the guest can be mapped by entries of 2M or more; -1 if unknown
   */
  public record MemoryPoint(
      long conversion,
      long privateBytes,
      long sharedBytes,
      long doubleAllocatedBytes,
      long trackerBytes,
      long vmemmapLostBytes,
      long hugeMappedBytes) {}

  /** One that went well. */
  public static Repetition of(
      Cell cell,
      int rep,
      Metrics metrics,
      Map<String, Histogram> latencies,
      List<MemoryPoint> timeline) {
    return new Repetition("", cell, rep, Status.OK, "", metrics, latencies, timeline);
  }

  /** A cell that did not run, or whose answer was wrong. */
  public static Repetition without(Cell cell, Status status, String reason) {
    return new Repetition("", cell, 0, status, reason, new Metrics(), Map.of(), List.of());
  }

  /** The same with other metrics. */
  public Repetition with(Metrics others) {
    return new Repetition(run, cell, rep, status, reason, others, latencies, timeline);
  }

  /** What samples.csv holds of it if a run of this label writes it. */
  Repetition inSamples(String label) {
    return new Repetition(label, cell, rep, status, reason, metrics, Map.of(), List.of());
  }

  public boolean isOk() {
    return status == Status.OK;
  }

  public boolean has(Metric metric) {
    return metrics.has(metric);
  }

  /** NaN if it has none. */
  public double number(Metric metric) {
    return metrics.number(metric);
  }

  /** Has it a metric of this name? */
  public boolean has(String metric) {
    return metrics.has(Metric.named(metric));
  }

  /** The metric of this name; NaN if it has none. */
  public double number(String metric) {
    return metrics.number(Metric.named(metric));
  }
}
