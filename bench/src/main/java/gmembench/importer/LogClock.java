// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.LineReader;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * The times and threads of a log's prefixes. Time counts from the first event that has any; where
 * threads overtake each other it stands still, and without times every event takes 1 us.
 */
final class LogClock {
  private static final long NO_TIME = -1;
  private static final long WITHOUT_TIME_NS = 1000;
  private static final int MOST_VCPUS = 4096;

  private final LineReader in;
  private long[] threads = new long[16];
  private int known;
  private int last;
  private long firstNs = NO_TIME;
  private long thread;
  private long ns;

  LogClock(LineReader in) {
    this.in = in;
  }

  /**
   * Reads what QEMU puts before an event's name, up to {@code end}: {@code tid@sec.usec:}, {@code
   * 2025-11-21T11:29:32.123456Z}, other words, or nothing.
   */
  void readQemuPrefix(int end) {
    byte[] line = in.bytes();
    thread = 0;
    ns = NO_TIME;
    for (int from = 0; from < end; ) {
      int to = from;
      int at = -1;
      while (to < end && line[to] != ' ') {
        at = line[to] == '@' ? to : at;
        to++;
      }
      int last = to > from && line[to - 1] == ':' ? to - 1 : to;
      if (at > from) {
        thread = Math.max(0, LineCursor.parse(line, from, at, 10));
        ns = seconds(line, at + 1, last);
      } else if (ns < 0) {
        ns = iso(line, from, last);
      }
      from = to + 1;
    }
  }

  /**
   * Reads what the kernel's tracer puts there: {@code comm-pid [cpu] flags sec.usec:}, with a space
   * for the dash in perf's output.
   */
  void readTracerPrefix(int end) {
    byte[] line = in.bytes();
    thread = 0;
    ns = NO_TIME;
    int before = 0;
    for (int from = 0; from < end; ) {
      int to = from;
      while (to < end && line[to] != ' ') {
        to++;
      }
      if (to > from && line[from] == '[') {
        thread = Math.max(thread, numberBefore(line, before));
      } else if (to - from > 2 && line[to - 1] == ':') {
        long time = seconds(line, from, to - 1);
        ns = time < 0 ? ns : time;
      }
      before = to > from ? to : before;
      from = to + 1;
    }
  }

  private static long numberBefore(byte[] line, int end) {
    int from = end;
    while (from > 0 && line[from - 1] >= '0' && line[from - 1] <= '9') {
      from--;
    }
    return LineCursor.parse(line, from, end, 10);
  }

  /** Puts the events that follow at the time that was read, or 1 us on if there was none. */
  void set(Events out) {
    if (ns < 0) {
      out.idle(WITHOUT_TIME_NS);
      return;
    }
    if (firstNs == NO_TIME) {
      firstNs = ns - out.nowNs();
    }
    out.at(ns - firstNs);
  }

  /** The thread that was read as a vCPU: they are numbered in the order in which they turn up. */
  int vcpu() {
    if (known > 0 && threads[last] == thread) {
      return last;
    }
    for (last = 0; last < known; last++) {
      if (threads[last] == thread) {
        return last;
      }
    }
    if (known == MOST_VCPUS) {
      last = 0;
      throw in.error("more than " + MOST_VCPUS + " threads", "a thread a vcpu");
    }
    if (known == threads.length) {
      threads = Arrays.copyOf(threads, known * 2);
    }
    threads[known] = thread;
    return known++;
  }

  /** {@code sec.fraction} as ns, or -1. */
  private static long seconds(byte[] line, int from, int to) {
    int dot = from;
    while (dot < to && line[dot] != '.') {
      dot++;
    }
    long whole = LineCursor.parse(line, from, dot, 10);
    if (whole < 0 || whole > Long.MAX_VALUE / 2_000_000_000L) {
      return NO_TIME;
    }
    long ns = whole * 1_000_000_000L;
    long unit = 100_000_000L;
    for (int at = dot + 1; at < to; at++, unit /= 10) {
      int digit = Character.digit(line[at], 10);
      if (digit < 0) {
        return NO_TIME;
      }
      ns += digit * unit;
    }
    return ns;
  }

  /** {@code 2025-11-21T11:29:32.123456Z} as ns since 1970, or -1. */
  private static long iso(byte[] line, int from, int to) {
    if (to - from < 20 || line[from + 4] != '-' || line[from + 10] != 'T') {
      return NO_TIME;
    }
    long year = LineCursor.parse(line, from, from + 4, 10);
    long month = LineCursor.parse(line, from + 5, from + 7, 10);
    long day = LineCursor.parse(line, from + 8, from + 10, 10);
    long hour = LineCursor.parse(line, from + 11, from + 13, 10);
    long minute = LineCursor.parse(line, from + 14, from + 16, 10);
    int end = line[to - 1] == 'Z' ? to - 1 : to;
    long ns = seconds(line, from + 17, end);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || (hour | minute | ns) < 0) {
      return NO_TIME;
    }
    long days = LocalDate.of((int) year, (int) month, 1).toEpochDay() + day - 1;
    return ((days * 24 + hour) * 60 + minute) * 60_000_000_000L + ns;
  }
}
