// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Units;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vcpu;
import gmembench.linux.VcpuExit;
import gmembench.linux.Vm;
import gmembench.workload.Side;
import java.util.Arrays;
import java.util.Map;

/**
 * A guest of a few instructions that really runs on a vCPU, in 64-bit mode. It touches pages when
 * it is told to, so that a fault is its own and goes through KVM, and it asks for conversions.
 *
 * <p>The guest's physical addresses, each region at a power of two that is not below 4 GiB:
 *
 * <pre>
 *   0       private memory: gpa = gfn * 4096
 *   1 * bit shared memory:  gpa = gfn * 4096 + bit, as the shared bit of a TDX guest
 *   2 * bit this class's own slot: program, mailbox, page tables
 *   3 * bit no slot: a write here is an exit (MMIO)
 * </pre>
 *
 * Two addresses for a page, since without KVM_SET_MEMORY_ATTRIBUTES a slot shows one memory only: a
 * slot with a guest_memfd that can be mapped shows that file for every access.
 */
final class TinyGuest implements AutoCloseable {
  private static final long LOWEST_BIT = 1L << 32;
  private static final long LEAF_BYTES = 2 << 20;
  private static final long MAILBOX = Units.PAGE_BYTES;
  private static final long TABLES = 2 * Units.PAGE_BYTES;
  private static final long STEP = Memory.canary(1, Side.PRIVATE) - Memory.canary(0, Side.PRIVATE);
  private static final int EMPTY_EXITS = 101;
  private static final int AWAY_FOR_CONVERSION = 8;

  private final GuestCall call;
  private final long sharedBit;
  private final MappedFile control;
  private final Vcpu vcpu;
  private final long tscKhz;
  private long touchedBefore;
  private long awayBefore;
  private long exits;
  private long runNs;

  private TinyGuest(GuestCall call, long sharedBit, MappedFile control, Vcpu vcpu) {
    this.call = call;
    this.sharedBit = sharedBit;
    this.control = control;
    this.vcpu = vcpu;
    this.tscKhz = vcpu.tscKhz();
  }

  /** Where a guest of so many bytes sees its shared memory. */
  static long sharedGpa(long guestBytes) {
    return Math.max(LOWEST_BIT, Long.highestOneBit(2 * guestBytes));
  }

  /**
   * Makes it ready and lets it leave once. The slots of the guest's memory are the caller's.
   *
   * @param privilege the CPL, 0 or 3
   * @param slot a free slot, for the program
   * @param limitNs how long the guest may take between two exits
   */
  static TinyGuest open(
      Vm vm, long guestBytes, GuestCall call, int privilege, int slot, long limitNs) {
    long bit = sharedGpa(guestBytes);
    MappedFile control =
        MappedFile.memfd("gmembench-guest", TABLES + GuestTables.bytes(2 * guestBytes));
    try {
      long root = fill(control, bit, guestBytes, call);
      vm.setSlot(slot, 0, 2 * bit, control.bytes(), control, 0);
      if (call == GuestCall.HYPERCALL) {
        vm.exitOnMapGpaRange();
      }
      Vcpu vcpu = Vcpu.open(vm, 0, limitNs);
      try {
        vcpu.enterLongMode(privilege, root);
        vcpu.start(2 * bit, 2 * bit + MAILBOX, 3 * bit);
        TinyGuest guest = new TinyGuest(call, bit, control, vcpu);
        guest.empty();
        return guest;
      } catch (LinuxException e) {
        vcpu.close();
        throw e;
      }
    } catch (LinuxException e) {
      control.close();
      throw e;
    }
  }

  /** Program and page tables. Returns the root of these. */
  private static long fill(MappedFile control, long bit, long guestBytes, GuestCall call) {
    control.setBytes(0, GuestProgram.code(call));
    GuestTables tables = new GuestTables(control, 2 * bit, TABLES);
    tables.map(0, guestBytes);
    tables.map(bit, guestBytes);
    tables.map(2 * bit, LEAF_BYTES);
    tables.map(3 * bit, LEAF_BYTES);
    return tables.root();
  }

  /** The guest writes its canary to every page of a side, and comes back. */
  void touch(long gfn, long pages, Side side) {
    long address = gpa(gfn, side);
    tell(GuestProgram.TOUCH_ADDRESS, address);
    tell(GuestProgram.TOUCH_PAGES, pages);
    tell(GuestProgram.WORD, Memory.canary(gfn, side));
    tell(GuestProgram.WORD_STEP, STEP);
    leave(address, pages, 0, 0);
    tell(GuestProgram.TOUCH_PAGES, 0);
  }

  /**
   * The guest asks for a conversion. What it says is checked against what it was told, since a
   * guest that does something else would be timed for the wrong thing.
   */
  void ask(long gfn, long pages, Side to) {
    long gpa = gpa(gfn, Side.PRIVATE);
    long attributes = to == Side.PRIVATE ? VcpuExit.ENCRYPTED : 0;
    leave(gpa, pages, attributes, AWAY_FOR_CONVERSION);
    if (told(GuestProgram.ASKED_GPA) != gpa
        || told(GuestProgram.ASKED_PAGES) != pages
        || told(GuestProgram.ASKED_ATTRIBUTES) != attributes) {
      throw new LinuxException("the guest asked for something else than it was told to");
    }
  }

  private void empty() {
    leave(0, 1, 0, 0);
  }

  private void leave(long gpa, long pages, long attributes, long awayIndex) {
    tell(GuestProgram.ASK_GPA, gpa);
    tell(GuestProgram.ASK_PAGES, pages);
    tell(GuestProgram.ASK_ATTRIBUTES, attributes);
    tell(GuestProgram.AWAY_INDEX, awayIndex);
    long start = System.nanoTime();
    VcpuExit exit = run();
    runNs += System.nanoTime() - start;
    exits++;
    if (!call.isBy(exit, 3 * sharedBit)) {
      throw new LinuxException("the guest left with " + exit + " at rip " + Units.hex(vcpu.rip()));
    }
  }

  private VcpuExit run() {
    try {
      return vcpu.run();
    } catch (LinuxException e) {
      long answer = told(GuestProgram.ANSWER);
      throw call == GuestCall.HYPERCALL && answer != 0
          ? new LinuxException("vmmcall is answered with " + answer + " and no exit")
          : e;
    }
  }

  private long gpa(long gfn, Side side) {
    return gfn * Units.PAGE_BYTES + (side == Side.SHARED ? sharedBit : 0);
  }

  private void tell(int field, long value) {
    control.setLong(MAILBOX + field, value);
  }

  private long told(int field) {
    return control.getLong(MAILBOX + field);
  }

  /** A replay begins. */
  void restart() {
    exits = 0;
    runNs = 0;
    touchedBefore = told(GuestProgram.TOUCH_TICKS);
    awayBefore = told(GuestProgram.AWAY_TICKS + AWAY_FOR_CONVERSION);
  }

  /**
   * What the guest cost since {@link #restart}: {@code guest_exit_total_ns} is the time in KVM_RUN
   * in which the guest, by its own clock, did not touch memory. {@code guest_convert_total_ns} is
   * conversions as the guest sees them, from asking to going on.
   */
  void report(Map<String, String> metrics) {
    long touchNs = ns(told(GuestProgram.TOUCH_TICKS) - touchedBefore);
    long awayNs = ns(told(GuestProgram.AWAY_TICKS + AWAY_FOR_CONVERSION) - awayBefore);
    metrics.put("guest_exit_count", Long.toString(exits));
    metrics.put("guest_exit_total_ns", Long.toString(runNs - touchNs));
    metrics.put("guest_touch_total_ns", Long.toString(touchNs));
    metrics.put("guest_convert_total_ns", Long.toString(awayNs));
    metrics.put("guest_empty_exit_ns", Long.toString(emptyExitNs()));
  }

  private long ns(long ticks) {
    return Math.round(ticks * (1e6 / tscKhz));
  }

  /** Median time from KVM_RUN to KVM_RUN of a guest that does nothing but leave. */
  long emptyExitNs() {
    long[] ns = new long[EMPTY_EXITS];
    for (int i = 0; i < ns.length; i++) {
      long start = System.nanoTime();
      empty();
      ns[i] = System.nanoTime() - start;
    }
    Arrays.sort(ns);
    return ns[EMPTY_EXITS / 2];
  }

  @Override
  public void close() {
    vcpu.close();
    control.close();
  }
}
