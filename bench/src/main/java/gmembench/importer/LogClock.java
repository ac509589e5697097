// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import module java.base;

import gmembench.Units;
import gmembench.trace.Events;
import gmembench.trace.LineReader;
import org.jspecify.annotations.Nullable;

/**
 * The times and threads of a log's events. A log has one source of time: the form of the first
 * stamp that is found. Time counts from the first event that has any; without times every event
 * takes 1 us.
 */
final class LogClock {
  private static final long WITHOUT_TIME_NS = 1000;
  private static final int MOST_VCPUS = 4096;
  private static final byte[] PID = " pid=".getBytes(StandardCharsets.UTF_8);

  /** Threads overtake each other by less; more is a clock that was set, or another run. */
  private static final long OVERTAKEN_NS = 1_000_000_000L;

  private static final Pattern ESCAPE =
      Pattern.compile("\u001b\\[[0-9;?=]*[@-~]|\u001b[@-Z\\\\^_]");

  /** What simpletrace.py prints: a name, the microseconds since the line before, the process. */
  private static final Pattern DIFFERENCE =
      Pattern.compile("^\\w+ (-?\\d{1,12})\\.(\\d{3}) pid=\\d+(?: |$)");

  private final LineReader in;
  private final Map<Long, Integer> vcpus = new LinkedHashMap<>();
  private final List<String> jumps = new ArrayList<>();
  private @Nullable TimeForm form;
  private boolean isWhole = true;
  private boolean column;
  private boolean differences;
  private long differencesLine;
  private long sumNs = TimeForm.MOST_NS / 2; // a difference may be negative
  private TimeForm.Stamp stamp = TimeForm.NONE;
  private boolean begun;
  private long baseNs;
  private long highestNs;
  private long untimed;
  private int vcpu;

  LogClock(LineReader in) {
    this.in = in;
  }

  /** Adds the difference of a line of simpletrace.py, if it is one. */
  void readDifference() {
    if (!in.contains(PID)) {
      return;
    }
    Matcher m = DIFFERENCE.matcher(in.text());
    if (m.find()) {
      boolean back = m.group(1).startsWith("-");
      long us = Math.abs(Long.parseLong(m.group(1)));
      long ns = us * 1000 + Long.parseLong(m.group(2));
      sumNs = Math.clamp(sumNs + (back ? -ns : ns), 0, TimeForm.MOST_NS);
      differences = true;
      differencesLine = in.number();
    }
  }

  /** Reads the stamp of an event, whose name begins at a byte of the line. */
  void read(int nameAt) {
    if (differences) {
      boolean has = differencesLine == in.number();
      stamp = has ? new TimeForm.Stamp(sumNs, 0, false) : TimeForm.NONE;
      return;
    }
    String prefix = new String(in.bytes(), 0, nameAt, StandardCharsets.UTF_8);
    prefix = ESCAPE.matcher(prefix).replaceAll("");
    // Other text that the event is glued to, such as a guest's console, has no stamp of the event.
    boolean glued = !prefix.isEmpty() && " \t:".indexOf(prefix.charAt(prefix.length() - 1)) < 0;
    stamp = glued || prefix.isEmpty() ? TimeForm.NONE : read(prefix);
    isWhole &= stamp.ns() < 0 || stamp.isWhole();
  }

  private TimeForm.Stamp read(String prefix) {
    if (form != null) {
      return form.read(prefix);
    }
    for (TimeForm each : TimeForm.values()) {
      TimeForm.Stamp read = each.read(prefix);
      if (read.ns() >= 0) {
        form = each;
        return read;
      }
    }
    return TimeForm.NONE;
  }

  /** Puts what follows at the event's time, before or after that of the event before. */
  void jump(Events out) {
    if (stamp.ns() < 0) {
      without(out);
    } else {
      out.jump(sinceFirst(out));
    }
  }

  /** Puts what follows at the event's time, if that is later. */
  void follow(Events out) {
    if (stamp.ns() < 0) {
      without(out);
    } else {
      out.at(sinceFirst(out));
    }
  }

  private void without(Events out) {
    untimed++;
    if (!begun) {
      out.idle(WITHOUT_TIME_NS);
    }
  }

  private long sinceFirst(Events out) {
    long ns = stamp.ns();
    if (!begun) {
      begun = true;
      baseNs = ns - out.nowNs();
      highestNs = ns;
    } else if (ns < highestNs - OVERTAKEN_NS) {
      jumps.add(Units.span(highestNs - ns) + " at line " + in.number());
      baseNs -= highestNs - ns;
      highestNs = ns;
      if (baseNs < -TimeForm.MOST_NS) {
        throw in.error("time goes back to " + ns + " ns again", "at most 73 years in all");
      }
    }
    highestNs = Math.max(highestNs, ns);
    return ns - baseNs;
  }

  /** The thread of the stamp, or 0. */
  long thread() {
    return stamp.thread();
  }

  /**
   * The thread as a vCPU: they are numbered in the order in which they turn up. An event without a
   * thread is on the vCPU of the event before.
   */
  int vcpu() {
    if (stamp.thread() > 0) {
      Integer known = vcpus.get(stamp.thread());
      vcpu = known == null ? vcpus.size() : known;
      if (vcpu == MOST_VCPUS) {
        throw in.error("more than " + MOST_VCPUS + " threads", "a thread a vcpu");
      }
      vcpus.put(stamp.thread(), vcpu);
    }
    return vcpu;
  }

  /** The format has a column of times that every event must have. */
  void isColumn() {
    begun = true;
    column = true;
  }

  boolean hasThreads() {
    return !vcpus.isEmpty();
  }

  boolean hasTimes() {
    return begun;
  }

  /** Events that had no stamp. */
  long untimed() {
    return untimed;
  }

  /** "5.00 s at line 7", where time goes back by more than threads overtake each other. */
  List<String> jumps() {
    return jumps;
  }

  /** Where the times are from. */
  String source() {
    if (column) {
      return "its column time_us";
    } else if (!begun) {
      return "no times: 1 us an event";
    } else if (differences || form == null) {
      return "simpletrace's differences";
    }
    return form.text() + (isWhole ? ", whole seconds" : "");
  }
}
