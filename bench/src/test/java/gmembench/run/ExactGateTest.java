// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.backing.Memfd;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.compare.Comparison;
import gmembench.compare.DetectableChange;
import gmembench.compare.Difference;
import gmembench.compare.Verdict;
import gmembench.engine.Block;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.ResultFolder;
import gmembench.result.Results;
import gmembench.strategy.Converter;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gate of a pull request: a verb more or less in one strategy is seen, and no change is not.
 */
class ExactGateTest {
  /** What somebody did to eager-punch-hole at its 100th conversion of more than a page. */
  enum Plant {
    NOTHING,
    ONE_DISCARD_TWICE,
    ONE_DISCARD_LESS,
    ONE_PAGE_TOO_FEW,
    ONE_FREE_VERB_MORE
  }

  /** eager-punch-hole under its own name, but for one conversion. */
  record Planted(Plant plant) implements Strategy {
    @Override
    public String name() {
      return "eager-punch-hole";
    }

    @Override
    public String label() {
      return name();
    }

    @Override
    public String why() {
      return "a mistake";
    }

    @Override
    public Set<Verb> needs() {
      return new EagerPunchHole().needs();
    }

    @Override
    public Converter open(Memory memory, PageMap map) {
      int[] left = {100};
      return (gfn, pages, to) -> {
        map.set(gfn, pages, to);
        boolean here = pages > 1 && --left[0] == 0;
        switch (here ? plant : Plant.NOTHING) {
          case NOTHING -> memory.discard(gfn, pages, to.other());
          case ONE_DISCARD_TWICE -> {
            memory.discard(gfn, pages, to.other());
            memory.discard(gfn, pages, to.other());
          }
          case ONE_DISCARD_LESS -> {}
          case ONE_PAGE_TOO_FEW -> memory.discard(gfn, pages - 1, to.other());
          case ONE_FREE_VERB_MORE -> {
            memory.discard(gfn, pages, to.other());
            memory.touch(gfn, 1, to);
          }
        }
        return true;
      };
    }
  }

  private static Results results(Path folder, Strategy eager) {
    Workload workload = Checkout.workload("ovmf-boot");
    Costs costs = Checkout.costs("snp-upm-2022");
    List<Strategy> strategies = List.of(new Snp(), eager, new LazyDiscard());
    Block block = new Block(workload, new Memfd(), new Bitmap(), strategies);
    try (ResultFolder out = ResultFolder.create(folder, "1")) {
      out.environment(Map.of("workload.ovmf-boot.hash", workload.hash()));
      new Model(costs).run(block, out::add);
      out.replace("summary.csv", "");
    }
    return Results.read(folder);
  }

  private static Comparison compare(Path folder, Plant plant) {
    return Comparison.of(
        results(folder.resolve("base"), new EagerPunchHole()),
        results(folder.resolve("head"), new Planted(plant)),
        new Comparison.Options(0.05, Set.of(), false, DetectableChange.NONE));
  }

  @Test
  void noChangePasses(@TempDir Path folder) {
    Comparison same = compare(folder, Plant.NOTHING);
    assertThat(same.anyRegression()).isFalse();
    assertThat(same.rows()).hasSizeGreaterThan(20);
    assertThat(same.rows()).allMatch(r -> r.verdict() == Verdict.EQUIVALENT);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void oneVerbOfOneConversionIsCaught(Plant plant, @TempDir Path folder) {
    Comparison changed = compare(folder, plant);
    boolean isWrong = plant == Plant.ONE_DISCARD_LESS || plant == Plant.ONE_PAGE_TOO_FEW;
    assertThat(changed.anyRegression()).isEqualTo(!isWrong);
    assertThat(changed.isAnyLost()).as("a page was left: the run's oracle").isEqualTo(isWrong);
    assertThat(changed.rows())
        .filteredOn(r -> r.verdict() != Verdict.EQUIVALENT)
        .extracting(Difference::cell)
        .allMatch(c -> c.strategy().equals("eager-punch-hole"));
  }
}
