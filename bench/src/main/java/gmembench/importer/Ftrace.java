// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.Op;

/**
 * The host kernel's event {@code kvm_vm_set_mem_attributes: start -- end [0xattributes]} as
 * trace_pipe, trace-cmd, perf script and a kernel's dump print it, gfns in hexadecimal, the end
 * exclusive; and {@code kvm_vm_set_mem_attributes(start: 1, end: 2, attr: 8)} as perf trace does,
 * which leaves out a field that is 0. The same name without a colon is a stack frame or a function.
 */
@AutoService(LogFormat.class)
public record Ftrace() implements LogFormat {
  private static final String FORM =
      "kvm_vm_set_mem_attributes: <start gfn> -- <end gfn> [0x<attributes>]";
  private static final byte[] NAME = LineCursor.bytes("kvm_vm_set_mem_attributes");
  private static final byte[] TO = LineCursor.bytes("--");
  private static final byte[] START = LineCursor.bytes("start");
  private static final byte[] END = LineCursor.bytes("end");
  private static final byte[] ATTRIBUTES = LineCursor.bytes("attr");
  private static final long PRIVATE = 1 << 3; // KVM_MEMORY_ATTRIBUTE_PRIVATE

  @Override
  public String why() {
    return "the host kernel's kvm_vm_set_mem_attributes: tracefs, trace-cmd, perf, a dump in dmesg";
  }

  @Override
  public Parser open(Log log) {
    return new Lines(log);
  }

  private static final class Lines implements Parser {
    private final Log log;
    private final LineCursor cursor;
    private long start;
    private long end;
    private long attributes;

    Lines(Log log) {
      this.log = log;
      this.cursor = log.cursor;
    }

    @Override
    public void line(Events out) {
      if (cursor.find(NAME) < 0) {
        log.skip(Log.UNRELATED);
      } else if (cursor.after() == ':' ? printed() : cursor.after() == '(' && fields()) {
        if (start >= end) {
          throw log.in.error(
              "range " + Units.hex(start) + " -- " + Units.hex(end), "an end above start");
        }
        log.event(out);
        out.add((attributes & PRIVATE) != 0 ? Op.TO_PRIVATE : Op.TO_SHARED, start, end - start);
      } else {
        log.skip(Log.NAME_ONLY);
      }
    }

    private boolean printed() {
      start = cursor.hexadecimal(FORM);
      cursor.expect(TO, FORM);
      end = cursor.hexadecimal(FORM);
      attributes = cursor.bracketed(FORM);
      return true;
    }

    /** False for a function with other arguments, or none. */
    private boolean fields() {
      start = 0;
      end = 0;
      attributes = 0;
      while (cursor.next()) {
        if (cursor.is(START)) {
          start = cursor.number(FORM);
        } else if (cursor.is(END)) {
          end = cursor.number(FORM);
        } else if (cursor.is(ATTRIBUTES)) {
          attributes = cursor.number(FORM);
        } else {
          return false;
        }
      }
      return end > 0;
    }

    @Override
    public String expected() {
      return FORM;
    }
  }
}
