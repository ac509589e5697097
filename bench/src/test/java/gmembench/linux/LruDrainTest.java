// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;

import gmembench.Units;
import gmembench.backing.MemfdThp;
import gmembench.backing.Support;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What lru_add_drain_all costs, which a conversion in place makes if a page was allocated lately:
 * by MADV_COLLAPSE of 2 MiB that are one folio already, which does nothing else. Pages wait for the
 * LRU on no CPU, on the caller's, on another one (a kworker has to run there), or on both. Prints
 * percentiles; asserts none.
 */
@Tag("kernel")
@Tag("slow")
class LruDrainTest {
  private static final int MADV_COLLAPSE = 25;
  private static final int CALLS = 500;
  private static final long PAGES = 8 * CALLS;

  private final MappedFile fresh = MappedFile.memfd("gmembench-fresh", PAGES * Units.PAGE_BYTES);
  private long next;

  private void allocate() {
    fresh.setLong(next++ * Units.PAGE_BYTES, 1);
  }

  /** By taskset(1). */
  private static boolean stayOn(int cpu) throws IOException, InterruptedException {
    Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName();
    String[] taskset = {"taskset", "-p", "-c", Integer.toString(cpu), thread.toString()};
    return new ProcessBuilder(taskset).start().waitFor() == 0;
  }

  @Test
  void aDrainIsDearWhereAnotherCpuHasToRun() throws Exception {
    assumeTrue(new MemfdThp().probe() instanceof Support.Yes, "no huge shmem");
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one CPU");
    try (MappedFile folio = MappedFile.hugeShmem("gmembench-folio", HugePool.PAGE_2M);
        ExecutorService caller = Executors.newSingleThreadExecutor();
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      folio.setLong(0, 1);
      assumeTrue(caller.submit(() -> stayOn(0)).get() && other.submit(() -> stayOn(1)).get());
      long[][] ns = new long[4][CALLS];
      for (int call = 0; call < CALLS; call++) {
        for (int state = 0; state < 4; state++) {
          caller.submit(() -> drain(folio)).get();
          if ((state & 1) != 0) {
            caller.submit(this::allocate).get();
          }
          if ((state & 2) != 0) {
            other.submit(this::allocate).get();
          }
          ns[state][call] = caller.submit(() -> drain(folio)).get();
        }
      }
      System.out.println("waiting,calls,min_ns,p50_ns,p90_ns");
      String[] names = {"none", "own", "other", "both"};
      for (int state = 0; state < 4; state++) {
        Arrays.sort(ns[state]);
        long[] sorted = ns[state];
        System.out.printf(
            "%s,%d,%d,%d,%d%n",
            names[state], CALLS, sorted[0], sorted[CALLS / 2], sorted[CALLS * 9 / 10]);
        assertThat(sorted[0]).isPositive();
      }
    } finally {
      fresh.close();
    }
  }

  private static long drain(MappedFile folio) {
    long start = System.nanoTime();
    Syscalls.madvise(folio.address(), HugePool.PAGE_2M, MADV_COLLAPSE);
    return System.nanoTime() - start;
  }
}
