// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import module java.base;

import gmembench.Units;
import gmembench.trace.Batch;
import gmembench.trace.Op;

/** What an import found: counted while the trace is written, complete when it is. */
public final class ImportReport {
  private final long[] conversions = new long[Op.values().length];
  private final long[] pages = new long[Op.values().length];
  private final Map<String, Long> skipped = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();
  private long events;
  private long firstNs;
  private long lastNs;
  private int vcpus;
  private long lines;
  private long implicit;
  private long leftOut;
  private long pagesLeftOut;
  private boolean hasThreads;
  private String source = "";

  ImportReport() {}

  void add(Batch batch) {
    for (int i = 0; i < batch.size; i++) {
      firstNs = events == 0 && i == 0 ? batch.atNs[i] : firstNs;
      lastNs = batch.atNs[i];
      conversions[batch.op[i]]++;
      pages[batch.op[i]] += batch.pages[i];
      vcpus = Math.max(vcpus, batch.vcpu[i] + 1);
    }
    events += batch.size;
  }

  void leftOut(long count) {
    leftOut++;
    pagesLeftOut += count;
  }

  /** The log is over; the events may still be on their way. */
  void end(long lines, Log log, Reorder reorder) {
    this.lines = lines;
    implicit = log.implicits();
    skipped.putAll(log.skipped());
    LogClock clock = log.clock();
    source = clock.source();
    hasThreads = clock.hasThreads();
    if (!clock.hasTimes() && clock.untimed() > 1) {
      warnings.add("no times found: events are 1 us apart");
    } else if (clock.hasTimes() && clock.untimed() > 0) {
      warnings.add(
          clock.untimed() + " events have no time by " + source + ": that of the event before");
    }
    if (!clock.jumps().isEmpty()) {
      String more =
          clock.jumps().size() == 1 ? "" : ", and " + (clock.jumps().size() - 1) + " more";
      warnings.add(
          "time goes back by " + clock.jumps().getFirst() + more + ": it goes on from there");
    }
    if (reorder.sorted() > 0) {
      warnings.add(reorder.sorted() + " events were logged late: sorted by time");
    }
    if (!log.losses().text().isEmpty()) {
      warnings.add(log.losses().text());
    }
  }

  long leftOut() {
    return leftOut;
  }

  /** Trace lines written. */
  public long events() {
    return events;
  }

  public long conversions(Op op) {
    return conversions[op.ordinal()];
  }

  public long pages(Op op) {
    return pages[op.ordinal()];
  }

  public int vcpus() {
    return vcpus;
  }

  /** Between the first and the last event. */
  public long spanNs() {
    return lastNs - firstNs;
  }

  /** Conversions that a guest did not ask for: it touched a page as what it was not. */
  public long implicit() {
    return implicit;
  }

  /** What the user should know before trusting the trace, a line each. */
  public List<String> warnings() {
    return warnings;
  }

  /** Conversions, pages, vCPUs, time and its source, lines and why some were skipped. */
  public String summary() {
    StringBuilder out = new StringBuilder();
    out.append(of(Op.TO_SHARED, "to shared")).append(", ").append(of(Op.TO_PRIVATE, "to private"));
    if (implicit > 0) {
      out.append(", ").append(implicit).append(" of them implicit");
    }
    out.append("; ").append(counted(vcpus, "vCPU")).append(hasThreads ? "" : " (no thread ids)");
    out.append("; ").append(Units.span(spanNs())).append(" (").append(source).append(")");
    out.append("; ").append(counted(lines, "line"));
    String separator = ", skipped ";
    for (Map.Entry<String, Long> reason : skipped.entrySet()) {
      out.append(separator).append(reason.getValue()).append(' ').append(reason.getKey());
      separator = ", ";
    }
    if (leftOut > 0) {
      out.append("; left out ").append(counted(leftOut, "conversion"));
      out.append(" of ")
          .append(counted(pagesLeftOut, "page"))
          .append(" outside the guest's memory");
    }
    return out.toString();
  }

  private String of(Op op, String name) {
    return conversions(op) + " " + name + " (" + counted(pages(op), "page") + ")";
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
