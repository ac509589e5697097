// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import gmembench.InputException;
import gmembench.Units;
import gmembench.trace.Batch;
import gmembench.trace.Events;
import gmembench.trace.LineReader;
import gmembench.trace.Trace;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a log into a trace, in bounded memory; what is written appears when it is complete. */
public final class LogImport {
  private static final int BATCH = 16 << 10;
  private static final long MOST = TraceBounds.MOST_PAGES;

  private final Path log;
  private final LogFormat format;
  private long lines;
  private long unrelated;
  private long events;

  private LogImport(Path log, LogFormat format) {
    this.log = log;
    this.format = format;
  }

  /**
   * What an import did.
   *
   * @param lines lines in the log
   * @param unrelated lines that had nothing to do with conversions, and were skipped
   * @param events trace lines written
   */
  public record Result(long lines, long unrelated, long events) {}

  /**
   * Imports a log, gzipped or not.
   *
   * @param notes lines for the head of the trace
   * @throws InputException if the log cannot be read, has a malformed line or no conversion at all
   */
  public static Result run(Path log, LogFormat format, Path trace, List<String> notes) {
    LogImport run = new LogImport(log, format);
    List<String> all = new ArrayList<>();
    all.add("imported from " + log.getFileName() + " as " + format.text());
    all.addAll(notes);
    TraceFile.write(run::open, trace, all);
    return new Result(run.lines, run.unrelated, run.events);
  }

  private Trace.Batches open() {
    LineReader in = new LineReader(log);
    return new Pass(in, format.open(in));
  }

  private final class Pass implements Trace.Batches {
    private final LineReader in;
    private final LogFormat.Parser parser;
    private final Batch batch = new Batch(1024);
    private final Events out = new Events(batch);
    private boolean ended;

    Pass(LineReader in, LogFormat.Parser parser) {
      this.in = in;
      this.parser = parser;
    }

    @Override
    public @Nullable Batch next() {
      batch.size = 0;
      while (!ended && batch.size < BATCH) {
        if (in.next()) {
          int before = batch.size;
          unrelated += parser.line(out) ? 0 : 1;
          check(before);
        } else {
          end();
        }
      }
      events += batch.size;
      return batch.size == 0 ? null : batch;
    }

    /** A range that no guest can have is a garbled line. */
    private void check(int from) {
      for (int i = from; i < batch.size; i++) {
        if (batch.gfn[i] >= MOST || batch.pages[i] > MOST - batch.gfn[i]) {
          throw in.error(
              "gfn " + Units.hex(batch.gfn[i]) + " + " + batch.pages[i] + " pages",
              "memory below 64 TiB");
        }
      }
    }

    private void end() {
      ended = true;
      lines = in.number();
      parser.end(out);
      if (events + batch.size == 0) {
        String what = "no conversions in " + lines + " lines";
        throw new InputException(log.toString(), what, parser.expected());
      }
    }

    @Override
    public void close() {
      in.close();
    }
  }
}
