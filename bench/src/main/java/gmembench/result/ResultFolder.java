// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.OutputFile;
import gmembench.Text;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.apache.commons.csv.CSVFormat;

/**
 * A folder of results that is being written: samples.csv, latency.hlog, memory.csv, env.csv and, at
 * the end, summary.csv. A repetition reaches the disk as a whole when it is done, its samples last,
 * so that what a signal leaves behind is readable.
 */
public final class ResultFolder implements AutoCloseable {
  /** The file that every run writes: bytes over the conversions. */
  public static final String MEMORY = "memory.csv";

  public static final List<String> MEMORY_COLUMNS =
      Cell.row(
          List.of(),
          Cell.COLUMNS,
          List.of(
              "conversion",
              "private_bytes",
              "shared_bytes",
              "double_allocated_bytes",
              "tracker_bytes",
              "vmemmap_lost_bytes",
              "huge_mapped_bytes"));

  private final Path folder;
  private final String run;
  private final FolderLock lock;
  private final OutputStream samples;
  private final OutputStream memory;
  private final OutputStream latency;
  private final List<Repetition> added;
  private Environment environment = new Environment(Map.of());

  private ResultFolder(
      Path folder, String run, FolderLock lock, boolean fresh, List<Repetition> before)
      throws IOException {
    this.folder = folder;
    this.run = run;
    this.lock = lock;
    this.added = new ArrayList<>(before);
    if (fresh) {
      replace(MEMORY, line(MEMORY_COLUMNS));
      replace(LatencyLog.FILE, legend());
      replace("samples.csv", line(Samples.COLUMNS));
    }
    this.samples = OutputFile.appendIn(folder, "samples.csv");
    this.memory = OutputFile.appendIn(folder, MEMORY);
    this.latency = OutputFile.appendIn(folder, LatencyLog.FILE);
  }

  /** Makes a new folder; one that exists and holds anything is refused. */
  public static ResultFolder create(Path folder, String run) {
    return create(folder, run, false);
  }

  /**
   * Makes a new folder.
   *
   * @param again a run that was killed before it was {@link #isStarted started} is begun again
   */
  public static ResultFolder create(Path folder, String run, boolean again) {
    try {
      FolderLock.requireFree(folder, again);
      Files.createDirectories(folder);
      return FolderLock.open(
          folder,
          lock -> {
            FolderLock.requireFree(folder, again); // another may have been here since
            return new ResultFolder(folder, run, lock, true, List.of());
          });
    } catch (IOException e) {
      throw new InputException(
          folder.toString(),
          "cannot be written (" + OutputFile.reason(e) + ")",
          "a writable folder");
    }
  }

  /**
   * Goes on where a killed run stopped; what it had not finished is cut off.
   *
   * @param check throws if this run cannot go on in the folder, which then stays as it is
   */
  public static ResultFolder resume(Path folder, String run, Runnable check) {
    try {
      return FolderLock.open(
          folder,
          lock -> {
            check.run();
            Samples finished = Samples.read(folder);
            ResultFolder results = new ResultFolder(folder, run, lock, false, List.of());
            Salvage.files(results, finished);
            results.closeFiles();
            return new ResultFolder(folder, run, lock, false, finished.entries());
          });
    } catch (IOException e) {
      throw new InputException(
          folder.toString(),
          "cannot be resumed (" + OutputFile.reason(e) + ")",
          "a folder of a killed run");
    }
  }

  /** Writes summary.csv, which says that the run is over, and returns what was written. */
  public synchronized Results finish() {
    Samples samples = new Samples(folder.resolve("samples.csv"), List.copyOf(added));
    replace("summary.csv", Summary.csv(samples));
    return new Results(folder, samples, environment, true);
  }

  /** Has a run got so far that it may have finished anything? env.csv comes before the first. */
  public static boolean isStarted(Path folder) {
    return Files.exists(folder.resolve("env.csv"));
  }

  public Path path() {
    return folder;
  }

  /** What is in it by now. */
  public List<Repetition> added() {
    return List.copyOf(added);
  }

  /** Adds a repetition, or the reason why there is none. */
  public synchronized void add(Repetition r) {
    append(List.of(r.inSamples(run)), memoryRows(r), latencyLines(r));
  }

  /** Adds repetitions and the lines that belong to them, the samples last. */
  synchronized void append(List<Repetition> samples, String memoryRows, String latencyLines) {
    if (!Files.exists(folder.resolve("samples.csv"))) {
      throw new NotComparableException(folder + ": was removed while it was written to");
    }
    try {
      memory.write(memoryRows.getBytes(StandardCharsets.UTF_8));
      latency.write(latencyLines.getBytes(StandardCharsets.UTF_8));
      String rows = samples.stream().map(ResultFolder::rows).collect(Collectors.joining());
      this.samples.write(rows.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    added.addAll(samples);
  }

  /** The disk is full, or gone: what was finished before is whole. */
  private static NotComparableException unwritable(Path path, IOException e) {
    return new NotComparableException(
        path
            + ": cannot be written ("
            + OutputFile.reason(e)
            + "); what is finished is kept, see --resume");
  }

  /** A repetition's lines in samples.csv. */
  private static String rows(Repetition e) {
    StringBuilder rows = new StringBuilder();
    String rep = e.rep() == 0 ? "" : Integer.toString(e.rep());
    String status = e.status().name().toLowerCase(Locale.ROOT);
    Map<String, String> metrics = e.metrics().isEmpty() ? Map.of("", "") : e.metrics().written();
    metrics.forEach((metric, value) ->
        rows.append(
            line(
                Cell.row(
                    List.of(e.run()),
                    e.cell().values(),
                    List.of(rep, status, e.reason(), metric, value)))));
    return rows.toString();
  }

  private static String memoryRows(Repetition o) {
    StringBuilder rows = new StringBuilder();
    for (Repetition.MemoryPoint p : o.timeline()) {
      rows.append(
          line(
              Cell.row(
                  List.of(),
                  o.cell().values(),
                  List.of(
                      Long.toString(p.conversion()),
                      Long.toString(p.privateBytes()),
                      Long.toString(p.sharedBytes()),
                      Long.toString(p.doubleAllocatedBytes()),
                      Long.toString(p.trackerBytes()),
                      known(p.vmemmapLostBytes()),
                      known(p.hugeMappedBytes())))));
    }
    return rows.toString();
  }

  private static String known(long bytes) {
    return bytes < 0 ? "" : Long.toString(bytes);
  }

  /** One line a histogram; an interval is as long as the repetition took, from 0. */
  private static String latencyLines(Repetition o) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HistogramLogWriter log = new HistogramLogWriter(bytes);
    double seconds = o.metrics().whole(Declared.TOTAL_NS) / 1e9;
    for (Map.Entry<String, Histogram> latency : o.latencies().entrySet()) {
      Histogram histogram = latency.getValue();
      histogram.setTag(o.cell().path() + "/" + latency.getKey());
      log.outputIntervalHistogram(0, seconds, histogram, 1.0);
    }
    return bytes.toString(StandardCharsets.UTF_8);
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
  public void environment(Map<String, String> facts) {
    environment = new Environment(new LinkedHashMap<>(facts));
    replace("env.csv", environmentCsv(facts));
  }

  public static String environmentCsv(Map<String, String> environment) {
    StringBuilder rows = new StringBuilder(line(List.of("key", "value")));
    environment.forEach((key, value) -> rows.append(line(List.of(key, value))));
    return rows.toString();
  }

  /** Writes plan.csv: what all shards together are to do. */
  public void plan(List<PlannedCell> cells) {
    replace(PlannedCell.FILE, PlannedCell.csv(cells));
  }

  /** Writes a file as a whole: it is never seen half-written. */
  public void replace(String name, String content) {
    OutputFile.writeIn(folder, name, content);
  }

  public static String line(List<String> values) {
    return line(Samples.format(), values);
  }

  private static String line(CSVFormat format, List<String> values) {
    return format.format(values.stream().map(Text::cell).toArray()) + "\n";
  }

  /** Takes the folder back if nothing was added to it. */
  public synchronized void removeIfEmpty() {
    close();
    try {
      if (!added.isEmpty()) {
        return;
      }
      for (String name : List.of("samples.csv", MEMORY, LatencyLog.FILE)) {
        Files.delete(folder.resolve(name));
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new InputException(
          folder.toString(),
          "cannot be removed (" + OutputFile.reason(e) + ")",
          "a writable folder");
    }
  }

  private void closeFiles() throws IOException {
    samples.close();
    latency.close();
    memory.close();
  }

  /** Waits for the repetition that is being written. */
  @Override
  public synchronized void close() {
    try {
      closeFiles();
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
