// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import gmembench.InputException;
import gmembench.Units;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

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
          new Figure("mappings", Row::mappings, 64),
          new Figure("double-allocated at end", Row::twiceBytes, 0));

  private final Path file;
  private final long startNs = System.nanoTime();
  private final List<Row> rows = new ArrayList<>();

  private SoakLog(Path file) {
    this.file = file;
  }

  /** A new folder with {@code env.csv} and an empty {@code soak.csv}. */
  public static SoakLog create(Path folder, Map<String, String> environment) {
    try {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Files.createDirectory(folder);
      Files.writeString(folder.resolve("env.csv"), ResultFolder.environmentCsv(environment));
    } catch (IOException e) {
      throw new InputException(folder.toString(), "cannot be made (" + e + ")", "a new folder");
    }
    SoakLog log = new SoakLog(folder.resolve("soak.csv"));
    log.append(HEADER);
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
    append(row.csv());
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

  private void append(String line) {
    try {
      Files.writeString(
          file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new InputException(file.toString(), "cannot be written (" + e + ")", "a writable path");
    }
  }

  /**
   * Does anything grow? The first pass loads and compiles, so it does not count; after it, what a
   * figure was at most in the last pass is compared with the second, over the blocks of both.
   */
  public boolean grows() {
    return FIGURES.stream().anyMatch(f -> last(f) - second(f) > f.slack());
  }

  private long second(Figure figure) {
    return most(figure, 2);
  }

  private long last(Figure figure) {
    return most(figure, rows.getLast().pass());
  }

  private long most(Figure figure, int pass) {
    List<String> blocks =
        rows.stream().filter(r -> r.pass() == rows.getLast().pass()).map(Row::block).toList();
    return rows.stream()
        .filter(r -> r.pass() == pass && blocks.contains(r.block()))
        .mapToLong(figure.of())
        .max()
        .orElse(0);
  }

  /** A table of what was in the second pass and in the last. */
  public String text() {
    Row last = rows.getLast();
    StringBuilder text = new StringBuilder();
    text.append(
        "soak: "
            + rows.size()
            + " blocks, "
            + rows.stream().mapToLong(Row::cells).sum()
            + " repetitions, "
            + last.pass()
            + " passes, "
            + last.atS()
            + " s\n");
    Table table = new Table("", ">pass 2", ">pass " + last.pass(), "verdict");
    for (Figure f : FIGURES) {
      boolean grows = last(f) - second(f) > f.slack();
      table.row(f.name(), show(f, second(f)), show(f, last(f)), grows ? "grows" : "steady");
    }
    return text.append(table).toString();
  }

  private static String show(Figure figure, long value) {
    boolean count = figure.name().equals("mappings") || figure.name().startsWith("file");
    return count ? Long.toString(value) : Units.size(value);
  }
}
