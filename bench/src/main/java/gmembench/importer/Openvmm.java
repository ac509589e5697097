// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import com.google.auto.service.AutoService;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.Op;

/**
 * OpenVMM's trace on KVM at level debug: {@code KVM_HC_MAP_GPA_RANGE set memory attributes gpa=N
 * size=N page_count=N map_attributes=N private=true} of vmm_core/virt_kvm/src/memory.rs. "handling"
 * and "handled" of the same call are not others.
 */
@AutoService(LogFormat.class)
public record Openvmm() implements LogFormat {
  private static final String FORM =
      "KVM_HC_MAP_GPA_RANGE set memory attributes gpa=N size=N page_count=N map_attributes=N"
          + " private=true or false";
  private static final byte[] NAME = LineCursor.bytes("KVM_HC_MAP_GPA_RANGE");
  private static final byte[][] SET = {
    LineCursor.bytes("set"), LineCursor.bytes("memory"), LineCursor.bytes("attributes")
  };
  private static final byte[] GPA = LineCursor.bytes("gpa");
  private static final byte[] SIZE = LineCursor.bytes("size");
  private static final byte[] COUNT = LineCursor.bytes("page_count");
  private static final byte[] ATTRIBUTES = LineCursor.bytes("map_attributes");
  private static final byte[] PRIVATE = LineCursor.bytes("private");
  private static final byte[] TRUE = LineCursor.bytes("true");
  private static final byte[] FALSE = LineCursor.bytes("false");

  @Override
  public String why() {
    return "OpenVMM's debug log on KVM: KVM_HC_MAP_GPA_RANGE set memory attributes";
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
      if (cursor.find(NAME) < 0) {
        log.skip(Log.UNRELATED);
      } else if (!isSet()) {
        log.skip("of a call that is counted");
      } else {
        set(out);
      }
    }

    private boolean isSet() {
      for (byte[] word : SET) {
        if (!cursor.next() || !cursor.is(word)) {
          return false;
        }
      }
      return true;
    }

    private void set(Events out) {
      long gpa = cursor.field(GPA, FORM);
      long size = cursor.field(SIZE, FORM);
      cursor.field(COUNT, FORM);
      cursor.field(ATTRIBUTES, FORM);
      cursor.expect(PRIVATE, FORM);
      if (!cursor.next() || !(cursor.is(TRUE) || cursor.is(FALSE))) {
        throw cursor.malformed(FORM);
      }
      Op op = cursor.is(TRUE) ? Op.TO_PRIVATE : Op.TO_SHARED;
      log.checkRange(gpa, size);
      log.event(out);
      Log.add(out, op, gpa, size);
    }

    @Override
    public String expected() {
      return FORM;
    }
  }
}
