// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Batch;
import gmembench.trace.Events;
import gmembench.trace.LineReader;
import gmembench.trace.Trace;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceFile;
import org.jspecify.annotations.Nullable;

/** Turns a log into a trace, in bounded memory; what is written appears when it is complete. */
public final class LogImport {
  private static final int BATCH = 16 << 10;
  private static final int SNIFFED_LINES = 20_000;
  private static final long MOST = TraceBounds.MOST_PAGES;

  private final Path file;
  private final LogFormat format;
  private final @Nullable Guest guest;
  private final ImportReport report = new ImportReport();

  private LogImport(Path file, LogFormat format, @Nullable Guest guest) {
    this.file = file;
    this.format = format;
    this.guest = guest;
  }

  /**
   * Imports a log, gzipped or not.
   *
   * @param notes lines for the head of the trace
   * @param guest conversions of addresses that it has no memory at are left out, as VMMs do nothing
   *     there; null if all addresses are memory
   * @throws InputException if the log cannot be read, has a malformed line or no conversion at all
   */
  public static ImportReport run(
      Path log, LogFormat format, Path trace, List<String> notes, @Nullable Guest guest) {
    LogImport run = new LogImport(log, format, guest);
    List<String> all = new ArrayList<>();
    all.add("imported from " + log.getFileName() + " as " + format.name());
    all.addAll(notes);
    TraceFile.write(run::open, trace, all);
    return run.report;
  }

  private Trace.Batches open() {
    LineReader in = new LineReader(file);
    Log log = new Log(in);
    return new Pass(in, log, format.open(log));
  }

  private final class Pass implements Trace.Batches {
    private final LineReader in;
    private final Log log;
    private final LogFormat.Parser parser;
    private final Batch line = new Batch(1024);
    private final Events events = new Events(line);
    private final Reorder reorder = new Reorder();
    private final Batch out = new Batch(BATCH);
    private boolean ended;

    Pass(LineReader in, Log log, LogFormat.Parser parser) {
      this.in = in;
      this.log = log;
      this.parser = parser;
    }

    @Override
    public @Nullable Batch next() {
      out.size = 0;
      while (!ended && out.size < BATCH) {
        if (in.next()) {
          line();
        } else {
          end();
        }
        if (reorder.isFull()) {
          reorder.drain(out, false);
        }
      }
      if (ended) {
        reorder.drain(out, true);
      }
      report.add(out);
      return out.size == 0 ? null : out;
    }

    private void line() {
      try {
        parser.line(events);
      } catch (InputException e) {
        throw report.events() == 0 && reorder.isEmpty() ? orOther(e) : e;
      }
      take();
    }

    /** A range that no guest can have is a garbled line. */
    private void take() {
      for (int i = 0; i < line.size; i++) {
        long gfn = line.gfn[i];
        long pages = line.pages[i];
        if (gfn >= MOST || pages > MOST - gfn) {
          throw in.error("gfn " + Units.hex(gfn) + " + " + pages + " pages", "memory below 64 TiB");
        }
        if (guest == null || isMemory(guest, gfn, pages)) {
          reorder.add(line, i);
        } else {
          report.leftOut(pages);
        }
      }
      line.size = 0;
    }

    /** All of it is, or none of it. */
    private boolean isMemory(Guest guest, long gfn, long pages) {
      if (guest.has(gfn, pages)) {
        return true;
      }
      if (guest.slots().stream().anyMatch(s -> gfn < s.endGfn() && s.gfn() < gfn + pages)) {
        throw in.error(
            "gfn " + Units.hex(gfn) + " + " + pages + " pages is partly outside the guest's memory",
            "a larger --guest, or another --layout");
      }
      return false;
    }

    private void end() {
      ended = true;
      parser.end(events);
      take();
      report.end(in.number(), log, reorder);
      if (report.events() == 0 && reorder.isEmpty()) {
        String what = "no conversions in " + in.number() + " lines";
        if (report.leftOut() > 0) {
          throw in.error("no conversion of the guest's memory", "another --guest or --layout");
        }
        throw orOther(new InputException(file.toString(), what, parser.expected()));
      }
    }

    @Override
    public void close() {
      in.close();
    }
  }

  /** What is wrong with a log from which nothing was read, and what it looks like instead. */
  private InputException orOther(InputException e) {
    if (!Files.isRegularFile(file)) {
      return e; // a pipe cannot be read again
    }
    Optional<String> other =
        Plugins.all(LogFormat.class).stream()
            .filter(f -> !f.name().equals(format.name()) && reads(f))
            .map(LogFormat::name)
            .findFirst();
    return other.isEmpty() ? e : e.with("; this looks like --from " + other.get());
  }

  private boolean reads(LogFormat other) {
    Batch batch = new Batch(1024);
    Events events = new Events(batch);
    try (LineReader in = new LineReader(file)) {
      LogFormat.Parser parser = other.open(new Log(in));
      while (batch.size == 0 && in.number() < SNIFFED_LINES && in.next()) {
        parser.line(events);
      }
    } catch (InputException e) {
      return false;
    }
    return batch.size > 0;
  }
}
