// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import gmembench.Units;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.LineReader;
import gmembench.trace.Op;

/**
 * The host kernel's event, as trace_pipe, trace-cmd and perf script print it: {@code comm-pid [cpu]
 * .... sec.usec: kvm_vm_set_mem_attributes: start -- end [0xattributes]}, gfns in hexadecimal, the
 * end exclusive.
 */
final class FtraceLog implements LogFormat.Parser {
  private static final String FORM =
      "kvm_vm_set_mem_attributes: <start gfn> -- <end gfn> [0x<attributes>]";
  private static final byte[][] NAMES = {LineCursor.bytes("kvm_vm_set_mem_attributes")};
  private static final byte[] TO = LineCursor.bytes("--");
  private static final long PRIVATE = 1 << 3;

  private final LineReader in;
  private final LineCursor cursor;
  private final LogClock clock;

  FtraceLog(LineReader in) {
    this.in = in;
    this.cursor = new LineCursor(in);
    this.clock = new LogClock(in);
  }

  @Override
  public boolean line(Events out) {
    if ((in.length() > 0 && in.bytes()[0] == '#') || cursor.find(NAMES) < 0) {
      return false;
    }
    clock.readTracerPrefix(cursor.nameAt());
    clock.set(out);
    out.vcpu(clock.vcpu());
    long start = cursor.hexadecimal(FORM);
    cursor.expect(TO, FORM);
    long end = cursor.hexadecimal(FORM);
    long attributes = cursor.bracketed(FORM);
    if (start >= end) {
      throw in.error("range " + Units.hex(start) + " -- " + Units.hex(end), "an end above start");
    }
    out.add((attributes & PRIVATE) != 0 ? Op.TO_PRIVATE : Op.TO_SHARED, start, end - start);
    return true;
  }

  @Override
  public String expected() {
    return FORM;
  }
}
