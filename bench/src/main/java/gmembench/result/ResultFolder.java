// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import gmembench.InputException;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.apache.commons.csv.CSVFormat;

/**
 * A folder of results that is being written: samples.csv, latency.hlog, memory.csv, env.csv and, at
 * the end, summary.csv. A repetition reaches the disk as a whole when it is done, its samples last,
 * so that what a signal leaves behind is readable.
 */
public final class ResultFolder implements AutoCloseable {
  static final List<String> MEMORY_COLUMNS =
      List.of(
          "engine",
          "workload",
          "strategy",
          "backing",
          "tracker",
          "costs",
          "conversion",
          "private_bytes",
          "shared_bytes",
          "double_allocated_bytes",
          "tracker_bytes",
          "vmemmap_lost_bytes",
          "huge_mapped_bytes");

  private final Path folder;
  private final String run;
  private final OutputStream samples;
  private final OutputStream memory;
  private final OutputStream latency;

  private ResultFolder(Path folder, String run, boolean fresh) throws IOException {
    this.folder = folder;
    this.run = run;
    this.samples = append("samples.csv", fresh ? line(Samples.COLUMNS) : "");
    this.memory = append("memory.csv", fresh ? line(MEMORY_COLUMNS) : "");
    this.latency = append("latency.hlog", fresh ? legend() : "");
  }

  /** Makes a new folder; one that exists and holds anything is refused. */
  public static ResultFolder create(Path folder, String run) {
    try {
      if (Files.exists(folder) && (!Files.isDirectory(folder) || !isEmpty(folder))) {
        throw new InputException(folder.toString(), "exists", "a new folder, or --resume");
      }
      Files.createDirectories(folder);
      return new ResultFolder(folder, run, true);
    } catch (IOException e) {
      throw new InputException(
          folder.toString(), "cannot be written (" + reason(e) + ")", "a writable folder");
    }
  }

  /** Goes on where a killed run stopped; what it had not finished is cut off. */
  public static ResultFolder resume(Path folder, String run) {
    Samples finished = Samples.read(folder);
    try {
      ResultFolder results = new ResultFolder(folder, run, false);
      Salvage.files(results, finished);
      results.close();
      return new ResultFolder(folder, run, false);
    } catch (IOException e) {
      throw new InputException(
          folder.toString(), "cannot be resumed (" + reason(e) + ")", "a folder of a killed run");
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static String reason(IOException e) {
    String name = e.getClass().getSimpleName().replace("Exception", "");
    return name + (e.getMessage() == null ? "" : " " + e.getMessage());
  }

  public Path path() {
    return folder;
  }

  /** Adds a repetition, or the reason why there is none. */
  public synchronized void add(Observation o) {
    try {
      memory.write(memoryRows(o).getBytes(StandardCharsets.UTF_8));
      latency.write(latencyLines(o));
      samples.write(sampleRows(o).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new InputException(
          folder.toString(), "cannot be written (" + reason(e) + ")", "room on the disk");
    }
  }

  private String sampleRows(Observation o) {
    StringBuilder rows = new StringBuilder();
    Cell c = o.cell();
    String rep = o.rep() == 0 ? "" : Integer.toString(o.rep());
    String status = o.status().name().toLowerCase(Locale.ROOT);
    Map<String, String> metrics = o.metrics().isEmpty() ? Map.of("", "") : o.metrics();
    metrics.forEach((metric, value) ->
        rows.append(
            line(
                List.of(
                    run,
                    c.engine(),
                    c.workload(),
                    c.strategy(),
                    c.backing(),
                    c.tracker(),
                    c.costs(),
                    rep,
                    status,
                    o.reason(),
                    metric,
                    value))));
    return rows.toString();
  }

  private static String memoryRows(Observation o) {
    StringBuilder rows = new StringBuilder();
    Cell c = o.cell();
    for (Observation.MemoryPoint p : o.timeline()) {
      rows.append(
          line(
              List.of(
                  c.engine(),
                  c.workload(),
                  c.strategy(),
                  c.backing(),
                  c.tracker(),
                  c.costs(),
                  Long.toString(p.conversion()),
                  Long.toString(p.privateBytes()),
                  Long.toString(p.sharedBytes()),
                  Long.toString(p.doubleAllocatedBytes()),
                  Long.toString(p.trackerBytes()),
                  known(p.vmemmapLostBytes()),
                  known(p.hugeMappedBytes()))));
    }
    return rows.toString();
  }

  private static String known(long bytes) {
    return bytes < 0 ? "" : Long.toString(bytes);
  }

  /** One line a histogram; an interval is as long as the repetition took, from 0. */
  private static byte[] latencyLines(Observation o) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HistogramLogWriter log = new HistogramLogWriter(bytes);
    double seconds = Double.parseDouble(o.metrics().getOrDefault("total_ns", "0")) / 1e9;
    for (Map.Entry<String, Histogram> latency : o.latencies().entrySet()) {
      Histogram histogram = latency.getValue();
      histogram.setTag(o.cell().path() + "/" + latency.getKey());
      log.outputIntervalHistogram(0, seconds, histogram, 1.0);
    }
    return bytes.toByteArray();
  }

  private static String legend() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HistogramLogWriter log = new HistogramLogWriter(new PrintStream(bytes, false));
    log.outputComment("[Latencies in ns; Tag=engine/workload/strategy/backing/tracker/costs/what]");
    log.outputLogFormatVersion();
    log.outputLegend();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Writes env.csv. */
  public void environment(Map<String, String> environment) {
    StringBuilder rows = new StringBuilder(line(List.of("key", "value")));
    environment.forEach((key, value) -> rows.append(line(List.of(key, value))));
    replace("env.csv", rows.toString());
  }

  /** Writes a file as a whole: it is never seen half-written. */
  public void replace(String name, String content) {
    try {
      Path part = folder.resolve(name + ".part");
      Files.writeString(part, content);
      Files.move(part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InputException(
          folder.resolve(name).toString(), "cannot be written", "room on the disk");
    }
  }

  static String line(List<String> values) {
    return line(Samples.format(), values);
  }

  private static String line(CSVFormat format, List<String> values) {
    return format.format(values.toArray()) + "\n";
  }

  /** Not buffered: one write is one repetition. */
  private OutputStream append(String name, String first) throws IOException {
    Path file = folder.resolve(name);
    if (!first.isEmpty()) {
      Files.writeString(file, first, StandardOpenOption.CREATE_NEW);
    }
    return new FileOutputStream(file.toFile(), true);
  }

  /** Waits for the repetition that is being written. */
  @Override
  public synchronized void close() {
    try {
      samples.close();
      latency.close();
      memory.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
