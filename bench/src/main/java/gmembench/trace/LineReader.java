// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

import gmembench.InputException;
import gmembench.OutputFile;

/**
 * Lines of a plain or gzipped text file as bytes, in bounded memory and without a String a line.
 * The line just read is {@code bytes()[0 .. length())}.
 */
public final class LineReader implements AutoCloseable {
  private static final int MAX_LINE = 64 << 10;

  private final String name;
  private final InputStream in;
  private final byte[] buffer = new byte[64 << 10];
  private byte[] line = new byte[256];
  private int at;
  private int end;
  private int length;
  private long number;

  public LineReader(Path file) {
    this.name = file.toString();
    try {
      InputStream raw = new BufferedInputStream(Files.newInputStream(file), 8 << 10);
      this.in = isGzip(raw) ? new GZIPInputStream(raw, 8 << 10) : raw;
    } catch (NoSuchFileException e) {
      throw new InputException(name, "no such file", "a readable file");
    } catch (IOException e) {
      throw new InputException(
          name, "cannot be read (" + OutputFile.reason(e) + ")", "a readable file");
    }
  }

  private static boolean isGzip(InputStream in) throws IOException {
    in.mark(2);
    boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return gzip;
  }

  /** Reads the next line; false at the end of the file. */
  public boolean next() {
    length = 0;
    boolean any = false;
    while (at < end || fill()) {
      any = true;
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      append(from, at - from);
      if (at < end) {
        at++;
        break;
      }
    }
    if (any) {
      number++;
      if (length > 0 && line[length - 1] == '\r') {
        length--;
      }
    }
    return any;
  }

  private void append(int from, int count) {
    if (length + count > MAX_LINE) {
      number++;
      throw error("a line longer than " + MAX_LINE + " bytes", "a text file");
    }
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.min(MAX_LINE, (length + count) * 2));
    }
    System.arraycopy(buffer, from, line, length, count);
    length += count;
  }

  private boolean fill() {
    try {
      at = 0;
      end = Math.max(0, in.read(buffer));
      return end > 0;
    } catch (EOFException e) {
      throw truncated("the gzip stream is cut short");
    } catch (ZipException e) {
      throw truncated("the gzip stream is damaged (" + e.getMessage() + ")");
    } catch (IOException e) {
      throw truncated("cannot be read (" + e.getMessage() + ")");
    }
  }

  private InputException truncated(String what) {
    return new InputException(name, number + 1, what, "the whole file");
  }

  /** Good until the next line is read. */
  public byte[] bytes() {
    return line;
  }

  public int length() {
    return length;
  }

  /** The number of the line just read, from 1. */
  public long number() {
    return number;
  }

  /** Do these bytes, one or more, stand anywhere in the line? */
  public boolean contains(byte[] part) {
    for (int from = 0; from <= length - part.length; from++) {
      if (line[from] == part[0]
          && Arrays.equals(line, from, from + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  public String text() {
    return new String(line, 0, length, StandardCharsets.UTF_8);
  }

  /** Garbled input may hold anything: a bounded, printable piece of it. */
  public static String shown(String text) {
    return shown(text, 40);
  }

  public static String shown(String text, int most) {
    String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() <= most ? clean : clean.substring(0, most) + "...";
  }

  public InputException error(String what, String expected) {
    return new InputException(name, Math.max(1, number), what, expected);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      // everything asked for has been read; there is nothing to do about it
    }
  }
}
