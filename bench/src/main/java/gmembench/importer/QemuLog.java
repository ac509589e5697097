// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import gmembench.Units;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.LineReader;
import gmembench.trace.Op;

/**
 * QEMU's trace log of a confidential guest: {@code kvm_convert_memory start 0x.. size 0x..
 * shared_to_private}, and {@code kvm_hc_map_gpa_range gpa 0x.. size 0x.. attributes 0x.. flags
 * 0x..}. A hypercall ends in kvm_convert_memory, so where both are logged they are one conversion.
 */
final class QemuLog implements LogFormat.Parser {
  private static final String CONVERT =
      "kvm_convert_memory start 0x.. size 0x.. shared_to_private or private_to_shared";
  private static final String HYPERCALL =
      "kvm_hc_map_gpa_range gpa 0x.. size 0x.. attributes 0x.. flags 0x..";
  private static final byte[][] NAMES = {
    LineCursor.bytes("kvm_convert_memory"), LineCursor.bytes("kvm_hc_map_gpa_range")
  };
  private static final byte[] START = LineCursor.bytes("start");
  private static final byte[] GPA = LineCursor.bytes("gpa");
  private static final byte[] SIZE = LineCursor.bytes("size");
  private static final byte[] ATTRIBUTES = LineCursor.bytes("attributes");
  private static final byte[] FLAGS = LineCursor.bytes("flags");
  private static final byte[] TO_PRIVATE = LineCursor.bytes("shared_to_private");
  private static final byte[] TO_SHARED = LineCursor.bytes("private_to_shared");
  private static final long ENCRYPTED = 1 << 4;

  private final LineReader in;
  private final LineCursor cursor;
  private final LogClock clock;

  /** For each vCPU: the end and the rest of the hypercall that is being done, and its side. */
  private final long[][] hypercalls = new long[4096][];

  QemuLog(LineReader in) {
    this.in = in;
    this.cursor = new LineCursor(in);
    this.clock = new LogClock(in);
  }

  @Override
  public boolean line(Events out) {
    int name = cursor.find(NAMES);
    if (name == 0) {
      int vcpu = prefix(out);
      cursor.expect(START, CONVERT);
      convert(out, vcpu, cursor.number(CONVERT));
    } else if (name == 1) {
      int vcpu = prefix(out);
      cursor.expect(GPA, HYPERCALL);
      hypercall(out, vcpu, cursor.number(HYPERCALL));
    }
    return name >= 0;
  }

  private void convert(Events out, int vcpu, long start) {
    cursor.expect(SIZE, CONVERT);
    long size = cursor.number(CONVERT);
    if (!cursor.next() || !(cursor.is(TO_PRIVATE) || cursor.is(TO_SHARED))) {
      throw cursor.malformed(CONVERT);
    }
    Op op = cursor.is(TO_PRIVATE) ? Op.TO_PRIVATE : Op.TO_SHARED;
    check(start, size);
    if (!isOfHypercall(vcpu, op, start, size)) {
      out.add(op, start / Units.PAGE_BYTES, size / Units.PAGE_BYTES);
    }
  }

  private void hypercall(Events out, int vcpu, long gpa) {
    cursor.expect(SIZE, HYPERCALL);
    long size = cursor.number(HYPERCALL);
    cursor.expect(ATTRIBUTES, HYPERCALL);
    long attributes = cursor.number(HYPERCALL);
    cursor.expect(FLAGS, HYPERCALL);
    cursor.number(HYPERCALL);
    check(gpa, size);
    Op op = (attributes & ENCRYPTED) != 0 ? Op.TO_PRIVATE : Op.TO_SHARED;
    hypercalls[vcpu] = new long[] {gpa, gpa + size, size, op.ordinal()};
    out.add(op, gpa / Units.PAGE_BYTES, size / Units.PAGE_BYTES);
  }

  private boolean isOfHypercall(int vcpu, Op op, long start, long size) {
    long[] call = hypercalls[vcpu];
    if (call == null
        || call[3] != op.ordinal()
        || start < call[0]
        || start + size > call[1]
        || size > call[2]) {
      hypercalls[vcpu] = null;
      return false;
    }
    call[2] -= size;
    return true;
  }

  private void check(long start, long size) {
    if (start % Units.PAGE_BYTES != 0 || size % Units.PAGE_BYTES != 0 || size == 0) {
      throw in.error(
          "range " + Units.hex(start) + " + " + Units.hex(size), "whole pages, one or more");
    }
    if (start > Long.MAX_VALUE - size) {
      throw in.error("range " + Units.hex(start) + " + " + Units.hex(size), "an end below 2^63");
    }
  }

  private int prefix(Events out) {
    clock.readQemuPrefix(cursor.nameAt());
    clock.set(out);
    int vcpu = clock.vcpu();
    out.vcpu(vcpu);
    return vcpu;
  }

  @Override
  public String expected() {
    return CONVERT + ", or " + HYPERCALL;
  }
}
