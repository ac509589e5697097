// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

/** CPU time by clock_gettime(2), to the nanosecond; what is running now is included. */
public final class CpuTime {
  private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
  private static final int CLOCK_THREAD_CPUTIME_ID = 3;
  private static final long TIMESPEC_BYTES = 16;

  private CpuTime() {}

  /**
   * What all other threads of this process took so far. A thread that is on another CPU has the
   * process's page tables there, so that every page table entry that is zapped meanwhile costs an
   * interrupt of that CPU (flush_tlb_mm_range).
   */
  public static long ofOtherThreadsNs() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(TIMESPEC_BYTES, Long.BYTES);
      long own = ns(CLOCK_THREAD_CPUTIME_ID, time); // first: it is part of the other
      return ns(CLOCK_PROCESS_CPUTIME_ID, time) - own;
    }
  }

  private static long ns(int clock, MemorySegment time) {
    Syscalls.clockGettime(clock, time.address());
    return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000
        + time.get(ValueLayout.JAVA_LONG, Long.BYTES);
  }
}
