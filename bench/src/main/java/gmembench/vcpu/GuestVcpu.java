// SPDX-License-Identifier: Apache-2.0
package gmembench.vcpu;

import module java.base;

import gmembench.Units;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vcpu;
import gmembench.linux.VcpuExit;

/** A vCPU that runs {@link GuestProgram}, its mailbox, and what it has cost. */
final class GuestVcpu implements AutoCloseable {
  private static final long MOST_PAGES = 8192;
  private static final int EMPTY_EXITS = 101;
  private static final int AWAY_FOR_CONVERSION = 8;

  private final GuestCall call;
  private final MappedFile control;
  private final long mailbox;
  private final long mmioGpa;
  private final Vcpu vcpu;
  private final long tscKhz;
  private final AtomicBoolean isTaken = new AtomicBoolean();
  private volatile long lastThread;
  private long exits;
  private long runNs;
  private long refaults;
  private long refaultTicks;
  private long touchedBefore;
  private long awayBefore;

  /**
   * @param mailbox where in the control file its mailbox is
   * @param mmioGpa an address that no slot has
   */
  GuestVcpu(GuestCall call, MappedFile control, long mailbox, long mmioGpa, Vcpu vcpu) {
    this.call = call;
    this.control = control;
    this.mailbox = mailbox;
    this.mmioGpa = mmioGpa;
    this.vcpu = vcpu;
    this.tscKhz = vcpu.tscKhz();
  }

  /** Only one thread at a time may have it. */
  boolean take(long thread) {
    if (isTaken.compareAndSet(false, true)) {
      lastThread = thread;
      return true;
    }
    return false;
  }

  boolean wasTakenBy(long thread) {
    return lastThread == thread;
  }

  void giveBack() {
    isTaken.set(false);
  }

  /**
   * It writes a word to each page from an address, adding a step each time, and comes back; also in
   * between if there are very many, so that its time limit is of so many faults and not of any.
   */
  void touch(long address, long pages, long word, long step) {
    for (long at = 0; at < pages; at += MOST_PAGES) {
      long n = Math.min(MOST_PAGES, pages - at);
      touchSome(address + at * Units.PAGE_BYTES, n, word + at * step, step);
    }
  }

  private void touchSome(long address, long pages, long word, long step) {
    tell(GuestProgram.TOUCH_ADDRESS, address);
    tell(GuestProgram.TOUCH_PAGES, pages);
    tell(GuestProgram.WORD, word);
    tell(GuestProgram.WORD_STEP, step);
    leave(address, pages, 0, 0);
    tell(GuestProgram.TOUCH_PAGES, 0);
  }

  /** The same, but counted apart: pages that it has touched before and lost since. */
  void touchAgain(long address, long pages) {
    long before = told(GuestProgram.TOUCH_TICKS);
    touch(address, pages, 1, 0);
    refaultTicks += told(GuestProgram.TOUCH_TICKS) - before;
    refaults++;
  }

  /**
   * It asks for a conversion. What it says is checked against its orders, since a guest that does
   * something else would be timed for the wrong thing.
   */
  void ask(long gpa, long pages, long attributes) {
    leave(gpa, pages, attributes, AWAY_FOR_CONVERSION);
    if (told(GuestProgram.ASKED_GPA) != gpa
        || told(GuestProgram.ASKED_PAGES) != pages
        || told(GuestProgram.ASKED_ATTRIBUTES) != attributes) {
      throw new LinuxException("the guest asked for something else than its orders");
    }
  }

  /** It reads so many words; their bitwise or. Not counted, since only checks read. */
  long look(long address, long words) {
    long exitsBefore = exits;
    long runNsBefore = runNs;
    tell(GuestProgram.LOOK_ADDRESS, address);
    tell(GuestProgram.LOOK_WORDS, words);
    leave();
    tell(GuestProgram.LOOK_WORDS, 0);
    exits = exitsBefore;
    runNs = runNsBefore;
    return told(GuestProgram.LOOKED);
  }

  void preFault(long gpa, long bytes) {
    vcpu.preFault(gpa, bytes);
  }

  /** It does nothing but leave. */
  void leave() {
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
    if (!call.isBy(exit, mmioGpa)) {
      throw new LinuxException("the guest left with " + exit + " at rip " + Units.hex(vcpu.rip()));
    }
  }

  private VcpuExit run() {
    try {
      return vcpu.run();
    } catch (LinuxException e) {
      long answer = told(GuestProgram.ANSWER);
      if (call == GuestCall.HYPERCALL && answer != 0) {
        throw new LinuxException("vmmcall is answered with " + answer + " and no exit");
      }
      boolean inCall = vcpu.rip() % Units.PAGE_BYTES == GuestProgram.callOffset();
      throw inCall ? new LinuxException(e.reason() + ", in " + call.instruction()) : e;
    }
  }

  /** Median time from KVM_RUN to KVM_RUN when it does nothing but leave. */
  long emptyExitNs() {
    long[] ns = new long[EMPTY_EXITS];
    for (int i = 0; i < ns.length; i++) {
      long start = System.nanoTime();
      leave();
      ns[i] = System.nanoTime() - start;
    }
    Arrays.sort(ns);
    return ns[EMPTY_EXITS / 2];
  }

  /** Counts start from here. */
  void restart() {
    exits = 0;
    runNs = 0;
    refaults = 0;
    refaultTicks = 0;
    touchedBefore = told(GuestProgram.TOUCH_TICKS);
    awayBefore = told(GuestProgram.AWAY_TICKS + AWAY_FOR_CONVERSION);
  }

  long exits() {
    return exits;
  }

  long runNs() {
    return runNs;
  }

  long refaults() {
    return refaults;
  }

  long refaultNs() {
    return ns(refaultTicks);
  }

  /** By the guest's clock; refaults are not in it. */
  long touchNs() {
    return ns(told(GuestProgram.TOUCH_TICKS) - touchedBefore - refaultTicks);
  }

  /** By the guest's clock: from asking for a conversion to going on after it. */
  long convertNs() {
    return ns(told(GuestProgram.AWAY_TICKS + AWAY_FOR_CONVERSION) - awayBefore);
  }

  private long ns(long ticks) {
    return Math.round(ticks * (1e6 / tscKhz));
  }

  private void tell(int field, long value) {
    control.setLong(mailbox + field, value);
  }

  private long told(int field) {
    return control.getLong(mailbox + field);
  }

  @Override
  public void close() {
    vcpu.close();
  }
}
