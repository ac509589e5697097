// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * 64-bit mode in struct kvm_sregs: flat segments at one privilege, paging on, no interrupts and no
 * descriptor tables, since the guest never loads a segment and never faults by itself. It has a
 * task state segment, since KVM may read that for an OUT.
 */
final class VcpuState {
  static final long SREGS_BYTES = 312;
  static final long REGS_BYTES = 144;

  private static final int SEGMENT_BYTES = 24;
  private static final int CS = 0;
  private static final int SS = 5;
  private static final int TR = 6;
  private static final int CR0 = 224;
  private static final int CR3 = CR0 + 16;
  private static final int CR4 = CR0 + 24;
  private static final int EFER = CR0 + 40;

  /** PG | AM | WP | NE | ET | MP | PE. */
  private static final long PAGED_PROTECTED = 0x80050033L;

  /** PAE | OSFXSR | OSXMMEXCPT. */
  private static final long PAE = 0x620;

  /** NXE | LMA | LME. */
  private static final long LONG_MODE = 0xd00;

  /** Bit 1 is always set; IOPL 3, so that privilege 3 may OUT without a TSS. */
  private static final long FLAGS = 2 | 3 << 12;

  private static final int RIP = 128;
  private static final int CODE = 11;
  private static final int DATA = 3;

  private VcpuState() {}

  /** {@code privilege} is 0 or 3, as Linux lays out its selectors. */
  static void longMode(MemorySegment sregs, int privilege, long pageTables, long taskState) {
    boolean user = privilege == 3;
    segment(sregs, CS, user ? 0x33 : 0x10, CODE, privilege);
    for (int i = CS + 1; i <= SS; i++) {
      segment(sregs, i, user ? 0x2b : 0x18, DATA, privilege);
    }
    sregs.set(JAVA_LONG, (long) TR * SEGMENT_BYTES, taskState);
    sregs.set(JAVA_LONG, CR0, PAGED_PROTECTED);
    sregs.set(JAVA_LONG, CR3, pageTables);
    sregs.set(JAVA_LONG, CR4, PAE);
    sregs.set(JAVA_LONG, EFER, LONG_MODE);
  }

  /**
   * struct kvm_segment { u64 base; u32 limit; u16 selector; u8 type, present, dpl, db, s, l, g,
   * avl, unusable, pad }.
   */
  private static void segment(MemorySegment sregs, int index, int selector, int type, int dpl) {
    MemorySegment segment = sregs.asSlice((long) index * SEGMENT_BYTES, SEGMENT_BYTES);
    segment.fill((byte) 0);
    segment.set(JAVA_INT, 8, -1);
    segment.set(JAVA_SHORT, 12, (short) selector);
    int isCode = type == CODE ? 1 : 0;
    int[] bytes = {type, 1, dpl, 1 - isCode, 1, isCode, 1};
    for (int i = 0; i < bytes.length; i++) {
      segment.set(JAVA_BYTE, 14 + i, (byte) bytes[i]);
    }
  }

  /** The two registers that a program starts with: rdi and r8, as in a call of C (1st, 5th). */
  static void start(MemorySegment regs, long rip, long rdi, long r8) {
    regs.fill((byte) 0);
    regs.set(JAVA_LONG, 5 * 8, rdi);
    regs.set(JAVA_LONG, 8 * 8, r8);
    regs.set(JAVA_LONG, RIP, rip);
    regs.set(JAVA_LONG, RIP + 8, FLAGS);
  }

  static long rip(MemorySegment regs) {
    return regs.get(JAVA_LONG, RIP);
  }
}
