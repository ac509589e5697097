// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Golden;
import gmembench.model.Costs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class CalibrateCommandTest {
  @TempDir Path temp;

  /** The harness's own costs are measured, read back, and predict the null backing's row. */
  @Test
  void aCalibratedProfilePredictsOrSaysThatItDoesNot() throws IOException {
    Path costs = temp.resolve("host.toml");
    InProcess calibrate =
        InProcess.gmembench(
            "calibrate", "-q", "--backing", "null", "--rounds", "3", "-o", costs.toString());
    assertThat(calibrate.code()).as(calibrate.err()).isZero();
    assertThat(calibrate.out()).contains("null.touch.private").contains("written: " + costs);
    assertThat(Costs.read(costs).backings()).containsExactly("null");
    Path out = temp.resolve("out");
    InProcess validate =
        InProcess.gmembench(
            ("validate selftest-ranges -q --backing null --strategy snp,eager-punch-hole --reps 2"
                    + " --costs "
                    + costs
                    + " --out "
                    + out)
                .split(" "));
    assertThat(validate.code()).as(validate.err()).isIn(0, 1);
    assertThat(validate.out())
        .contains("predicted ms")
        .containsPattern("Target, a median of at most 10 % and the same order: (met|MISSED)");
    assertThat(out.resolve("validation.csv")).isNotEmptyFile();
    assertThat(out.resolve("charts/validation.png")).isNotEmptyFile();
  }

  @Test
  void nothingToCompareIsIncomplete() throws IOException {
    Path costs = temp.resolve("other.toml");
    Files.writeString(costs, "# Why.\n[elsewhere.touch]\nfixed_ns = 1\n");
    InProcess run = InProcess.gmembench("validate", "--costs", costs.toString());
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("none of its backings runs here (elsewhere)");
  }

  @Test
  void theSweepIsExact() throws IOException {
    Path out = temp.resolve("sweep");
    InProcess run = InProcess.gmembench("reproduce", "--sweep", "--out", out.toString());
    assertThat(run.code()).as(run.err()).isZero();
    Golden.check("sweep.txt", run.out().substring(0, run.out().indexOf("results and charts")));
    assertThat(out.resolve("sweep.csv")).isNotEmptyFile();
    assertThat(out.resolve("charts/sweep-lazy.svg")).isNotEmptyFile();
  }
}
