// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import gmembench.guest.Guest;
import java.nio.file.Path;

/**
 * How much a trace needs, for tools that know the trace but no guest.
 *
 * @param events lines
 * @param lastNs time of the last event
 * @param endGfn the first gfn above all that are named
 * @param vcpus the highest vcpu and one
 */
public record TraceBounds(long events, long lastNs, long endGfn, int vcpus) {
  /** 64 TiB: more than any guest has, and what the tools' bit sets allow. */
  public static final long MOST_PAGES = 1L << 34;

  private static final Guest ANY = new Guest(MOST_PAGES, 1 << 16);

  /** A trace of any guest. */
  public static Trace read(Path file) {
    return TraceFile.read(file, ANY);
  }

  public static TraceBounds of(Trace trace) {
    long[] bounds = new long[4];
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      bounds[0]++;
      bounds[1] = atNs;
      bounds[2] = Math.max(bounds[2], gfn + pages);
      bounds[3] = Math.max(bounds[3], vcpu + 1);
    });
    return new TraceBounds(bounds[0], bounds[1], bounds[2], (int) bounds[3]);
  }

  /** The smallest guest that the trace fits in. */
  public Guest guest() {
    return new Guest(Math.max(1, endGfn), Math.max(1, vcpus));
  }
}
