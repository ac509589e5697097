// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

/**
 * Pages on their way to the LRU (cpu_fbatches.lru_add): a 4K page that was just allocated waits in
 * its CPU's batch, which holds a reference to it, until that is full or drained. Huge folios do not
 * wait (folio_may_be_lru_cached), and hugetlb's are on no LRU.
 */
final class LruBatches {
  /** PAGEVEC_SIZE. */
  static final int BATCH = 31;

  /** By CPU. */
  private final long[][] pages;

  private final int[] sizes;

  LruBatches(int cpus) {
    pages = new long[cpus][BATCH];
    sizes = new int[cpus];
  }

  /** A CPU allocates pages in turn; a batch that is full goes. */
  void add(int cpu, long gfn, long count) {
    long gone = Math.max(0, count / BATCH - 1) * BATCH; // in batches that are full before the end
    for (long page = gfn + gone; page < gfn + count; page++) {
      pages[cpu][sizes[cpu]++] = page;
      if (sizes[cpu] == BATCH) {
        sizes[cpu] = 0;
      }
    }
  }

  /** The first page of a range that waits anywhere, or the end of the range. */
  long first(long gfn, long end) {
    long first = end;
    for (int cpu = 0; cpu < sizes.length; cpu++) {
      first = Math.min(first, first(cpu, gfn, end));
    }
    return first;
  }

  /** The first page of a range that waits in a CPU's batch, or the end of the range. */
  long first(int cpu, long gfn, long end) {
    long first = end;
    for (int i = 0; i < sizes[cpu]; i++) {
      long page = pages[cpu][i];
      first = page >= gfn && page < first ? page : first;
    }
    return first;
  }

  /** lru_add_drain: a CPU drains its own. */
  void drain(int cpu) {
    sizes[cpu] = 0;
  }

  /** lru_add_drain_all: each CPU that has any (cpu_needs_drain). Returns how many these were. */
  int drainAll() {
    int drained = 0;
    for (int cpu = 0; cpu < sizes.length; cpu++) {
      drained += sizes[cpu] > 0 ? 1 : 0;
      sizes[cpu] = 0;
    }
    return drained;
  }
}
