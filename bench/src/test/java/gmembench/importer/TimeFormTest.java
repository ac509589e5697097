// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times and threads in what is before an event, in every form that a tool writes by default. */
class TimeFormTest {
  private static final String EVENT = "kvm_convert_memory start 0x1000 size 0x1000 ";

  @TempDir private Path folder = Path.of("");

  /** Two stamps of one form, and the ns between them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          4711@1732188572.100001:                              | 4711@1732188572.200001:                              | 100000000
          4711@1732188572.999999:                              | 4712@1732188573.000000:                              | 1000
          4711@1732188572123456789                             | 4711@1732188572123456799                             | 10
          2025-11-21T11:29:32.123456Z                          | 2025-11-21T11:29:33.123456Z                          | 1000000000
          2025-12-31T23:59:59Z                                 | 2026-01-01T00:00:01Z                                 | 2000000000
          2025-11-21T11:29:32.5+01:00 h q[1]:                  | 2025-11-21T10:29:33.5+0000 h q[1]:                   | 1000000000
          2025-11-21 11:29:32.123+0000:                        | 2025-11-21 11:29:32.124+0000:                        | 1000000
          2025-11-21T11:29:32.123456789Z stdout F              | 2025-11-21T11:29:32.123456799Z stdout F              | 10
          Fri 2025-11-21 11:29:32 UTC h q[1]:                  | Fri 2025-11-21 11:29:34 UTC h q[1]:                  | 2000000000
          Nov  9 11:29:32 h q[1]:                              | Nov 10 11:29:32 h q[1]:                              | 86400000000000
          Nov 30 11:29:32.250000 h q[1]:                       | Dec  1 11:29:32.500000 h q[1]:                       | 86400250000000
          [ 5012.000120] h q[1]:                               | [ 5014.000120] h q[1]:                               | 2000000000
          [ 5012.000120 <    2.000000 >] h q[1]:               | [ 5014.000120 <    2.000000 >] h q[1]:               | 2000000000
          1732188572.123456                                    | 1732188574.123457                                    | 2000001000
          1732188572                                           | 1732188574                                           | 2000000000
          11:29:32.5                                           | 11:29:33                                             | 500000000
          CPU 0/KVM-1 [003] ..... 50.000100: tracing_mark_write: | CPU 1/KVM-2 [003] ..... 50.000200: tracing_mark_write: | 100000
          <...>-1 (-------) [003] d..1. 50.000100: print: tracing_mark_write: | <...>-2 (-------) [003] d..1. 50.000100500: tracing_mark_write: | 500
          "\u001b[0m\u001b[2K4711@1.100000:"                   | "\u001b[1;31m4711@1.100002:"                         | 2000
          BdsDxe: loading Boot0001 4711@1.100000:              | area num 4 4711@1.100002:                            | 2000
          """)
  void isRead(String first, String second, long apartNs) throws IOException {
    ImportReport report = imported(line(first) + line(second));
    assertThat(report.warnings()).isEmpty();
    assertThat(report.spanNs()).isEqualTo(apartNs);
  }

  /** A guest's console has stamps of its own, which are not the event's. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [    0.268917] software IO TLB: area num | [    9.268917] random text
          2025-11-21T11:29:32Z app: text           | 2025-11-21T11:29:39Z app: other text
          """)
  void stampOfOtherTextIsNotTheEvents(String first, String second) throws IOException {
    ImportReport report =
        imported(first + EVENT + "private_to_shared\n" + second + EVENT + "shared_to_private\n");
    assertThat(report.warnings()).containsExactly("no times found: events are 1 us apart");
    assertThat(report.spanNs()).isEqualTo(1000);
  }

  /** Stamps 10 s, then 1 s (another boot), then 2 s: 0, 0 and 1 s, and it is said. */
  @Test
  void clockThatIsSetBackGoesOn() throws IOException {
    ImportReport report = imported(line("1@10.0:") + line("1@1.0:") + line("1@2.0:"));
    assertThat(report.spanNs()).isEqualTo(1_000_000_000L);
    assertThat(report.warnings())
        .containsExactly("time goes back by 9.00 s at line 2: it goes on from there");
  }

  @Test
  void eventsWithoutTheLogsTimeAreCounted() throws IOException {
    ImportReport report = imported(line("1@10.0:") + line("glued") + line("1@11.0:"));
    assertThat(report.spanNs()).isEqualTo(1_000_000_000L);
    assertThat(report.warnings())
        .containsExactly("1 events have no time by QEMU's stamps: that of the event before");
  }

  /** simpletrace's differences count between all lines: 1 + 2 + 4 us behind the first. */
  @Test
  void differencesOfOtherEventsCount() throws IOException {
    String log =
        """
        kvm_convert_memory 0.000 pid=1 start=0x1000 size=0x1000 msg=b'private_to_shared'
        serial_write 1.000 pid=1 addr=0x0 value=0x41
        serial_write 2.000 pid=1 addr=0x0 value=0x42
        kvm_convert_memory 4.000 pid=1 start=0x1000 size=0x1000 msg=b'shared_to_private'
        dropped_event 0.000 pid=1 num_events_dropped=12
        """;
    ImportReport report = imported(log);
    assertThat(report.spanNs()).isEqualTo(7000);
    assertThat(report.warnings())
        .containsExactly("12 events are missing by the log's own word, first at line 5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CPU:3 [LOST 1789 EVENTS]                                            | 1789
          CPU:3 [1789 EVENTS DROPPED]                                         | 1789
          Nov 21 11:29:33 h systemd-journald[3]: Suppressed 17 messages from x | 17
          rsyslogd: imuxsock lost 315 messages from pid 1 due to rate-limiting | 315
          # entries-in-buffer/entries-written: 205/1205   #P:4                | 1000
          Processed 123 events and lost 5 chunks!                             | 5
          """)
  void lossesAreCounted(String line, long number) throws IOException {
    assertThat(imported(line("1@1.0:") + line + "\n" + line("1@1.1:")).warnings())
        .containsExactly(number + " events are missing by the log's own word, first at line 2");
  }

  @Test
  void lossOfUnknownNumberAndNone() throws IOException {
    assertThat(imported(line("1@1.0:") + "CPU:1 [EVENTS DROPPED]\n").warnings())
        .containsExactly("events are missing by the log's own word, first at line 2");
    assertThat(imported(line("1@1.0:") + "# entries-in-buffer/entries-written: 2/2\n").warnings())
        .isEmpty();
  }

  private static String line(String stamp) {
    return stamp + " " + EVENT + "private_to_shared\n";
  }

  private ImportReport imported(String text) throws IOException {
    Path log = Files.writeString(folder.resolve("a.log"), text);
    return LogImport.run(log, new Qemu(), folder.resolve("out.csv"), List.of(), null);
  }
}
