// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.result.Repetition;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A generated boot is as dear as the recorded one, also where pages and faults cost something. */
class OvmfModelTest {
  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "ovmf-boot, ovmf-flips",
    "ovmf-boot-scsi, ovmf-flips-scsi",
    "ovmf-boot-ahci, ovmf-flips-ahci",
    "ovmf-boot-initrd100, ovmf-flips-initrd100",
    "ovmf-boot-grub-fat, ovmf-flips-grub-fat",
    "ovmf-boot-stub, ovmf-flips-stub",
    "ovmf-boot-fw-cfg, ovmf-flips-fw-cfg"
  })
  void modelledTimesDifferByLessThanFivePercent(String recorded, String generated)
      throws IOException {
    Costs costs =
        Costs.read(
            Files.writeString(
                folder.resolve("costs.toml"),
                """
                # Round figures of this kind of machine, with costs a page, a fault and a frame.
                [memfd.discard]
                fixed_ns = 2600
                per_page_ns = 150
                per_frame_ns = 90
                [memfd.touch]
                fixed_ns = 20
                per_page_ns = 15
                per_fault_ns = 1100
                """));
    for (String strategy : List.of("eager-punch-hole", "no-shared-discard", "lazy-discard")) {
      assertThat(totalNs(costs, generated, strategy))
          .as(strategy)
          .isCloseTo(totalNs(costs, recorded, strategy), Percentage.withPercentage(5));
    }
  }

  private static long totalNs(Costs costs, String workload, String strategy) {
    List<Repetition> seen = new ArrayList<>();
    Block block =
        new Block(
            Checkout.workload(workload),
            Plugins.parse(Backing.class, "memfd"),
            Plugins.parse(Tracker.class, "bitmap"),
            List.of(Plugins.parse(Strategy.class, strategy)));
    new Model(costs).run(block, seen::add);
    return Long.parseLong(String.valueOf(seen.get(0).metrics().written().get("total_ns")));
  }
}
