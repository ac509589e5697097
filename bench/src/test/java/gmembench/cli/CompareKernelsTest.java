// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the committed boots of two kernels are called, in instructions. */
class CompareKernelsTest {
  /**
   * From 6.12 to 7.3 {@code eager-punch-hole} takes 2.9 % more, which matters where nothing drifts;
   * of two times six boots of one kernel none is called different even at 0.1 %; with counters in
   * place of the search the attribute ioctl is better.
   */
  @ParameterizedTest
  @CsvSource({
    "kernels-7.3/6.12, kernels-7.3/7.3, --across kernel, 3 worse, 1",
    "kernels-7.3/6.12, kernels-7.3/7.3, --across kernel --threshold 5%, no regression, 0",
    "two-7.3.4/a, two-7.3.4/b, --threshold 0.1%, no regression: 4 inconclusive; 72 equivalent, 0",
    "counters-7.3/7.3-rc7, counters-7.3/counters, --across kernel, no regression: 2 better, 0"
  })
  void saysWhatChanged(String base, String head, String options, String says, int code) {
    Path lab = Checkout.path("results/lab");
    String words = "compare " + options + " " + lab.resolve(base) + " " + lab.resolve(head);
    InProcess compare = InProcess.gmembench(words.split(" "));
    assertThat(compare.out().lines().findFirst().orElse("")).contains(says);
    assertThat(compare.code()).as(compare.err()).isEqualTo(code);
  }
}
