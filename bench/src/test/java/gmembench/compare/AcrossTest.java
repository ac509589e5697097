// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.result.Cell;
import gmembench.result.Repetition;
import gmembench.result.ResultFolder;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.result.Summary;
import gmembench.result.WrittenMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two kernels in the lab: what may differ, what may not, and what a cover letter gets. */
class AcrossTest {
  private static final Cell CELL =
      new Cell("live", "ovmf-boot", "eager-punch-hole", "memfd", "bitmap", "");

  @TempDir private Path folder;

  private Results side(String name, Map<String, String> facts, long punchNs) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("host", "lab");
    all.put("kernel", "6.12");
    all.put("cmdline", "nokaslr");
    all.put("commit", "a");
    all.put("clock", "instructions");
    all.putAll(facts);
    for (int pair = 1; pair <= 8; pair++) {
      Path path = folder.resolve(name).resolve(Integer.toString(pair));
      try (ResultFolder results = ResultFolder.create(path, "pair-" + pair)) {
        results.environment(all);
        Map<String, String> metrics = new LinkedHashMap<>();
        metrics.put("total_ns", Long.toString(60_000_000 + punchNs + 10L * pair));
        metrics.put("discard_total_ns", Long.toString(punchNs));
        metrics.put("touch_total_ns", "60000000");
        metrics.put("state_hash", "0x1");
        results.add(Repetition.of(CELL, 1, WrittenMetrics.of(metrics), Map.of(), List.of()));
        results.replace("summary.csv", Summary.csv(Samples.read(path)));
      }
    }
    return Results.read(folder.resolve(name));
  }

  private static Comparison across(Results base, Results head, Across across) {
    return Comparison.of(
        base,
        head,
        new Comparison.Options(0.01, Set.of("total_ns"), false, DetectableChange.NONE, across));
  }

  /** 40 M of 100 M go to punches; a tenth more of them is 4 % of all. */
  @Test
  void aKernelWhosePunchesAreTenPercentWorse() {
    Results base = side("base", Map.of(), 40_000_000);
    Results head = side("head", Map.of("kernel", "7.3", "memory_kib", "9"), 44_000_000);
    Comparison comparison = across(base, head, Across.KERNEL);
    assertThat(comparison.anyRegression()).isTrue();
    assertThat(new ComparisonMarkdown().text(comparison))
        .contains("Base: kernel 6.12. Head: kernel 7.3.")
        .contains("| eager-punch-hole | 100.00M insn | 104.00M insn | +4.00 % |")
        .contains(
            "- eager-punch-hole: discard 40.00M insn to 44.00M insn (+10.0 %),"
                + " touch 60.00M insn to 60.00M insn (+0.0 %)")
        .doesNotContain("0ms");
  }

  @Test
  void nothingElseMayDiffer() {
    Results base = side("base", Map.of(), 1);
    Results cmdline = side("cmdline", Map.of("kernel", "7.3", "cmdline", "x"), 1);
    Results commit = side("commit", Map.of("kernel", "7.3", "commit", "b"), 1);
    assertThatThrownBy(() -> across(base, cmdline, Across.KERNEL))
        .isInstanceOf(NotComparableException.class)
        .hasMessageContaining("cmdline 'nokaslr' is not 'x'");
    assertThatThrownBy(() -> across(base, commit, Across.KERNEL))
        .hasMessageContaining("commit 'a' is not 'b'");
    assertThatThrownBy(() -> across(base, cmdline, Across.CMDLINE))
        .hasMessageContaining("kernel '6.12' is not '7.3'");
    assertThatThrownBy(() -> across(base, base, Across.KERNEL))
        .hasMessageContaining("kernel is '6.12' on both sides");
  }

  @Test
  void clocksAreNotMixedEvenByForce() {
    Results base = side("base", Map.of(), 1);
    Results time = side("time", Map.of("clock", "time"), 1);
    assertThatThrownBy(() ->
            Comparison.of(
                base, time, new Comparison.Options(0.05, Set.of(), true, DetectableChange.NONE)))
        .isInstanceOf(NotComparableException.class)
        .hasMessage("not comparable: BASE was measured in instructions, HEAD in time");
  }

  @Test
  void anUnknownFact() {
    assertThatThrownBy(() -> Across.named("jvm"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected kernel, host or cmdline");
  }
}
