// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.GuestMemfdBound;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.result.Repetition;
import gmembench.strategy.MemslotPunch;
import gmembench.strategy.NoSharedDiscard;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;

/** vCPUs dealt out to threads, and what a punch costs by CPUs and by bindings. */
class ThreadsTest {
  private static final String PROFILE =
      """
      [guest-memfd-bound.touch]
      fixed_ns = 0
      [guest-memfd-bound.discard]
      fixed_ns = 1_000
      """;

  private static Map<String, String> run(
      String costs, int threads, String workload, String slot, Strategy strategy) {
    Workload read = Checkout.workload(workload);
    Backing backing = Plugins.parse(Backing.class, "guest-memfd-bound:slot=" + slot);
    Model model = new Model(Costs.of("threads", costs), threads);
    List<Repetition> found = new ArrayList<>();
    model.run(new Block(read, backing, new Bitmap(), List.of(strategy)), found::add);
    return found.getFirst().metrics().written();
  }

  private static Map<String, String> disjoint(String costs, int threads) {
    return run(costs, threads, "concurrent-disjoint", "16MiB", new NoSharedDiscard());
  }

  /** Eight vCPUs punch the private side 2000 times each. */
  @Test
  void threadsShareTheVcpusUpToTheCpus() {
    long serial = 8 * 2000 * 1000L;
    for (int threads : new int[] {1, 2, 4, 8}) {
      assertThat(disjoint("# Why.\n" + PROFILE, threads))
          .containsEntry("total_ns", Long.toString(serial / threads));
      assertThat(disjoint("# Why.\ncpus = 2\n" + PROFILE, threads))
          .containsEntry("total_ns", Long.toString(serial / Math.min(2, threads)));
    }
  }

  @Test
  void everyOtherCpuCosts() {
    String costs = "# Why.\ncpus = 3\n" + PROFILE + "per_cpu_ns = 500\n";
    assertThat(disjoint(costs, 1)).containsEntry("discard_total_ns", Long.toString(16_000_000));
    assertThat(disjoint(costs, 2)).containsEntry("discard_total_ns", Long.toString(24_000_000));
    assertThat(disjoint(costs, 8)).containsEntry("discard_total_ns", Long.toString(32_000_000));
  }

  /** Ranges of 256 KiB on slots of 256 KiB to 4 KiB: 1 to 64 bindings. */
  @Test
  void everyBindingCosts() {
    String costs = "# Why.\n" + PROFILE + "per_binding_ns = 10\n";
    for (int bindings = 1; bindings <= 64; bindings *= 2) {
      String slot = 256 / bindings + "KiB";
      assertThat(run(costs, 0, "bindings", slot, new NoSharedDiscard()))
          .containsEntry("discard_total_ns", Long.toString(500 * (1000 + 10L * bindings)));
    }
  }

  /**
   * Sixteen vCPUs share a page each of one slot: each changes slots while it has slots_lock, so all
   * of it takes as long as the changes one after the other, at the least.
   */
  @Test
  void vcpusChangeTheSlotsOfOneVmInTurn() {
    Workload workload = Checkout.workload("kvm-clock");
    Strategy strategy = new MemslotPunch();
    Block block = new Block(workload, new GuestMemfdBound(), new Bitmap(), List.of(strategy));
    Map<String, String> found =
        new Model(Checkout.costs("memslots"))
            .observe(block, Subject.of(workload), strategy)
            .metrics()
            .written();
    long held = Long.parseLong(found.get("slots_lock_held_total_ns"));
    assertThat(held).isGreaterThan(16 * 17_733);
    assertThat(Long.parseLong(found.get("total_ns"))).isGreaterThanOrEqualTo(held);
  }
}
