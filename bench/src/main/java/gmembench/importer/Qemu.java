// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import com.google.auto.service.AutoService;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.Op;

/**
 * QEMU's trace events of a confidential guest, by its log, ftrace, SystemTap or simpletrace
 * backend: {@code kvm_convert_memory}, and what leads to it, the hypercall {@code
 * kvm_hc_map_gpa_range} or the exit {@code kvm_memory_fault}. Where both are logged they are one
 * conversion.
 */
@AutoService(LogFormat.class)
public record Qemu() implements LogFormat {
  private static final String CONVERT =
      "kvm_convert_memory start 0x.. size 0x.. shared_to_private or private_to_shared";
  private static final String HYPERCALL =
      "kvm_hc_map_gpa_range gpa 0x.. size 0x.. attributes 0x.. flags 0x..";
  private static final String FAULT = "kvm_memory_fault start 0x.. size 0x.. flags 0x..";
  private static final byte[][] NAMES = {
    LineCursor.bytes("kvm_convert_memory"),
    LineCursor.bytes("kvm_hc_map_gpa_range"),
    LineCursor.bytes("kvm_memory_fault")
  };
  private static final byte[] START = LineCursor.bytes("start");
  private static final byte[] GPA = LineCursor.bytes("gpa");
  private static final byte[] SIZE = LineCursor.bytes("size");
  private static final byte[] ATTRIBUTES = LineCursor.bytes("attributes");
  private static final byte[] FLAGS = LineCursor.bytes("flags");
  private static final byte[] PID = LineCursor.bytes("pid");
  private static final byte[] MSG = LineCursor.bytes("msg");
  private static final byte[] TO_PRIVATE_BYTES = LineCursor.bytes("b'shared_to_private'");
  private static final byte[] TO_SHARED_BYTES = LineCursor.bytes("b'private_to_shared'");
  private static final byte[] TO_PRIVATE = LineCursor.bytes("shared_to_private");
  private static final byte[] TO_SHARED = LineCursor.bytes("private_to_shared");
  private static final long ENCRYPTED = 1 << 4; // KVM_MAP_GPA_RANGE_ENCRYPTED
  private static final long PRIVATE = 1 << 3; // KVM_MEMORY_EXIT_FLAG_PRIVATE

  @Override
  public String why() {
    return "kvm_convert_memory, kvm_hc_map_gpa_range, kvm_memory_fault of QEMU's trace, any backend";
  }

  @Override
  public Parser open(Log log) {
    return new Lines(log);
  }

  private static final class Lines implements Parser {
    private final Log log;
    private final LineCursor cursor;
    private final Requests requests = new Requests();

    Lines(Log log) {
      this.log = log;
      this.cursor = log.cursor;
    }

    @Override
    public void line(Events out) {
      log.readDifference();
      int name = cursor.find(NAMES);
      if (name < 0) {
        log.skip(Log.UNRELATED);
      } else if (!toFields(name == 1 ? GPA : START)) {
        log.skip(Log.NAME_ONLY);
      } else {
        log.event(out);
        long start = cursor.number(expected());
        switch (name) {
          case 0 -> convert(out, start);
          case 1 -> hypercall(out, start);
          default -> fault(out, start);
        }
      }
    }

    /** To the first field, past simpletrace's difference and process; false if there is none. */
    private boolean toFields(byte[] first) {
      if (!cursor.next()) {
        return false;
      }
      if (cursor.has('.') && cursor.next() && cursor.is(PID) && cursor.next()) {
        cursor.next();
      }
      return cursor.is(first);
    }

    private void convert(Events out, long start) {
      long size = cursor.field(SIZE, CONVERT);
      boolean has = cursor.next();
      if (has && cursor.is(MSG)) {
        has = cursor.next();
      }
      boolean toPrivate = has && (cursor.is(TO_PRIVATE) || cursor.is(TO_PRIVATE_BYTES));
      if (!toPrivate && !(has && (cursor.is(TO_SHARED) || cursor.is(TO_SHARED_BYTES)))) {
        throw cursor.malformed(CONVERT);
      }
      Op op = toPrivate ? Op.TO_PRIVATE : Op.TO_SHARED;
      log.checkRange(start, size);
      if (requests.take(log.thread(), op, start, size)) {
        log.skip("of a call or fault that is counted");
      } else {
        Log.add(out, op, start, size);
      }
    }

    private void hypercall(Events out, long gpa) {
      long size = cursor.field(SIZE, HYPERCALL);
      long attributes = cursor.field(ATTRIBUTES, HYPERCALL);
      cursor.field(FLAGS, HYPERCALL);
      ask(out, (attributes & ENCRYPTED) != 0, gpa, size);
    }

    /** The guest touched a page as what it was not: converted without having been asked for. */
    private void fault(Events out, long start) {
      long size = cursor.field(SIZE, FAULT);
      long flags = cursor.field(FLAGS, FAULT);
      log.implicit();
      ask(out, (flags & PRIVATE) != 0, start, size);
    }

    private void ask(Events out, boolean toPrivate, long start, long size) {
      log.checkRange(start, size);
      Op op = toPrivate ? Op.TO_PRIVATE : Op.TO_SHARED;
      requests.add(log.thread(), op, start, size);
      Log.add(out, op, start, size);
    }

    @Override
    public String expected() {
      return CONVERT + ", or " + HYPERCALL + ", or " + FAULT;
    }
  }
}
