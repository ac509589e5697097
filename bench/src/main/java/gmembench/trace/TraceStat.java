// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import org.HdrHistogram.Histogram;

/**
 * What is in a trace: how much of what, how large, how often the same pages, how long they stay
 * shared, and where. Memory follows the number of different starts of ranges, 48 bytes each.
 */
public final class TraceStat {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int HOTTEST = 8;

  private final long[] opCount = new long[Op.values().length];
  private final long[] opPages = new long[Op.values().length];
  private final long[] sizes = new long[64];
  private final LongMap starts = new LongMap();
  private final LongMap frames = new LongMap();
  private final PageSet everShared;
  private final PageSet openStarts;
  private final PageSet shared;
  private final Histogram reuse = new Histogram(3);
  private final Histogram lifetime = new Histogram(3);
  private final Guest guest;
  private long lastNs;
  private long second;
  private long inSecond;
  private long busiestSecond;

  private TraceStat(Guest guest) {
    this.guest = guest;
    this.everShared = new PageSet(guest.pages());
    this.openStarts = new PageSet(guest.pages());
    this.shared = new PageSet(guest.pages());
  }

  public static TraceStat of(Trace trace, Guest guest) {
    TraceStat stat = new TraceStat(guest);
    trace.forEach((atNs, vcpu, op, gfn, pages) -> stat.event(atNs, op, gfn, pages));
    return stat;
  }

  private void event(long atNs, Op op, long gfn, long pages) {
    lastNs = atNs;
    opCount[op.ordinal()]++;
    opPages[op.ordinal()] = Math.addExact(opPages[op.ordinal()], pages);
    if (op.isConversion()) {
      if (atNs / SECOND_NS != second) {
        second = atNs / SECOND_NS;
        inSecond = 0;
      }
      busiestSecond = Math.max(busiestSecond, ++inSecond);
      if (op.side() == Side.SHARED) {
        share(atNs, gfn, pages);
      } else {
        unshare(atNs, gfn, pages);
      }
    }
  }

  private void share(long atNs, long gfn, long pages) {
    sizes[63 - Long.numberOfLeadingZeros(pages)]++;
    everShared.add(gfn, pages);
    shared.add(gfn, pages);
    for (long at = gfn; at < gfn + pages; at = (at | (Guest.FRAME_PAGES - 1)) + 1) {
      int frame = frames.at(at / Guest.FRAME_PAGES);
      frames.first(frame, frames.first(frame) + 1);
    }
    long index = toShared();
    int start = starts.at(gfn);
    if (starts.first(start) > 0) {
      reuse.recordValue(index - starts.first(start));
    }
    starts.first(start, index);
    if (openStarts.add(gfn, 1) > 0) {
      starts.second(start, atNs);
    }
  }

  private void unshare(long atNs, long gfn, long pages) {
    long end = gfn + pages;
    for (long at = openStarts.next(gfn, end); at < end; at = openStarts.next(at + 1, end)) {
      lifetime.recordValue(atNs - starts.second(starts.at(at)));
    }
    openStarts.remove(gfn, pages);
    shared.remove(gfn, pages);
  }

  /** Figures by name, in order; times in the unit that fits. */
  public Map<String, String> figures() {
    Map<String, String> rows = new LinkedHashMap<>();
    for (int i = 0; i < opCount.length; i++) {
      if (opCount[i] > 0) {
        rows.put(Op.of(i).text(), opCount[i] + " (" + opPages[i] + " pages)");
      }
    }
    rows.put("duration", Units.span(lastNs));
    long conversions =
        toShared() + opCount[Op.TO_PRIVATE.ordinal()] + opCount[Op.HOST_TO_PRIVATE.ordinal()];
    if (lastNs > 0) {
      rows.put("conversions per second", Units.decimal(conversions / (lastNs / 1e9), 0));
    }
    rows.put("in the busiest second", Long.toString(busiestSecond));
    rows.put("pages ever shared", of(everShared.size(), guest.pages()));
    rows.put("2M frames ever shared", of(frames.size(), guest.pages() / Guest.FRAME_PAGES));
    rows.put("ranges that start where an earlier did", reuseShare());
    if (reuse.getTotalCount() > 0) {
      rows.put("reuse distance, median", Long.toString(reuse.getValueAtPercentile(50)));
      rows.put("reuse distance, 90 %", Long.toString(reuse.getValueAtPercentile(90)));
    }
    if (lifetime.getTotalCount() > 0) {
      rows.put("shared for, median", Units.span(lifetime.getValueAtPercentile(50)));
      rows.put("shared for, longest", Units.span(lifetime.getMaxValue()));
    }
    rows.put("runs shared at the end", sharedRuns() + " (" + shared.size() + " pages)");
    return rows;
  }

  /** Ranges that touch each other are one run. */
  private long sharedRuns() {
    long[] runs = {0};
    shared.forEachRun((gfn, count) -> runs[0]++);
    return runs[0];
  }

  private String reuseShare() {
    return of(reuse.getTotalCount(), toShared());
  }

  private long toShared() {
    return opCount[Op.TO_SHARED.ordinal()] + opCount[Op.HOST_TO_SHARED.ordinal()];
  }

  /** Conversions to shared by size: from so many pages, up to the double. */
  public Map<Long, Long> sizes() {
    Map<Long, Long> rows = new LinkedHashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] > 0) {
        rows.put(1L << i, sizes[i]);
      }
    }
    return rows;
  }

  /** The 2M frames with most conversions to shared: first gfn, count; hottest first. */
  public Map<Long, Long> hottestFrames() {
    List<long[]> all = new ArrayList<>();
    frames.forEach((frame, count, _) -> all.add(new long[] {frame, count}));
    all.sort(Comparator.<long[]>comparingLong(f -> -f[1]).thenComparingLong(f -> f[0]));
    Map<Long, Long> rows = new LinkedHashMap<>();
    all.stream().limit(HOTTEST).forEach(f -> rows.put(f[0] * Guest.FRAME_PAGES, f[1]));
    return rows;
  }

  private static String of(long part, long whole) {
    String percent = whole == 0 ? "-" : Units.decimal(100.0 * part / whole, 1) + " %";
    return part + " of " + whole + " (" + percent + ")";
  }
}
