// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Checkout;
import gmembench.Golden;
import gmembench.InputException;
import gmembench.Plugins;
import gmembench.backing.Memfd;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.guest.Side;
import gmembench.mm.Counts;
import gmembench.mm.Effects;
import gmembench.mm.HostSizes;
import gmembench.mm.Term;
import gmembench.mm.TermKind;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.NoSharedDiscard;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelTest {
  @TempDir Path folder;

  private static Workload workload(String name) {
    return Checkout.workload(name);
  }

  private static Model model() {
    return new Model(Checkout.costs("snp-upm-2022"));
  }

  private static List<Repetition> run(Model model, String workload, List<Strategy> strategies) {
    List<Repetition> all = new ArrayList<>();
    model.run(new Block(workload(workload), new Memfd(), new Bitmap(), strategies), all::add);
    return all;
  }

  /** Every metric of every strategy on the boot, to the nanosecond and the byte. */
  @Test
  void outputIsExact() throws IOException {
    StringBuilder out = new StringBuilder();
    for (String workload : List.of("ovmf-boot", "ovmf-boot-initrd100")) {
      for (Repetition o : run(model(), workload, Plugins.all(Strategy.class))) {
        if (o.status() == Repetition.Status.UNSUPPORTED) {
          assertThat(o.reason()).startsWith("snp-upm-2022 has no cost of memfd.");
          continue;
        }
        out.append(o.cell().path()).append('\n');
        o.metrics()
            .written()
            .forEach((metric, value) -> out.append("  " + metric + " " + value + "\n"));
      }
    }
    Golden.check("model-boot.txt", out.toString());
  }

  @Test
  void bootTimesArePublishedOnesWithinOnePercent() {
    List<Repetition> boots =
        run(model(), "ovmf-boot", List.of(new Snp(), new EagerPunchHole(), new NoSharedDiscard()));
    double[] published = {32, 103, 68};
    for (int i = 0; i < 3; i++) {
      double modelled = Double.parseDouble(boots.get(i).metrics().written().get("boot_s"));
      assertThat(Math.abs(modelled / published[i] - 1)).isLessThan(0.01);
    }
  }

  /** The profile's one fitted number, from the trace and the two published excesses. */
  @Test
  void theFitIsComputedFromTheTrace() {
    List<Repetition> boots =
        run(model(), "ovmf-boot", List.of(new EagerPunchHole(), new NoSharedDiscard()));
    double eager = Double.parseDouble(boots.get(0).metrics().written().get("discard_count"));
    double half = Double.parseDouble(boots.get(1).metrics().written().get("discard_count"));
    double seconds = (eager * (103 - 32) + half * (68 - 32)) / (eager * eager + half * half);
    assertThat(model().costs().value("memfd.discard.fixed_ns"))
        .isEqualTo(Math.round(seconds * 1e9));
    assertThat(Objects.requireNonNull(model().costs().fit()).degreesOfFreedomLeft()).isEqualTo(1);
  }

  @Test
  void aMissingCostIsNamed() throws IOException {
    Path costs = folder.resolve("c.toml");
    Files.writeString(costs, "# Why.\n[memfd.touch]\nfixed_ns = 1\n");
    Model model = new Model(Costs.read(costs));
    List<Strategy> eager = List.of(new EagerPunchHole());
    assertThat(run(model, "ovmf-boot", eager))
        .singleElement()
        .satisfies(o -> assertThat(o.reason()).isEqualTo("c has no cost of memfd.discard"));
  }

  @Test
  void costsAreLinearInWhatTheVerbDid() {
    Cost cost =
        Costs.of(
                "linear",
                """
                # Why.
                [memfd.touch]
                fixed_ns = 1_000
                per_page_ns = 10
                per_vcpu_ns = 3
                once_several_ns = 20
                once_ns = 500
                per_fault_ns = 7
                once_map_ns = 5_000
                per_map_ns = 2
                per_node_ns = 50
                once_away_ns = 30
                per_away_ns = 8
                per_away_fault_ns = 13
                once_far_ns = 60
                per_far_ns = 9
                per_frame_ns = 100
                per_folio_ns = 11
                """)
            .cost("memfd", Verb.TOUCH, Side.SHARED);
    Effects effects = new Effects(1024, false, HostSizes.DEFAULT);
    effects.apply(Verb.TOUCH, 511, 1, Side.SHARED);
    effects.apply(Verb.TOUCH, 510, 4, Side.SHARED);
    Counts counts = effects.counts();
    counts.set(Term.FIXED, 1);
    counts.set(Term.PER_PAGE, 4);
    counts.set(Term.PER_VCPU, 5);
    counts.set(Term.ONCE_SEVERAL, 1);
    counts.set(Term.PER_FRAME, 2);
    assertThat(cost.ns(counts))
        .isEqualTo(
            (1000 + 10 * 4 + 20 + 500 + 7 * 3 + 5000 + 2 * 3 + 50 * 1)
                + (30 + 8 * 2 + 13 * 1 + 60 + 9 * 2)
                + (3 * 5 + 100 * 2 + 11 * 3));
  }

  /**
   * What only depends on the call is added up once for a VM: nothing else may be taken for that.
   */
  @ParameterizedTest
  @EnumSource(Term.class)
  void nothingButTheCallAndItsPagesIsFlat(Term term) {
    Verb verb = Arrays.stream(Verb.values()).filter(term::isOf).findFirst().orElseThrow();
    String section = "memfd." + verb.text();
    String fixed = term == Term.FIXED ? "" : "\nfixed_ns = 0";
    Costs costs =
        Costs.of("one", "# Why.\n[" + section + "]" + fixed + "\n" + term.key() + " = 5\n");
    assertThat(costs.cost("memfd", verb, Side.PRIVATE).isFlat())
        .isEqualTo(term.kind() == TermKind.CALL);
  }

  @Test
  void sidesMayDiffer() throws IOException {
    Path file = folder.resolve("c.toml");
    Files.writeString(
        file,
        """
        # Why.
        [memfd.touch]
        fixed_ns = 0
        [memfd.discard.private]
        fixed_ns = 5
        [memfd.discard.shared]
        fixed_ns = 7
        """);
    List<Repetition> o =
        run(new Model(Costs.read(file)), "ovmf-boot", List.of(new EagerPunchHole()));
    assertThat(o.get(0).metrics().written().get("total_ns"))
        .isEqualTo(Long.toString(5001 * 5 + 5001 * 7));
  }

  /** In place both sides are pages of the private side's file, and cost what these do. */
  @Test
  void inPlaceThereIsOneFile() {
    Costs costs =
        Costs.of(
            "file",
            """
            # Why.
            [memfd.touch.private]
            fixed_ns = 1
            [memfd.touch.shared]
            fixed_ns = 1000
            """);
    List<Repetition> o = run(new Model(costs), "ovmf-boot", List.of(new Snp()));
    assertThat(o.get(0).metrics().written()).containsEntry("total_ns", Long.toString(5001 + 5001));
  }

  /** Of a guest that really runs each conversion is an exit, if the profile knows of it. */
  @Test
  void askingIsChargedOncePerConversion() {
    Costs costs =
        Costs.of(
            "vcpu",
            """
            # Why.
            [memfd.touch]
            fixed_ns = 0
            [memfd.ask.private]
            fixed_ns = 5
            [memfd.ask.shared]
            fixed_ns = 7
            """);
    List<Repetition> o = run(new Model(costs), "ovmf-boot", List.of(new Snp()));
    assertThat(o.get(0).metrics().written())
        .containsEntry("total_ns", Long.toString(5001 * 5 + 5001 * 7))
        .containsEntry("convert_max_ns", "7");
  }

  @Test
  void badProfilesNameTheLine() throws IOException {
    check("# W.\n[memfd.discard]\nfixed_ns = -1\n", ":3: memfd.discard.fixed_ns = -1");
    check("# W.\n[memfd.discard]\nfixed_ns = 1.5\n", ":3: memfd.discard.fixed_ns = 1.5");
    check("# W.\n[memfd.discard]\nper_page_ns = 1\n", "no memfd.discard.fixed_ns");
    check("# W.\n[memfd.discard]\nfixed_ns = 1\nper_page = 2\n", ":4: unknown key");
    check("# W.\n[memfd.discrad]\nfixed_ns = 1\n", ":3: unknown key");
    check("[memfd.discard]\nfixed_ns = 1\n", ":1: no header comment");
    check("# W.\n[memfd.discard]\nfixed_ns = 1\nper_hot_page_ns = 1\n", ":4: unknown key");
    check("# W.\n[m.unmap]\nfixed_ns = 1\nper_folio_ns = 1\n", ":4: unknown key");
    check("# W.\n[host]\nl2 = 1\n", ":3: host.l2 = 1");
    check("# W.\n[host]\nl2 = \"16MiB\"\n", ":3: host.llc_share = 8MiB");
    check("# W.\n[host]\ngather_bundle = 0\n", ":3: host.gather_bundle = 0");
    check("# W.\n[host]\nl3 = \"16MiB\"\n", ":3: unknown key");
  }

  private void check(String content, String message) throws IOException {
    Path file = folder.resolve("bad.toml");
    Files.writeString(file, content);
    assertThatThrownBy(() -> Costs.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(", expected ");
  }
}
