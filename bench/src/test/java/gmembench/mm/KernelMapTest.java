// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static gmembench.mm.Term.PER_ENTRY;
import static gmembench.mm.Term.PER_ENTRY_JOIN;
import static gmembench.mm.Term.PER_ENTRY_SPLIT;
import static gmembench.mm.Term.PER_KERNEL_FLUSH;
import static gmembench.mm.Term.PER_KERNEL_FLUSH_ALL;
import static gmembench.mm.Term.PER_SHOOTDOWN;
import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Thorough;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a page table of objects, walked from the top for every call. */
class KernelMapTest {
  private static final int CEILING = 33;
  private static final int OTHERS = 3;
  private static final int GIB = 1 << 18;

  private final Counts counts = new Counts();

  private String of(KernelMap map, Verb verb, long gfn, long pages, Side side) {
    map.apply(verb, gfn, pages, side, counts);
    return text(counts);
  }

  private static String text(Counts counts) {
    return Counted.of(
        counts,
        PER_ENTRY,
        PER_ENTRY_SPLIT,
        PER_ENTRY_JOIN,
        PER_KERNEL_FLUSH,
        PER_KERNEL_FLUSH_ALL,
        PER_SHOOTDOWN);
  }

  /**
   * By hand, 1 GiB in folios of 2M, three other CPUs. The first folio leaves: the 1G entry is split
   * (a flush), its first 2M entry goes whole, and 512 pages are more than 33, so all is flushed
   * again. A page of it comes back: its entry, which is not present, is split as well. It goes
   * again: one entry, one page flushed. Two frames at once: 2 entries, one flush. All of the first
   * three comes back, page 7 being there: 511 + 2 entries, and no flush. Joined: its 2M table, and
   * the 1G one. So is a frame of which a page is shared and taken back: a split, and a join.
   */
  @Test
  void aGibibyteByHand() {
    KernelMap map = new KernelMap(GIB, 9, true, CEILING, OTHERS);
    assertThat(of(map, Verb.TOUCH, 100, 1, Side.PRIVATE))
        .isEqualTo("1 direct, 1 direct split, 2 kernel flush all, 6 shootdown");
    assertThat(of(map, Verb.TOUCH, 0, 512, Side.PRIVATE)).isEmpty();
    assertThat(of(map, Verb.DIRECT_MAP, 7, 1, Side.SHARED))
        .isEqualTo("1 direct, 1 direct split, 1 kernel flush all, 3 shootdown");
    assertThat(of(map, Verb.DIRECT_MAP, 7, 1, Side.SHARED)).isEmpty();
    assertThat(of(map, Verb.DIRECT_MAP, 7, 1, Side.PRIVATE))
        .isEqualTo("1 direct, 1 kernel flush, 3 shootdown");
    assertThat(of(map, Verb.DIRECT_MAP, 512, 1024, Side.PRIVATE))
        .isEqualTo("2 direct, 1 kernel flush all, 3 shootdown");
    of(map, Verb.DIRECT_MAP, 7, 1, Side.SHARED);
    assertThat(of(map, Verb.JOIN, 7, 1, Side.SHARED)).isEmpty();
    assertThat(of(map, Verb.DIRECT_MAP, 0, 1536, Side.SHARED)).isEqualTo("513 direct");
    assertThat(of(map, Verb.JOIN, 0, 1536, Side.SHARED))
        .isEqualTo("2 direct join, 1 kernel flush all, 3 shootdown");
    of(map, Verb.DIRECT_MAP, 512, 512, Side.PRIVATE);
    assertThat(of(map, Verb.DIRECT_MAP, 520, 1, Side.SHARED))
        .startsWith("1 direct, 1 direct split");
    assertThat(of(map, Verb.JOIN, 520, 1, Side.SHARED)).isEmpty();
    of(map, Verb.DIRECT_MAP, 520, 1, Side.PRIVATE);
    assertThat(of(map, Verb.JOIN, 520, 1, Side.PRIVATE))
        .isEqualTo("1 direct join, 1 kernel flush all, 3 shootdown");
  }

  /** 4K folios leave one by one: 2 splits once, then a call and a flush for each page. */
  @Test
  void smallFoliosLeaveByACallEach() {
    KernelMap map = new KernelMap(GIB, 0, true, CEILING, OTHERS);
    assertThat(of(map, Verb.TOUCH, 0, 40, Side.PRIVATE))
        .isEqualTo("40 direct, 2 direct split, 40 kernel flush, 2 kernel flush all, 126 shootdown");
    assertThat(of(map, Verb.DISCARD, 0, 100, Side.PRIVATE)).isEqualTo("40 direct");
    assertThat(of(map, Verb.DIRECT_MAP, 0, 33, Side.PRIVATE))
        .as("a range in one call")
        .isEqualTo("33 direct, 33 kernel flush, 3 shootdown");
    assertThat(of(map, Verb.DIRECT_MAP, 100, 34, Side.PRIVATE))
        .isEqualTo("34 direct, 1 kernel flush all, 3 shootdown");
  }

  /** The same by objects and arrays, for one page at a time where that is what happens. */
  private static final class Naive {
    private final int guestPages;
    private final int folio;
    private final NaiveEntry[] gibs;
    private final boolean[] reachable;
    private final boolean[] copied;
    private long entries;
    private long splits;
    private long joins;
    private long flushed;
    private long flushes;
    private long all;

    Naive(int guestPages, int folio) {
      this.guestPages = guestPages;
      this.folio = folio;
      this.gibs = new NaiveEntry[(guestPages - 1) / GIB + 1];
      for (int i = 0; i < gibs.length; i++) {
        gibs[i] = new NaiveEntry((long) i * GIB, GIB);
      }
      this.reachable = new boolean[guestPages];
      this.copied = new boolean[guestPages];
    }

    private boolean isPresent(int gfn) {
      return gibs[gfn / GIB].isPresent(gfn);
    }

    private void call(long from, long to, boolean wanted) {
      long[] changedSplit = {0, 0};
      for (NaiveEntry gib : gibs) {
        gib.set(from, to, wanted, changedSplit);
      }
      entries += changedSplit[0];
      splits += changedSplit[1];
      all += changedSplit[1];
      flushes += changedSplit[1];
      if (!wanted && changedSplit[0] > 0) {
        flushes++;
        flushed += to - from <= CEILING ? to - from : 0;
        all += to - from <= CEILING ? 0 : 1;
      }
    }

    String apply(Verb verb, int gfn, int pages, Side side) {
      entries = 0;
      splits = 0;
      joins = 0;
      flushed = 0;
      flushes = 0;
      all = 0;
      int end = gfn + pages;
      switch (verb) {
        case TOUCH -> {
          for (int at = gfn; at < end && side == Side.PRIVATE; at++) {
            if (isPresent(at)) {
              int first = at / folio * folio;
              call(first, Math.min(first + folio, guestPages), false);
            }
          }
        }
        case DISCARD -> {
          for (int first = 0; first < guestPages; first += folio) {
            int last = Math.min(first + folio, guestPages);
            boolean isAny = false;
            for (int at = first; at < last; at++) {
              isAny |= !isPresent(at);
            }
            if (first >= gfn && last <= end && isAny) {
              call(first, last, true);
            }
          }
          Arrays.fill(reachable, gfn, end, false);
        }
        case DIRECT_MAP -> {
          call(gfn, end, side == Side.SHARED);
          Arrays.fill(reachable, gfn, end, side == Side.SHARED);
        }
        case COPY -> {
          Arrays.fill(reachable, gfn, end, side == Side.SHARED);
          Arrays.fill(copied, gfn, end, side == Side.SHARED);
        }
        case MAP -> Arrays.fill(reachable, gfn, end, side == Side.SHARED);
        default -> {
          for (NaiveEntry gib : gibs) {
            joins += gib.join(gfn, end);
          }
          all += joins > 0 ? 1 : 0;
          flushes += joins > 0 ? 1 : 0;
        }
      }
      Counts counts = new Counts();
      counts.set(PER_ENTRY, entries);
      counts.set(PER_ENTRY_SPLIT, splits);
      counts.set(PER_ENTRY_JOIN, joins);
      counts.set(PER_KERNEL_FLUSH, flushed);
      counts.set(PER_KERNEL_FLUSH_ALL, all);
      counts.set(PER_SHOOTDOWN, OTHERS * flushes);
      return text(counts);
    }

    boolean mayPin(int gfn, int pages) {
      for (int at = gfn; at < gfn + pages; at++) {
        if (!copied[at] && !isPresent(at)) {
          return false;
        }
      }
      return true;
    }

    long reachable() {
      long count = 0;
      for (boolean is : reachable) {
        count += is ? 1 : 0;
      }
      return count;
    }
  }

  private static final List<Verb> VERBS =
      List.of(
          Verb.TOUCH,
          Verb.DISCARD,
          Verb.DIRECT_MAP,
          Verb.DIRECT_MAP,
          Verb.MAP,
          Verb.COPY,
          Verb.JOIN);

  /** The guest ends in the middle of a folio of its second gibibyte. */
  @ParameterizedTest
  @ValueSource(ints = {0, 9, 18})
  void isWhatATableOfObjectsIs(int order) {
    int guest = GIB + 5 * 512 + 100;
    for (long seed = 1; seed <= 4; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      KernelMap map = new KernelMap(guest, order, true, CEILING, OTHERS);
      map.restart();
      Naive naive = new Naive(guest, 1 << order);
      long peak = 0;
      long pageNs = 0;
      int steps = Thorough.FOLIOS.count(40, 1000);
      for (int i = 0; i < steps; i++) {
        Verb verb = VERBS.get(random.nextInt(VERBS.size()));
        Side side = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
        int unit = List.of(1, 1, 512, GIB).get(random.nextInt(4));
        int gfn = random.nextInt(unit == 1 ? 1500 : guest) / unit * unit;
        gfn = random.nextInt(3) == 0 ? Math.max(gfn, GIB) : gfn;
        int pages = Math.min(guest - gfn, unit * (1 + random.nextInt(unit == 1 ? 50 : 3)));
        String as = "seed %d, step %d: %s %d + %d %s".formatted(seed, i, verb, gfn, pages, side);
        assertThat(of(map, verb, gfn, pages, side))
            .as(as)
            .isEqualTo(naive.apply(verb, gfn, pages, side));
        peak = Math.max(peak, naive.reachable());
        long ns = random.nextInt(3_000_000);
        map.reachable().pass(ns);
        pageNs += naive.reachable() * ns;
        int pin = random.nextInt(1500);
        assertThat(map.mayPin(pin, 3)).as(as).isEqualTo(naive.mayPin(pin, 3));
      }
      Metrics metrics = new Metrics();
      map.report(metrics);
      assertThat(metrics.written())
          .containsEntry("reachable_peak_bytes", Long.toString(peak * 4096))
          .containsEntry(
              "reachable_byte_s",
              BigInteger.valueOf(pageNs / 1000)
                  .multiply(BigInteger.valueOf(4096))
                  .divide(BigInteger.valueOf(1_000_000))
                  .toString());
    }
  }
}
