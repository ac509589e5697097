// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.backing.Secretmem;
import gmembench.engine.Block;
import gmembench.guest.Guest;
import gmembench.pattern.Snapshot;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.DirectMap;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The audited replay on pages that are not in the direct map; few of them. */
@Tag("kernel")
class DirectMapLiveTest {
  private static final Workload SNAPSHOT =
      new Workload(
          "snapshot",
          "a test",
          new Guest(40, 1),
          new Workload.Generated(new Snapshot(2 * 4096, 1000)),
          null,
          1,
          "test");

  private static final List<Strategy> STRATEGIES =
      List.of(
          new DirectMap(DirectMap.Io.RESTORE),
          new DirectMap(DirectMap.Io.KMAP),
          new DirectMap(DirectMap.Io.BOUNCE),
          new EagerPunchHole(),
          new DirectMap(DirectMap.Io.RESTORE_PAGE),
          new DirectMap(DirectMap.Io.ACCESS),
          new DirectMap(DirectMap.Io.USER));

  @Test
  void everyWayToAPageKeepsItsContent() {
    Host.orSkip(new Secretmem());
    List<Repetition> all = new ArrayList<>();
    new Live(2, 1).run(new Block(SNAPSHOT, new Secretmem(), new Bitmap(), STRATEGIES), all::add);
    assertThat(all).hasSize(14);
    for (Repetition o : all) {
      assertThat(o.status()).as(o.cell().path() + ": " + o.reason()).isEqualTo(Status.OK);
      assertThat(o.metrics().written())
          .containsEntry("conversions", "40")
          .containsKeys("direct_map_level2_splits", "direct_map_level3_splits");
    }
    assertThat(all.get(0).metrics().written()).containsEntry("direct_map_pages", "80");
    assertThat(all.get(1).metrics().written()).containsEntry("map_pages", "80");
    assertThat(all.get(2).metrics().written())
        .containsEntry("copy_pages", "80")
        .containsEntry("copy_in_pages", "40");
    assertThat(all.get(3).metrics().written()).containsEntry("discard_pages", "80");
    assertThat(all.get(4).metrics().written()).containsEntry("direct_map_count", "80");
    assertThat(all.get(5).metrics().written())
        .as("two pages at once, each mapped for the access")
        .containsEntry("map_count", "40")
        .containsEntry("map_pages", "80");
    assertThat(all.get(6).metrics().written())
        .doesNotContainKeys("direct_map_pages", "map_pages", "copy_pages");
  }
}
