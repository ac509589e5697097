// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import gmembench.InputFile;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** A line of latency.hlog: a histogram, or a comment, whose tag is empty. */
public record LatencyLog(Path file, long number, String tag, String text) {
  /** The file that every run writes. */
  public static final String FILE = "latency.hlog";

  private static final String TAG = "Tag=";
  private static final String EXPECTED = "a line of an HdrHistogram log, Tag=cell/what,...";

  /** The lines of a results folder's log. */
  public static List<LatencyLog> read(Path folder) {
    Path file = folder.resolve(FILE);
    return lines(file, InputFile.text(file, "a results folder of gmembench"));
  }

  /** Those that were written to their end. */
  static List<LatencyLog> readWhole(Path folder) {
    Path file = folder.resolve(FILE);
    return lines(file, Samples.wholeLines(file));
  }

  private static List<LatencyLog> lines(Path file, String text) {
    List<LatencyLog> lines = new ArrayList<>();
    text.lines().forEach(line -> lines.add(line(file, lines.size() + 1L, line)));
    return lines;
  }

  private static LatencyLog line(Path file, long number, String text) {
    int comma = text.indexOf(',');
    if (!text.startsWith(TAG)) {
      return new LatencyLog(file, number, "", text);
    } else if (text.lastIndexOf('/', comma) < 0) {
      throw new InputException(file.toString(), number, "a tag without a cell", EXPECTED);
    }
    return new LatencyLog(file, number, text.substring(TAG.length(), comma), text);
  }

  public boolean isHistogram() {
    return !tag.isEmpty();
  }

  /** The {@link Cell#path} of its cell. */
  String path() {
    return tag.substring(0, tag.lastIndexOf('/'));
  }

  /** Decodes it. */
  public Histogram histogram() {
    InputStream in = new ByteArrayInputStream((text + "\n").getBytes(StandardCharsets.UTF_8));
    try (HistogramLogReader reader = new HistogramLogReader(in)) {
      if (reader.nextIntervalHistogram() instanceof Histogram histogram) {
        return histogram;
      }
      throw damaged("no histogram");
    } catch (RuntimeException e) {
      throw e instanceof InputException ? e : damaged(e.getClass().getSimpleName());
    }
  }

  private InputException damaged(String why) {
    return new InputException(file.toString(), number, "is damaged (" + why + ")", EXPECTED);
  }
}
