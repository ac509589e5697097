// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * One repetition of a cell.
 *
 * @param rep from 1; 0 if there is none because the cell did not run
 * @param reason why it is not ok, else empty
 * @param metrics by name with the unit in it, in the order they are written
 * @param latencies histograms in ns by what they are of
 * @param timeline memory over the trace; empty if it is the same as of an earlier repetition
 */
public record Observation(
    Cell cell,
    int rep,
    Status status,
    String reason,
    Map<String, String> metrics,
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

  /** A cell that did not run, or whose answer was wrong. */
  public static Observation without(Cell cell, Status status, String reason) {
    return new Observation(cell, 0, status, reason, Map.of(), Map.of(), List.of());
  }
}
