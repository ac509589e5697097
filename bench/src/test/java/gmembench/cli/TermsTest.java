// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.mm.Term;
import org.junit.jupiter.api.Test;

class TermsTest {
  private static final Path README =
      Path.of(System.getProperty("gmembench.home"), "bench/costs/README.md");

  @Test
  void theTableOfTermsIsWhatIsPrinted() throws IOException {
    String text = Files.readString(README);
    String begin = "<!-- list terms -->\n```\n";
    int from = text.indexOf(begin) + begin.length();
    String shown = text.substring(from, text.indexOf("```\n<!-- end -->", from));
    assertThat(shown).isEqualTo(InProcess.gmembench("list", "terms").out().strip() + "\n");
    assertThat(shown.lines()).hasSize(1 + Term.values().length);
  }
}
