// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import org.junit.jupiter.api.Test;

class ReferencesTest {
  private static final int PAGES = 64;

  /**
   * Pages that are pinned, punched, made again and unpinned, against lists of the pages themselves:
   * a page of memory is an object, a file holds some of them, a pin holds one.
   */
  @Test
  void orphansAgreeWithPagesAsObjects() {
    for (long seed = 1; seed <= 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Ledger ledger = new Ledger(PAGES, false);
      References references = new References(PAGES, ledger);
      Object[] file = new Object[PAGES];
      List<ArrayDeque<Object>> pins = new ArrayList<>();
      for (int i = 0; i < PAGES; i++) {
        pins.add(new ArrayDeque<>());
      }
      long peak = 0;
      long stale = 0;
      for (int step = 0; step < 3000; step++) {
        int page = random.nextInt(PAGES);
        int count = 1 + random.nextInt(Math.min(4, PAGES - page));
        int what = random.nextInt(3);
        for (int p = page; p < page + count; p++) {
          ArrayDeque<Object> held = pins.get(p);
          if (what == 0) {
            file[p] = file[p] == null ? new Object() : file[p];
            held.add(file[p]);
          } else if (what == 1) {
            Object gone = file[p];
            stale += held.stream().filter(o -> o.equals(gone)).count();
            file[p] = null;
          } else {
            held.poll();
          }
        }
        if (what == 0) {
          ledger.apply(Verb.TOUCH, page, count, Side.SHARED);
          references.add(page, count);
        } else if (what == 1) {
          references.punch(page, count, p -> 0);
          ledger.apply(Verb.DISCARD, page, count, Side.SHARED);
        } else {
          references.drop(page, count);
        }
        Set<Object> orphans = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int p = 0; p < PAGES; p++) {
          for (Object held : pins.get(p)) {
            if (!held.equals(file[p])) {
              orphans.add(held);
            }
          }
        }
        peak = Math.max(peak, orphans.size());
        Metrics metrics = new Metrics();
        ledger.report(metrics);
        Map<String, String> written = metrics.written();
        String as = "seed " + seed + ", step " + step;
        assertThat(written.getOrDefault("stale_pin_pages", "0")).as(as).isEqualTo("" + stale);
        assertThat(written.getOrDefault("orphan_peak_bytes", "0"))
            .as(as)
            .isEqualTo("" + peak * 4096);
        assertThat(written.getOrDefault("orphan_end_bytes", "0"))
            .as(as)
            .isEqualTo("" + orphans.size() * 4096L);
      }
    }
  }
}
