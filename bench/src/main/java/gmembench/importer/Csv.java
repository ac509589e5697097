// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import com.google.auto.service.AutoService;
import gmembench.InputException;
import gmembench.Units;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.LineReader;
import gmembench.trace.Op;
import java.util.Arrays;

/** {@code time_us,direction,gpa,pages}: what an instrumented firmware or VMM can print easily. */
@AutoService(LogFormat.class)
public record Csv() implements LogFormat {
  private static final String HEADER = "time_us,direction,gpa,pages";
  private static final byte[] TO_SHARED = LineCursor.bytes("to_shared");
  private static final byte[] TO_PRIVATE = LineCursor.bytes("to_private");
  private static final long MOST_US = Long.MAX_VALUE / 1000;

  @Override
  public String why() {
    return "time_us,direction,gpa,pages: what an instrumented firmware or VMM prints easily";
  }

  @Override
  public Parser open(Log log) {
    return new Lines(log);
  }

  private static final class Lines implements Parser {
    private final Log log;
    private final LineReader in;
    private final int[] commas = new int[5];
    private boolean inBody;
    private long lastUs;

    Lines(Log log) {
      this.log = log;
      this.in = log.in;
    }

    @Override
    public void line(Events out) {
      if (!inBody) {
        header();
        return;
      }
      split();
      long us = number(0, MOST_US, "time_us");
      Op op = direction();
      long gpa = number(2, Long.MAX_VALUE, "gpa");
      long pages = number(3, Long.MAX_VALUE / Units.PAGE_BYTES, "pages");
      if (us < lastUs) {
        throw in.error("time goes back from " + lastUs + " to " + us, "time_us in order");
      }
      if (gpa % Units.PAGE_BYTES != 0) {
        throw in.error("gpa " + Units.hex(gpa), "a multiple of 4096");
      }
      if (pages == 0) {
        throw in.error("0 pages", "1 page or more");
      }
      lastUs = us;
      out.at(us * 1000);
      out.add(op, gpa / Units.PAGE_BYTES, pages);
    }

    private void header() {
      if (in.length() > 0 && in.bytes()[0] == '#') {
        log.skip("notes");
        return;
      }
      if (!in.text().equals(HEADER)) {
        throw in.error("'" + LineReader.shown(in.text()) + "' is not the header", HEADER);
      }
      inBody = true;
      log.clock().isColumn();
      log.skip("the header");
    }

    /** Notes where the four columns begin and end. */
    private void split() {
      byte[] line = in.bytes();
      int columns = 1;
      for (int at = 0; at < in.length(); at++) {
        if (line[at] == ',') {
          if (columns == 4) {
            throw in.error("more than 4 columns", HEADER);
          }
          commas[columns++] = at + 1;
        }
      }
      if (columns != 4) {
        throw in.error(columns + (columns == 1 ? " column" : " columns"), HEADER);
      }
      commas[4] = in.length() + 1;
    }

    private long number(int column, long most, String name) {
      byte[] line = in.bytes();
      int from = commas[column];
      int to = commas[column + 1] - 1;
      boolean hex = to - from > 2 && line[from] == '0' && line[from + 1] == 'x';
      long value = LineCursor.parse(line, hex ? from + 2 : from, to, hex ? 16 : 10);
      if (value < 0 || value > most) {
        throw wrong(name, column, "a whole number, decimal or 0x");
      }
      return value;
    }

    private Op direction() {
      byte[] line = in.bytes();
      int from = commas[1];
      int to = commas[2] - 1;
      if (Arrays.equals(line, from, to, TO_SHARED, 0, TO_SHARED.length)) {
        return Op.TO_SHARED;
      } else if (Arrays.equals(line, from, to, TO_PRIVATE, 0, TO_PRIVATE.length)) {
        return Op.TO_PRIVATE;
      }
      throw wrong("direction", 1, "to_shared or to_private");
    }

    private InputException wrong(String name, int column, String expected) {
      String text =
          new String(
              in.bytes(),
              commas[column],
              commas[column + 1] - 1 - commas[column],
              java.nio.charset.StandardCharsets.UTF_8);
      return in.error(name + " '" + LineReader.shown(text) + "'", expected);
    }

    @Override
    public String expected() {
      return HEADER + " and lines";
    }
  }
}
