// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Units;
import gmembench.result.Metrics;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The folio table against arrays of pages, and what it takes. */
class FolioTableTest {
  private static final long GIB = 1L << 18;

  /** Orders, mappings and pins by page. */
  private static final class Naive {
    final byte[] order;
    final boolean[] mapped;
    final int[] pins;

    Naive(int pages, int order) {
      this.order = new byte[pages];
      this.mapped = new boolean[pages];
      this.pins = new int[pages];
      for (int page = 0; page < pages; page++) {
        int most = order;
        while (most > 0 && ((page >>> most) + 1) << most > pages) {
          most -= 9;
        }
        this.order[page] = (byte) most;
      }
    }

    boolean held(int page) {
      int size = order[page];
      for (int i = page >>> size << size; i < (page >>> size << size) + (1 << size); i++) {
        if (pins[i] > 0) {
          return true;
        }
      }
      return false;
    }

    long check(int gfn, int pages) {
      for (int page = gfn; page < gfn + pages; page = ((page >>> order[page]) + 1) << order[page]) {
        if (held(page)) {
          return (long) page - gfn;
        }
      }
      return pages;
    }

    /** Returns the entries: one for all of a frame of a huge folio. */
    int unmap(int gfn, int pages) {
      int entries = 0;
      for (int page = gfn, next; page < gfn + pages; page = next) {
        next = Math.min(gfn + pages, (page | 511) + 1);
        boolean one = order[page] > 0;
        for (int i = page & -512; one && i <= (page | 511); i++) {
          one = mapped[i];
        }
        for (int i = page; i < next; i++) {
          entries += mapped[i] && !one ? 1 : 0;
          mapped[i] = false;
        }
        entries += one ? 1 : 0;
      }
      return entries;
    }

    boolean reshape(int gfn, int pages, int to) {
      for (int page = gfn; page < gfn + pages; page++) {
        if (pins[page] > 0) {
          return false;
        }
      }
      for (int page = gfn; page < gfn + pages; page++) {
        mapped[page] &= to < order[page];
        order[page] = (byte) to;
      }
      return true;
    }

    long lostBytes() {
      long saved = 0;
      for (int page = 0; page < order.length; page += 1 << order[page]) {
        saved += saved(order[page]);
      }
      return -saved;
    }

    static long saved(int order) {
      return order == 18 ? (16 << 20) - 4096 : order == 9 ? 28 << 10 : 0;
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1500, 1", "9, 3079, 2", "9, 3079, 3", "18, 263687, 4"})
  void equalsArraysOfPages(int order, int pages, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FolioTable table = new FolioTable(pages, order, true);
    Naive naive = new Naive(pages, order);
    long atFirst = naive.lostBytes();
    for (int i = 0; i < (order == 18 ? 1500 : 20_000); i++) {
      int gfn = random.nextInt(8) == 0 ? random.nextInt(pages) : random.nextInt(40) * 37 % pages;
      int count = 1 + random.nextInt(random.nextInt(9) == 0 ? Math.min(pages - gfn, 1200) : 3);
      count = Math.min(count, pages - gfn);
      String at = "seed " + seed + " step " + i + " gfn " + Units.hex(gfn) + "+" + count;
      switch (random.nextInt(7)) {
        case 0 -> {
          assertThat(table.map(gfn, count)).isTrue();
          java.util.Arrays.fill(naive.mapped, gfn, gfn + count, true);
        }
        case 1 -> {
          assertThat(table.unmap(gfn, count)).as(at).isEqualTo(naive.unmap(gfn, count));
        }
        case 2 -> {
          assertThat(table.pin(gfn, count)).isTrue();
          for (int page = gfn; page < gfn + count; page++) {
            naive.mapped[page] = true;
            naive.pins[page]++;
          }
        }
        case 3, 4 -> {
          table.unpin(gfn, count);
          for (int page = gfn; page < gfn + count; page++) {
            naive.pins[page] = Math.max(0, naive.pins[page] - 1);
          }
        }
        default -> reshape(table, naive, gfn, random, at);
      }
      assertThat(table.check(gfn, count)).as(at).isEqualTo(naive.check(gfn, count));
      assertThat(table.order(gfn)).as(at).isEqualTo(naive.order[gfn]);
      assertThat(table.isMapped(gfn, 1)).as(at).isEqualTo(naive.mapped[gfn]);
      assertThat(table.pins(gfn)).as(at).isEqualTo(naive.pins[gfn]);
    }
    assertThat(table.lostBytes()).isEqualTo(naive.lostBytes() - atFirst);
    assertThat(table.check(0, pages)).isEqualTo(naive.check(0, pages));
  }

  /** Splits the folio at a page, or merges it with its neighbours, if that is possible there. */
  private static void reshape(
      FolioTable table, Naive naive, int gfn, SplittableRandom random, String at) {
    int size = naive.order[gfn];
    int start = gfn >>> size << size;
    int up = size + 9;
    boolean fits = ((gfn >>> up) + 1) << up <= naive.order.length && up <= 18;
    if (random.nextBoolean() && size > 0) {
      boolean all = random.nextBoolean();
      boolean done = naive.reshape(start, 1 << size, all ? 0 : size - 9);
      boolean found = all ? table.shatter(start, 1L << size) : table.split(start, 1L << size);
      assertThat(found).as(at).isEqualTo(done);
    } else if (fits) {
      int whole = gfn >>> up << up;
      for (int page = whole; page < whole + (1 << up); page += 1 << 9) {
        if (naive.order[page] >= up) {
          return;
        }
      }
      boolean done = naive.reshape(whole, 1 << up, up);
      assertThat(table.merge(whole, 1L << up)).as(at).isEqualTo(done);
    }
  }

  @Test
  void countsWhatShatteringCosts() {
    FolioTable table = new FolioTable(2 * GIB, 18, true);
    assertThat(table.gibs(0, 2 * GIB)).isEqualTo(2);
    assertThat(table.gibs(1, 2 * GIB)).isEqualTo(1);
    assertThat(table.gibs(1, 2 * GIB - 1)).isZero();
    assertThat(table.shatter(GIB, GIB)).isTrue();
    assertThat(table.gibs(0, 2 * GIB)).isEqualTo(1);
    assertThat(table.lostBytes()).isEqualTo((16 << 20) - (4 << 10));
    assertThat(table.merge(GIB, GIB)).isTrue();
    assertThat(table.lostBytes()).isZero();
    assertThat(table.gibs(0, 2 * GIB)).isEqualTo(2);
    assertThat(table.split(0, GIB)).isTrue();
    assertThat(table.gibs(0, 2 * GIB)).isEqualTo(1);
    assertThat(table.hugeFrames(0, 2 * GIB)).isEqualTo(1024);
    assertThat(table.lostBytes()).isEqualTo((2 << 20) - (4 << 10));
    assertThat(table.split(512, 512)).isTrue();
    assertThat(table.lostBytes()).isEqualTo((2 << 20) - (4 << 10) + (28 << 10));
    Metrics reported = new Metrics();
    table.report(reported);
    Map<String, String> metrics = reported.written();
    assertThat(metrics)
        .containsEntry("vmemmap_lost_peak_bytes", Integer.toString((16 << 20) - (4 << 10)))
        .containsEntry("folio_split_count", "3")
        .containsEntry("folio_merge_count", "1");
  }

  @Test
  void newMappingsWaitWhileItIsLocked() {
    FolioTable table = new FolioTable(1024, 9, true);
    assertThat(table.map(3, 1)).isTrue();
    table.lock();
    assertThat(table.map(4, 1)).isFalse();
    assertThat(table.pin(3, 1)).as("fast GUP of what is mapped").isTrue();
    assertThat(table.pin(3, 2)).isFalse();
    table.unlock();
    assertThat(table.pin(3, 2)).isTrue();
    assertThat(table.check(0, 1024)).isZero();
    assertThat(table.split(0, 512)).isFalse();
    assertThat(table.check(512, 512)).isEqualTo(512);
  }

  /** 1 TiB in huge folios, every page mapped by the host. */
  @ParameterizedTest
  @CsvSource({"9", "18"})
  void aTebibyteTakesLessThan64MiB(int order) {
    long pages = 1024 * GIB;
    long before = heldBytes();
    FolioTable table = new FolioTable(pages, order, true);
    for (long gfn = 0; gfn < pages; gfn += GIB) {
      assertThat(table.map(gfn, GIB)).isTrue();
    }
    long took = heldBytes() - before;
    assertThat(table.check(0, pages)).isEqualTo(pages);
    assertThat(took).isLessThan(64L << 20);
  }

  private static long heldBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
