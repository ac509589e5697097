// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.Op;

/**
 * cloud-hypervisor's log with -vv or more, from the vCPU's exits in hypervisor/src/kvm/mod.rs:
 * {@code KVM_HC_MAP_GPA_RANGE: address=0x.., pages=N, attributes=0x..} is the guest's call, {@code
 * VcpuExit::MemoryFault: flags=0x.., gpa=0x.., size=0x..} a page it touched without one.
 */
@AutoService(LogFormat.class)
public record CloudHypervisor() implements LogFormat {
  private static final String CALL = "KVM_HC_MAP_GPA_RANGE: address=0x.., pages=N, attributes=0x..";
  private static final String FAULT = "VcpuExit::MemoryFault: flags=0x.., gpa=0x.., size=0x..";
  private static final byte[][] NAMES = {
    LineCursor.bytes("KVM_HC_MAP_GPA_RANGE"), LineCursor.bytes("VcpuExit::MemoryFault")
  };
  private static final byte[] ADDRESS = LineCursor.bytes("address");
  private static final byte[] PAGES = LineCursor.bytes("pages");
  private static final byte[] ATTRIBUTES = LineCursor.bytes("attributes");
  private static final byte[] FLAGS = LineCursor.bytes("flags");
  private static final byte[] GPA = LineCursor.bytes("gpa");
  private static final byte[] SIZE = LineCursor.bytes("size");
  private static final long ENCRYPTED = 1 << 4; // KVM_MAP_GPA_RANGE_ENCRYPTED
  private static final long PRIVATE = 1 << 3; // KVM_MEMORY_EXIT_FLAG_PRIVATE

  @Override
  public String why() {
    return "cloud-hypervisor's debug log: calls of KVM_HC_MAP_GPA_RANGE, and memory faults";
  }

  @Override
  public Parser open(Log log) {
    return new Lines(log);
  }

  private static final class Lines implements Parser {
    private final Log log;
    private final LineCursor cursor;

    Lines(Log log) {
      this.log = log;
      this.cursor = log.cursor;
    }

    @Override
    public void line(Events out) {
      int name = cursor.find(NAMES);
      if (name < 0) {
        log.skip(Log.UNRELATED);
      } else if (!cursor.next() || !cursor.is(name == 0 ? ADDRESS : FLAGS)) {
        log.skip(Log.NAME_ONLY);
      } else if (name == 0) {
        call(out);
      } else {
        fault(out);
      }
    }

    private void call(Events out) {
      long gpa = cursor.number(CALL);
      long pages = cursor.field(PAGES, CALL);
      long attributes = cursor.field(ATTRIBUTES, CALL);
      if (pages > Long.MAX_VALUE / Units.PAGE_BYTES) {
        throw cursor.malformed(CALL);
      }
      add(out, (attributes & ENCRYPTED) != 0, gpa, pages * Units.PAGE_BYTES);
    }

    private void fault(Events out) {
      long flags = cursor.number(FAULT);
      long gpa = cursor.field(GPA, FAULT);
      long size = cursor.field(SIZE, FAULT);
      log.implicit();
      add(out, (flags & PRIVATE) != 0, gpa, size);
    }

    private void add(Events out, boolean toPrivate, long gpa, long size) {
      log.checkRange(gpa, size);
      log.event(out);
      Log.add(out, toPrivate ? Op.TO_PRIVATE : Op.TO_SHARED, gpa, size);
    }

    @Override
    public String expected() {
      return CALL + ", or " + FAULT;
    }
  }
}
