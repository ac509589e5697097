// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

import gmembench.InputException;
import gmembench.OutputFile;
import gmembench.Units;
import gmembench.guest.Guest;
import org.jspecify.annotations.Nullable;

/**
 * The trace format: CSV, {@code at_ns,vcpu,op,gfn,pages}, gfn decimal or 0x, times absolute and not
 * decreasing, gzipped or not; lines before the header that begin with # are notes.
 */
public final class TraceFile {
  public static final String HEADER = "at_ns,vcpu,op,gfn,pages";

  private static final int STREAM_BATCH = 16 << 10;
  private static final int SMALL_BATCH = 1 << 10; // grows; most traces are small
  private static final byte[][] OPS = new byte[Op.values().length][];

  static {
    for (Op op : Op.values()) {
      OPS[op.ordinal()] = op.text().getBytes(StandardCharsets.UTF_8);
    }
  }

  private TraceFile() {}

  /**
   * A file as a trace: checked and held in memory, or streamed if it would take more than a quarter
   * of the heap; then it is checked on every pass.
   */
  public static Trace read(Path file, Guest guest) {
    return read(file, guest, batch -> {});
  }

  /** The same; {@code reader} sees all of it while it is read first. */
  public static Trace read(Path file, Guest guest, Consumer<Batch> reader) {
    return Trace.held(stream(file, guest), reader);
  }

  public static Trace read(Path file, Guest guest, long maxBytes) {
    return Trace.held(stream(file, guest), maxBytes, batch -> {});
  }

  private static Trace stream(Path file, Guest guest) {
    return () -> new Pass(file, guest, new Batch(SMALL_BATCH));
  }

  /** One streaming pass over a file. */
  private static final class Pass implements Trace.Batches {
    private final LineReader in;
    private final Guest guest;
    private final Batch batch;
    private long lastNs;
    private int at;

    Pass(Path file, Guest guest, Batch batch) {
      this.in = new LineReader(file);
      this.guest = guest;
      this.batch = batch;
      skipToHeader();
    }

    private void skipToHeader() {
      while (in.next()) {
        if (in.length() == 0 || in.bytes()[0] != '#') {
          if (in.text().equals(HEADER)) {
            return;
          }
          close();
          throw in.error("'" + LineReader.shown(in.text()) + "' is not the header", HEADER);
        }
      }
      close();
      throw in.error("no header", HEADER);
    }

    @Override
    public @Nullable Batch next() {
      batch.size = 0;
      while (batch.size < STREAM_BATCH && in.next()) {
        parseLine();
      }
      return batch.size == 0 ? null : batch;
    }

    private void parseLine() {
      at = 0;
      long atNs = number("at_ns", ',');
      long vcpu = number("vcpu", ',');
      Op op = op();
      long gfn = number("gfn", ',');
      long pages = number("pages", '\n');
      if (atNs < lastNs) {
        throw in.error("time goes back from " + lastNs + " to " + atNs, "at_ns in order");
      }
      if (vcpu >= guest.vcpus()) {
        throw in.error("vcpu " + vcpu, "a vcpu below " + guest.vcpus());
      }
      if (pages == 0) {
        throw in.error("0 pages", "1 page or more");
      }
      if (gfn >= guest.pages() || pages > guest.pages() - gfn) {
        throw in.error(
            "gfn " + Units.hex(gfn) + " + " + pages + " pages is outside the guest",
            "gfns below " + Units.hex(guest.pages()));
      }
      if (!guest.has(gfn, pages)) {
        throw in.error(
            "gfn " + Units.hex(gfn) + " + " + pages + " pages is not all in a slot",
            "gfns that the workload's slots have");
      }
      lastNs = atNs;
      batch.add(atNs, (int) vcpu, op, gfn, pages);
    }

    /** A decimal or 0x number up to 2^63 - 1, and the separator after it. */
    private long number(String column, char separator) {
      byte[] line = in.bytes();
      int end = in.length();
      int from = at;
      boolean hex = end - at > 2 && line[at] == '0' && line[at + 1] == 'x';
      long value = 0;
      for (at += hex ? 2 : 0; at < end && line[at] != ','; at++) {
        int digit = Character.digit(line[at], hex ? 16 : 10);
        long limit = hex ? Long.MAX_VALUE >> 4 : (Long.MAX_VALUE - digit) / 10;
        if (digit < 0 || value > limit) {
          throw wrong(column, from);
        }
        value = value * (hex ? 16 : 10) + digit;
      }
      if (at == from || (separator == ',') != (at < end)) {
        throw wrong(column, from);
      }
      at++;
      return value;
    }

    private InputException wrong(String column, int from) {
      int start = Math.min(from, in.length()); // a line may end before this column
      String rest = new String(in.bytes(), start, in.length() - start, StandardCharsets.UTF_8);
      return in.error(column + ": '" + LineReader.shown(rest) + "'", "a whole number in " + HEADER);
    }

    private Op op() {
      byte[] line = in.bytes();
      int from = at;
      while (at < in.length() && line[at] != ',') {
        at++;
      }
      for (int i = 0; i < OPS.length; i++) {
        if (java.util.Arrays.equals(line, from, at, OPS[i], 0, OPS[i].length)) {
          at++;
          return Op.of(i);
        }
      }
      String text = new String(line, from, at - from, StandardCharsets.UTF_8);
      throw in.error("op '" + LineReader.shown(text) + "'", "one of " + Op.names());
    }

    @Override
    public void close() {
      in.close();
    }
  }

  /** Writes a trace, gzipped if the name ends with .gz; the file appears when it is complete. */
  public static void write(Trace trace, Path file) {
    write(trace, file, List.of());
  }

  /** The same with notes, a line each, before the header. */
  public static void write(Trace trace, Path file, List<String> notes) {
    OutputFile.write(
        file,
        bytes -> {
          try (TraceWriter out = new TraceWriter(bytes, file.toString().endsWith(".gz"))) {
            for (String note : notes) {
              out.text("# " + LineReader.shown(note, 200) + "\n");
            }
            out.text(HEADER + "\n");
            trace.forEach(out);
          }
        });
  }
}
