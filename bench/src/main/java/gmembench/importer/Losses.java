// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import module java.base;

import gmembench.trace.LineCursor;
import gmembench.trace.LineReader;

/**
 * Counts events that a log says it has not: overruns of the kernel's ring buffer (tracefs,
 * trace-cmd, perf), of QEMU's simpletrace, and messages that journald or rsyslog suppressed.
 */
final class Losses {
  private static final byte[][] MARKS = {
    LineCursor.bytes("LOST"),
    LineCursor.bytes("DROPPED"),
    LineCursor.bytes("lost "),
    LineCursor.bytes("Suppressed "),
    LineCursor.bytes("Missed "),
    LineCursor.bytes("events_dropped="),
    LineCursor.bytes("entries-written")
  };

  /** The number is in the one group that matched; none did if the log does not know it. */
  private static final Pattern LOST =
      Pattern.compile(
          "\\[LOST (\\d{1,18}) EVENTS\\]"
              + "|\\[(?:(\\d{1,18}) )?EVENTS DROPPED\\]"
              + "|PERF_RECORD_LOST\\D*(\\d{1,18})"
              + "|\\blost (\\d{1,18}) (?:chunks|events|messages|samples)"
              + "|\\bLOST (\\d{1,18}) events"
              + "|Suppressed (\\d{1,18}) messages"
              + "|Missed (\\d{1,18}) (?:kernel )?messages"
              + "|num_events_dropped=(\\d{1,18})");

  private static final Pattern BUFFER =
      Pattern.compile("entries-in-buffer/entries-written: (\\d{1,18})/(\\d{1,18})");

  private final LineReader in;
  private long lost;
  private long firstLine;
  private boolean unknown;

  Losses(LineReader in) {
    this.in = in;
  }

  /** Looks at the line just read, which is no event. */
  void read() {
    for (byte[] mark : MARKS) {
      if (in.contains(mark)) {
        read(in.text());
        return;
      }
    }
  }

  private void read(String line) {
    Matcher buffer = BUFFER.matcher(line);
    if (buffer.find()) {
      long gone = Long.parseLong(buffer.group(2)) - Long.parseLong(buffer.group(1));
      if (gone > 0) {
        add(gone);
      }
      return;
    }
    Matcher m = LOST.matcher(line);
    if (m.find()) {
      long number = 0;
      for (int i = 1; i <= m.groupCount(); i++) {
        number = m.group(i) == null ? number : Long.parseLong(m.group(i));
      }
      add(number);
    }
  }

  private void add(long number) {
    unknown |= number == 0;
    lost += number;
    firstLine = firstLine == 0 ? in.number() : firstLine;
  }

  /** "1789 events are missing (line 2)", or nothing. */
  String text() {
    if (firstLine == 0) {
      return "";
    }
    String number = lost == 0 ? "events" : lost + (unknown ? " events or more" : " events");
    return number + " are missing by the log's own word, first at line " + firstLine;
  }
}
