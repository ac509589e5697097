// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.result.Metric.Better;
import gmembench.result.Metric.OverVms;
import gmembench.result.Metric.Unit;
import org.junit.jupiter.api.Test;

/** What is declared of metrics is what files have. */
class MetricsTest {
  private static final Path RESULTS = Path.of(System.getProperty("gmembench.home"), "results");

  @Test
  void everyMetricThatIsCommittedIsDeclared() throws IOException {
    NavigableSet<String> undeclared = new TreeSet<>();
    try (Stream<Path> files = Files.walk(RESULTS)) {
      for (Path file : files.filter(f -> f.endsWith("samples.csv")).toList()) {
        for (Repetition r : Samples.read(file.resolve("..").normalize()).entries()) {
          r.metrics().all().stream()
              .filter(m -> m.text().equals("not declared"))
              .forEach(m -> undeclared.add(file + ": " + m.name()));
        }
      }
    }
    assertThat(undeclared).isEmpty();
  }

  @Test
  void aNameIsOfTheLongestFamilyThatFits() {
    assertThat(Metric.named("discard_count").unit()).isEqualTo(Unit.TIMES);
    assertThat(Metric.named("mmap_lock_wait_count").text())
        .isEqualTo(Declared.LOCK_WAIT_COUNT.of().text());
    assertThat(Metric.named("huge_mapped_1g_start_bytes").text())
        .isEqualTo(Declared.HUGE_MAPPED_1G_BYTES.of().text());
    assertThat(Metric.named("lock_wait_total_ns")).isSameAs(Declared.LOCK_WAIT_TOTAL_NS);
  }

  @Test
  void whatIsNotDeclaredIsNotTaken() {
    Metrics metrics = new Metrics();
    Metric ours = Metric.number("ours", "of nobody");
    assertThatThrownBy(() -> metrics.put(ours, 1)).hasMessageContaining("ours is not declared");
    Metric other = Metric.ns("total_ns", "a second total");
    assertThatThrownBy(() -> metrics.put(other, 1)).hasMessageContaining("total_ns");
    assertThat(metrics.isEmpty()).isTrue();
  }

  /** A file may be of another version: its metric is compared if asked for, and cannot fail. */
  @Test
  void aFileMayHaveMoreThanIsDeclared() {
    Metric metric = Metric.named("made_up");
    assertThat(metric.better()).isEqualTo(Better.SAME);
    assertThat(metric.isDefault(true)).isFalse();
    assertThat(WrittenMetrics.of(Map.of("made_up", "12.50")).written(metric)).isEqualTo("12.50");
  }

  @Test
  void valuesAreWrittenAsTheyWereRead() {
    Map<String, String> written = new LinkedHashMap<>();
    written.put("total_ns", "9223372036854775807");
    written.put("boot_s", "12.500");
    written.put("ns_per_op", "0.000");
    written.put("conversions", "-3");
    written.put("state_hash", "0xfe");
    assertThat(WrittenMetrics.of(written).written()).isEqualTo(written);
    assertThatThrownBy(() -> WrittenMetrics.of(Map.of("total_ns", "0xfe")))
        .isInstanceOf(NumberFormatException.class);
  }

  /** Two VMs that discarded 3 and 4 times in the same state; the longest touch is one VM's. */
  @Test
  void vmsAreOneByTheDeclaration() {
    Metrics all =
        Metrics.over(
            List.of(
                WrittenMetrics.of(
                    Map.of("discard_count", "3", "hot_touch_ns", "9", "state_hash", "0x1")),
                WrittenMetrics.of(
                    Map.of("discard_count", "4", "hot_touch_ns", "5", "state_hash", "0x1"))));
    assertThat(all.written())
        .isEqualTo(Map.of("discard_count", "7", "hot_touch_ns", "9", "state_hash", "0x1"));
    assertThat(Declared.STATE_HASH.overVms()).isEqualTo(OverVms.SAME);
    Metrics one = WrittenMetrics.of(Map.of("state_hash", "0x1"));
    Metrics other = WrittenMetrics.of(Map.of("state_hash", "0x2"));
    assertThatThrownBy(() -> Metrics.over(List.of(one, other))).hasMessageContaining("state_hash");
  }
}
