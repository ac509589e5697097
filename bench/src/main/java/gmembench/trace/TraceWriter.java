// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

/** Writes trace lines as bytes, without a String a line. */
final class TraceWriter implements Trace.Visitor, AutoCloseable {
  private static final int MOST_LINE = 96;
  private static final byte[][] OPS = new byte[Op.values().length][];

  static {
    for (Op op : Op.values()) {
      OPS[op.ordinal()] = (op.text() + ",0x").getBytes(StandardCharsets.UTF_8);
    }
  }

  private final OutputStream out;
  private final byte[] buffer = new byte[16 << 10];
  private int at;

  TraceWriter(OutputStream plain, boolean gzip) throws IOException {
    this.out = gzip ? new GZIPOutputStream(plain, 64 << 10) : plain;
  }

  void text(String text) throws IOException {
    flush();
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void event(long atNs, int vcpu, Op op, long gfn, long pages) {
    if (buffer.length - at < MOST_LINE) {
      try {
        flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    decimal(atNs);
    buffer[at++] = ',';
    decimal(vcpu);
    buffer[at++] = ',';
    byte[] name = OPS[op.ordinal()];
    System.arraycopy(name, 0, buffer, at, name.length);
    at += name.length;
    hexadecimal(gfn);
    buffer[at++] = ',';
    decimal(pages);
    buffer[at++] = '\n';
  }

  private void decimal(long value) {
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--, rest /= 10) {
      buffer[i] = (byte) ('0' + rest % 10);
    }
    at += digits;
  }

  private void hexadecimal(long value) {
    int digits = Math.max(1, (67 - Long.numberOfLeadingZeros(value)) / 4);
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      buffer[at++] = (byte) Character.forDigit((int) (value >>> shift) & 15, 16);
    }
  }

  private void flush() throws IOException {
    out.write(buffer, 0, at);
    at = 0;
  }

  @Override
  public void close() throws IOException {
    try {
      flush();
    } finally {
      out.close();
    }
  }
}
