// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import module java.base;

import gmembench.Units;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.LineReader;
import gmembench.trace.Op;

/** A log while it is read: the line, its time and thread, and counts of what was skipped. */
public final class Log {
  /** Neither an event nor the name of one. */
  static final String UNRELATED = "unrelated";

  /** A stack frame, a list of events, half a line. */
  static final String NAME_ONLY = "with the event's name but not its fields";

  final LineReader in;
  final LineCursor cursor;
  private final LogClock clock;
  private final Losses losses;
  private final Map<String, Long> skipped = new TreeMap<>();
  private long implicit;

  Log(LineReader in) {
    this.in = in;
    this.cursor = new LineCursor(in);
    this.clock = new LogClock(in);
    this.losses = new Losses(in);
  }

  /**
   * The line just read is an event: what is added to {@code out} has its time, which may be before
   * that of the event before, and its vCPU.
   */
  void event(Events out) {
    clock.read(cursor.nameAt());
    clock.jump(out);
    out.vcpu(clock.vcpu());
  }

  /** The same for events that follow each other whatever their stamps say, on one vCPU. */
  void eventInOrder(Events out) {
    clock.read(cursor.nameAt());
    clock.follow(out);
  }

  /** A line that simpletrace.py printed moves the time on, whether it is an event or not. */
  void readDifference() {
    clock.readDifference();
  }

  /** The thread of the event, or 0 if the log does not say. */
  long thread() {
    return clock.thread();
  }

  /** The line gave no event. */
  void skip(String reason) {
    skipped.merge(reason, 1L, Long::sum);
    losses.read();
  }

  /** The event was a memory fault: the guest did not ask for the conversion. */
  void implicit() {
    implicit++;
  }

  /** Adds an event of a range in bytes, which must have been checked. */
  static void add(Events out, Op op, long start, long size) {
    out.add(op, start / Units.PAGE_BYTES, size / Units.PAGE_BYTES);
  }

  /** A range in bytes must be whole pages, and end below 2^63. */
  void checkRange(long start, long size) {
    if (start % Units.PAGE_BYTES != 0 || size % Units.PAGE_BYTES != 0 || size == 0) {
      throw in.error(
          "range " + Units.hex(start) + " + " + Units.hex(size), "whole pages, one or more");
    }
    if (start > Long.MAX_VALUE - size) {
      throw in.error("range " + Units.hex(start) + " + " + Units.hex(size), "an end below 2^63");
    }
  }

  LogClock clock() {
    return clock;
  }

  Losses losses() {
    return losses;
  }

  Map<String, Long> skipped() {
    return skipped;
  }

  long implicits() {
    return implicit;
  }
}
