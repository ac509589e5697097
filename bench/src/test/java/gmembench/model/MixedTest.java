// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Private memory in huge pages, shared memory in regular ones. */
class MixedTest {
  /** Punches of 96 us and 3 us; a fault of 1G at 300 ns a page, one of 4K at 3 us. */
  private static final String COSTS =
      """
      # Test.
      [hugetlb-1g.touch]
      fixed_ns = 0
      per_fault_ns = 300
      [hugetlb-1g.discard]
      fixed_ns = 96_000
      [memfd.touch]
      fixed_ns = 0
      per_fault_ns = 3_000
      [memfd.discard]
      fixed_ns = 3_000
      """;

  private static Repetition run(String name, String backing, String costs) {
    Workload workload = Checkout.workload(name);
    EagerPunchHole eager = new EagerPunchHole();
    Block block = new Block(workload, Backing.parse(backing), new Bitmap(), List.of(eager));
    return new Model(Costs.of("c", costs)).observe(block, Subject.of(workload), eager);
  }

  /**
   * A 1G page is shared as a whole and comes back, ten times, by hand: a punch of it, 262,144
   * faults of 4K, a punch of these, one fault of 1G. Nothing is there twice. With two huge sides it
   * is a punch and a fault of 1G each way.
   */
  @Test
  void aWholeHugePageIsGivenBack() {
    long there = 96_000 + 262_144 * 3_000L;
    long back = 3_000 + 262_144 * 300L;
    assertThat(run("hugepage-1g-whole", "mixed:folio=1GiB", COSTS).metrics().written())
        .containsEntry("total_ns", Long.toString(10 * (there + back)))
        .containsEntry("double_allocated_peak_bytes", "0")
        .containsEntry("allocated_peak_bytes", Long.toString(1L << 30))
        .containsEntry("huge_mapped_least_bytes", "0");
    assertThat(run("hugepage-1g-whole", "hugetlb-1g", COSTS).metrics().written())
        .containsEntry("total_ns", Long.toString(20 * (96_000 + 262_144 * 300L)));
  }

  /**
   * 4 KiB of it, by hand: the punch frees nothing, so the page is there twice, once in 4K; it comes
   * back without a fault. With two huge sides it takes 1 GiB twice, and the first time a fault.
   */
  @Test
  void aPieceTakesWhatItIs() {
    assertThat(run("hugepage-1g-piece", "mixed:folio=1GiB", COSTS).metrics().written())
        .containsEntry("total_ns", Long.toString(10 * (96_000 + 3_000 + 3_000)))
        .containsEntry("double_allocated_peak_bytes", "4096")
        .containsEntry("double_allocated_end_bytes", "0");
    assertThat(run("hugepage-1g-piece", "hugetlb-1g", COSTS).metrics().written())
        .containsEntry("total_ns", Long.toString(20 * 96_000 + 262_144 * 300L))
        .containsEntry("double_allocated_end_bytes", Long.toString(1L << 30));
  }

  /** A lock of one side's kind is taken by that side alone. */
  @Test
  void locksAreThoseOfTheSide() {
    String lock = "[lock.inode]\nper = \"vm\"\n[lock.inode.alone]\nmemfd.discard = 100\n";
    assertThat(run("hugepage-1g-piece", "mixed:folio=1GiB", COSTS + lock).metrics().written())
        .containsEntry("inode_held_total_ns", Long.toString(10 * 3_000));
  }

  @Test
  void aSideWithoutCostsIsNotGuessedAt() {
    String without = COSTS.substring(0, COSTS.indexOf("[memfd.touch]"));
    assertThat(run("hugepage-1g-piece", "mixed:folio=1GiB", without).reason())
        .isEqualTo("c has no cost of memfd.touch");
    assertThat(run("hugepage-1g-piece", "mixed", COSTS).reason())
        .isEqualTo("c has no cost of hugetlb-2m.touch");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mixed:folio=4KiB",
        "mixed:bound-at=4KiB",
        "mixed:alignment=none",
        "mixed:alignment=merged:alignment=merged",
        "mixed:alignment=merged:bound-at=1GiB",
        "mixed:alignment=merged:bound-at=64KiB",
        "memfd:alignment=merged:bound-at=2MiB"
      })
  void badOptionsAreOneLine(String spec) {
    assertThatThrownBy(() -> Backing.parse(spec))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(", expected ");
  }

  @Test
  void aLabelSaysWhatIsNotTheDefault() {
    for (String label :
        List.of(
            "mixed:folio=2MiB",
            "hugetlb-2m:alignment=folio-order",
            "hugetlb-1g:alignment=current-page:bound-at=4KiB")) {
      assertThat(Backing.parse(label).label()).isEqualTo(label);
      assertThat(Backing.parse(Backing.parse(label).label())).isEqualTo(Backing.parse(label));
    }
  }
}
