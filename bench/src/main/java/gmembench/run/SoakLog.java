// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.InputException;
import gmembench.OutputFile;
import gmembench.Units;
import gmembench.result.ResultFolder;
import gmembench.table.Table;
import java.lang.management.ManagementFactory;

/**
 * What a process holds after each block of a soak, in {@code soak.csv}. The heap is what is left
 * after a full collection.
 */
public final class SoakLog {
  private static final String HEADER =
      "at_s,pass,block,cells,heap_bytes,fds,mappings,rss_bytes,double_allocated_end_bytes";

  private record Row(
      long atS,
      int pass,
      String block,
      long cells,
      long heapBytes,
      long fds,
      long mappings,
      long rssBytes,
      long twiceBytes) {
    String csv() {
      return String.join(
          ",",
          Long.toString(atS),
          Integer.toString(pass),
          block,
          Long.toString(cells),
          Long.toString(heapBytes),
          Long.toString(fds),
          Long.toString(mappings),
          Long.toString(rssBytes),
          Long.toString(twiceBytes));
    }
  }

  /** A figure, and how much of it code that was compiled late or a collector may add. */
  private record Figure(String name, ToLongFunction<Row> of, long slack) {}

  private static final List<Figure> FIGURES =
      List.of(
          new Figure("heap after GC", Row::heapBytes, 4 << 20),
          new Figure("file descriptors", Row::fds, 0),
          new Figure("mappings", Row::mappings, 64));

  private final Path folder;
  private final long startNs = System.nanoTime();
  private final List<Row> rows = new ArrayList<>();

  private SoakLog(Path folder) {
    this.folder = folder;
  }

  /** A new folder with {@code env.csv} and an empty {@code soak.csv}. */
  public static SoakLog create(Path folder, Map<String, String> environment) {
    try {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Files.createDirectory(folder);
    } catch (IOException e) {
      throw new InputException(
          folder.toString(), "cannot be made (" + OutputFile.reason(e) + ")", "a new folder");
    }
    OutputFile.writeIn(folder, "env.csv", ResultFolder.environmentCsv(environment));
    SoakLog log = new SoakLog(folder);
    log.write();
    return log;
  }

  /** A block is over and everything it opened is closed. */
  public void add(int pass, String block, long cells, long twiceBytes) {
    Row row =
        new Row(
            (System.nanoTime() - startNs) / 1_000_000_000,
            pass,
            block,
            cells,
            heapBytes(),
            count(Path.of("/proc/self/fd")),
            lines(Path.of("/proc/self/maps")),
            rssBytes(),
            twiceBytes);
    rows.add(row);
    write();
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long count(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long rssBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write() {
    Stream<String> lines = Stream.concat(Stream.of(HEADER), rows.stream().map(Row::csv));
    OutputFile.writeIn(folder, "soak.csv", lines.collect(Collectors.joining("\n", "", "\n")));
  }

  /** Does anything grow? */
  public boolean grows() {
    return moreTwice() > 0 || FIGURES.stream().anyMatch(this::grows);
  }

  private boolean grows(Figure figure) {
    return most(figure, 2) - most(figure, 1) > figure.slack();
  }

  /**
   * The most of a third of all rows, from 0: whatever a block did, it is over when the row is
   * written. In the first third, classes are loaded and compiled.
   */
  private long most(Figure figure, int third) {
    int size = rows.size();
    List<Row> part = rows.subList(size * third / 3, Math.max(1, size * (third + 1) / 3));
    return part.stream().mapToLong(figure.of()).max().orElse(0);
  }

  /** How much more a block has double-allocated at its end than when it was run first, in all. */
  private long moreTwice() {
    Map<String, Long> first = new HashMap<>();
    long more = 0;
    for (Row row : rows) {
      Long before = first.putIfAbsent(row.block(), row.twiceBytes());
      more += before == null ? 0 : Math.max(0, row.twiceBytes() - before);
    }
    return more;
  }

  /** What the process held in the second third of the time and in the last. */
  public String text() {
    Row last = rows.getLast();
    long cells = rows.stream().mapToLong(Row::cells).sum();
    StringBuilder text = new StringBuilder();
    text.append("soak: " + last.atS() + " s, " + rows.size() + " blocks, " + cells);
    text.append(" repetitions, " + last.pass() + (last.pass() == 1 ? " pass\n" : " passes\n"));
    Table table = new Table("at most", "second third", "last third", "verdict");
    for (Figure f : FIGURES) {
      table.row(f.name(), show(f, most(f, 1)), show(f, most(f, 2)), grows(f) ? "grows" : "steady");
    }
    String twice = moreTwice() > 0 ? "grows" : "steady";
    table.row("more double-allocated", "-", Units.size(moreTwice()), twice);
    return text.append(table).toString();
  }

  private static String show(Figure figure, long value) {
    boolean count = figure.name().equals("mappings") || figure.name().startsWith("file");
    return count ? Long.toString(value) : Units.size(value);
  }
}
