// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.backing.Memfd;
import gmembench.backing.MemfdThp;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.model.Model;
import gmembench.strategy.InPlaceWait;
import gmembench.tracker.Bitmap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The trace of selftest-inplace is the steps of guest_memfd_conversions_test, and nothing else: an
 * event each 10 us, 32 rounds, a 2M frame each, of which every test has the next pages.
 */
class SelftestInplaceTest {
  private final List<String> events = new ArrayList<>();
  private int next;

  private void event(String op, int gfn, int pages) {
    events.add("%d,0,%s,%d,%d".formatted(events.size() * 10_000L, op, gfn, pages));
  }

  private void guest(int gfn) {
    event("touch_private", gfn, 1);
  }

  private void host(int gfn) {
    event("host_touch_shared", gfn, 1);
  }

  private void both(int gfn) {
    host(gfn);
    event("touch_shared", gfn, 1);
  }

  private void toPrivate(int gfn, int pages) {
    event("host_to_private", gfn, pages);
  }

  private void toShared(int gfn, int pages) {
    event("host_to_shared", gfn, pages);
  }

  /** A file of so many pages, that is shared at first (GUEST_MEMFD_FLAG_INIT_SHARED) or not. */
  private int file(int pages, boolean shared) {
    int first = next;
    next += pages;
    if (shared) {
      toShared(first, pages);
    }
    return first;
  }

  private void round() {
    int p = file(1, false); // init_private
    guest(p);
    toShared(p, 1);
    both(p);
    toPrivate(p, 1);
    guest(p);
    p = file(1, true); // init_shared
    both(p);
    toPrivate(p, 1);
    guest(p);
    toShared(p, 1);
    both(p);
    for (int t = 0; t < 4; t++) {
      indexing(file(4, true), t);
    }
    p = file(1, true); // before_allocation_shared
    toPrivate(p, 1);
    guest(p);
    p = file(1, false); // before_allocation_private
    toShared(p, 1);
    both(p);
    for (int t = 0; t < 8; t++) {
      unallocatedFolios(file(8, true), t);
    }
    p = file(1, true); // truncate
    host(p);
    host(p);
    toPrivate(p, 1);
    guest(p);
    guest(p);
    p = file(1, true); // forked_accesses
    both(p);
    host(p);
    toPrivate(p, 1);
    guest(p);
    for (int t = 0; t < 4; t++) {
      elevatedRefcount(file(4, true), t);
    }
  }

  private void indexing(int file, int t) {
    for (int i = 3; i >= 0; i--) {
      both(file + i);
    }
    toPrivate(file + t, 1);
    for (int i = 0; i < 4; i++) {
      if (i == t) {
        guest(file + i);
      } else {
        both(file + i);
      }
    }
    toShared(file + t, 1);
    for (int i = 0; i < 4; i++) {
      both(file + i);
    }
  }

  private void unallocatedFolios(int file, int t) {
    host(file + t);
    if (t != 4) {
      host(file + 4);
    }
    toPrivate(file, 8);
    for (int i = 0; i < 8; i++) {
      guest(file + i);
    }
    for (int i = 0; i < 8; i++) {
      toShared(file + i, 1);
      both(file + i);
    }
  }

  private void elevatedRefcount(int file, int t) {
    event("pin", file + t, 1);
    for (int i = 0; i < 4; i++) {
      both(file + i);
    }
    toPrivate(file, 4);
    for (int i = 0; i < 4; i++) {
      toPrivate(file + i, 1);
    }
    event("unpin", file + t, 1);
    toPrivate(file, 4);
    for (int i = 0; i < 4; i++) {
      guest(file + i);
    }
  }

  @Test
  void theTraceIsTheKernelsSteps() {
    for (int round = 0; round < 32; round++) {
      next = round * 512;
      round();
    }
    List<String> found = new ArrayList<>();
    Checkout.workload("selftest-inplace")
        .trace()
        .forEach((atNs, vcpu, op, gfn, pages) ->
            found.add("%d,%d,%s,%d,%d".formatted(atNs, vcpu, op.text(), gfn, pages)));
    assertThat(found).isEqualTo(events);
  }

  /**
   * By hand: a pinned page of four refuses the four at once, and itself alone: 2 x 4 x 32 = 256 of
   * 132 x 32 = 4224 conversions. In folios of 2M it refuses each of the four alone as well: 640.
   * (132 by test, in their order: 2, 3, 4 x 3, 2, 1, 8 x 10, 2, 2, 4 x 7.)
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPinRefusesWhatTheKernelRefuses(boolean huge) {
    Workload workload = Checkout.workload("selftest-inplace");
    InPlaceWait strategy = new InPlaceWait(0);
    Block block =
        new Block(workload, huge ? new MemfdThp() : new Memfd(), new Bitmap(), List.of(strategy));
    assertThat(
            new Model(Checkout.costs("hugepages-6.18"))
                .observe(block, Subject.of(workload), strategy)
                .metrics()
                .written())
        .containsEntry("conversions_refused", huge ? "640" : "256")
        .containsEntry("conversions", huge ? "3584" : "3968");
  }
}
