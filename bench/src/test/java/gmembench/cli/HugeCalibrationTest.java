// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.OwnHugePages;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.linux.HugePool;
import gmembench.model.Costs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Calibration with pages that it reserves, and what of it can be validated. */
@Tag("slow")
@Tag("kernel")
@Tag("root")
@ExtendWith(OwnHugePages.class)
class HugeCalibrationTest {
  private static final HugePool POOL = new HugePool(HugePool.PAGE_2M);

  @TempDir Path temp;

  @Test
  void pagesAreReservedForItAndGivenBack() {
    OwnHugePages.orSkip(POOL, POOL.free() + 32).close();
    Path file = temp.resolve("huge.toml");
    InProcess run =
        InProcess.gmembench(
            ("calibrate -q --backing hugetlb-2m --reserve-hugepages --rounds 3 -o " + file)
                .split(" "));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(ProcessHandle.current().children())
        .as("the shell of its reservation gave its pages back; the pool's size is everybody's")
        .isEmpty();
    Costs costs = Costs.read(file);
    assertThat(costs.backings()).containsExactly("hugetlb-2m");
    for (Verb verb : new Verb[] {Verb.TOUCH, Verb.DISCARD, Verb.UNMAP, Verb.CHECK, Verb.PIN}) {
      assertThat(costs.has("hugetlb-2m", verb)).as(verb.text()).isTrue();
    }
    assertThat(costs.has("hugetlb-2m", Verb.SPLIT)).as("Linux has none").isFalse();
    assertThat(costs.cost("hugetlb-2m", Verb.TOUCH, Side.SHARED))
        .isEqualTo(costs.cost("hugetlb-2m", Verb.TOUCH, Side.PRIVATE));
  }

  @Test
  void whatCannotBeComparedIsSaid() throws IOException {
    StringBuilder costs = new StringBuilder("# A nanosecond a call.\n");
    for (Verb verb : new Verb[] {Verb.TOUCH, Verb.DISCARD, Verb.UNMAP, Verb.CHECK}) {
      costs.append("[null." + verb.text() + "]\nfixed_ns = 1\n");
    }
    Path file = Files.writeString(temp.resolve("null.toml"), costs);
    InProcess run =
        InProcess.gmembench(
            "validate",
            "selftest-ranges",
            "--backing",
            "null",
            "--reps",
            "1",
            "--costs",
            file.toString(),
            "--out",
            temp.resolve("out").toString());
    assertThat(run.err()).containsPattern("left out: null [a-z, -]*in-place-lazy-split[a-z, -]*: ");
  }
}
