// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;
import gmembench.guest.Guest;
import gmembench.trace.Op;
import gmembench.workload.Layout;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Small inputs whose right value can be counted by eye; line shapes are those of QEMU's backends,
 * tracefs, perf, systemd, cloud-hypervisor and OpenVMM.
 */
class ImportCasesTest {
  private static final Path CASES = Path.of("src", "test", "resources", "importer");

  @TempDir private Path folder = Path.of("");

  /**
   * Conversions, pages, vCPUs and the ns between the first and the last event:
   *
   * <ul>
   *   <li>console-mixed: 1, 2 and 512 pages to shared, 1 and 2 back; no times, so 1 us an event
   *   <li>two-vcpus-no-tid: two calls at .123456 and .123457, whose two conversions are the same
   *   <li>simpletrace: stamps are differences in us: 0.912 + 153.250 = 154.162 from the first call
   *       to the second; each conversion is that of its call
   *   <li>qemu-ftrace-backend: 5012.000120 to 5012.001120, on two threads
   *   <li>journals, ts, SystemTap: 2 s apart
   *   <li>memory-fault: .100001 to .200001, flags 0x8 is private
   *   <li>trace_pipe_tgid, ftrace_dump, perf-trace: threads 4711 and 4712, 1 ms apart
   *   <li>cloud-hypervisor: 1.234567 to 1.300001; 1 and 512 pages to shared
   *   <li>openvmm: three lines a call, two calls 1 s apart, by "set memory attributes"
   * </ul>
   */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          console-mixed.log,        qemu,   3, 515, 2, 3, 1, 4000
          two-vcpus-no-tid.log,     qemu,   2, 2,   0, 0, 1, 1000
          simpletrace.txt,          qemu,   1, 1,   1, 1, 1, 154162
          qemu-ftrace-backend.txt,  qemu,   1, 1,   1, 1, 2, 1000000
          qemu-ftrace-backend.txt,  ftrace, 1, 1,   1, 1, 2, 1000000
          journal-default.log,      qemu,   1, 1,   1, 1, 1, 2000000000
          journal-iso.log,          qemu,   1, 1,   1, 1, 1, 2000000000
          journal-mono.log,         qemu,   1, 1,   1, 1, 1, 2000000000
          ts.log,                   qemu,   1, 1,   1, 1, 1, 2000000000
          stap.log,                 qemu,   1, 1,   1, 1, 1, 2000000000
          memory-fault.log,         qemu,   1, 1,   1, 1, 1, 100000000
          trace_pipe_tgid.txt,      ftrace, 1, 1,   1, 1, 2, 1000000
          ftrace_dump.txt,          ftrace, 1, 1,   1, 1, 2, 1000000
          perf-trace.txt,           ftrace, 1, 1,   1, 1, 2, 1000000
          lost-events.txt,          ftrace, 1, 1,   1, 1, 1, 1000000000
          stack-trace.txt,          ftrace, 1, 1,   0, 0, 1, 0
          cloud-hypervisor.log, cloud-hypervisor, 2, 513, 2, 2, 2, 65434000
          openvmm.log,              openvmm, 1, 1,  1, 1, 1, 1000000000
          """)
  void isCountedRight(
      String file,
      String from,
      long toShared,
      long pagesToShared,
      long toPrivate,
      long pagesToPrivate,
      int vcpus,
      long spanNs) {
    ImportReport report = imported(file, from, null);
    assertThat(report.conversions(Op.TO_SHARED)).isEqualTo(toShared);
    assertThat(report.pages(Op.TO_SHARED)).isEqualTo(pagesToShared);
    assertThat(report.conversions(Op.TO_PRIVATE)).isEqualTo(toPrivate);
    assertThat(report.pages(Op.TO_PRIVATE)).isEqualTo(pagesToPrivate);
    assertThat(report.vcpus()).isEqualTo(vcpus);
    assertThat(report.spanNs()).isEqualTo(spanNs);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          console-mixed.log    | qemu             | no times found: events are 1 us apart
          lost-events.txt      | ftrace           | 1789 events are missing by the log's own word, first at line 2
          cloud-hypervisor.log | cloud-hypervisor | 1 events were logged late: sorted by time
          """)
  void whatCannotBeTrustedIsWarnedOf(String file, String from, String warning) {
    assertThat(imported(file, from, null).warnings()).containsExactly(warning);
  }

  /** The last line was stamped before it waited for a lock: 1.299990, between the others. */
  @Test
  void whatWasLoggedLateIsSorted() throws IOException {
    imported("cloud-hypervisor.log", "cloud-hypervisor", null);
    assertThat(Files.readAllLines(folder.resolve("out.csv")).subList(2, 6))
        .containsExactly(
            "0,0,to_shared,0x7e8d5,1",
            "432000,0,to_private,0x7e8d5,1",
            "65423000,0,to_private,0x7b001,1",
            "65434000,1,to_shared,0x7b000,512");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          memory-fault.log     | qemu             | ; 1 vCPU; 100 ms (QEMU's stamps); 2 lines
          memory-fault.log     | qemu             | , 2 of them implicit;
          cloud-hypervisor.log | cloud-hypervisor | , 1 of them implicit; 2 vCPUs; 65.4 ms (cloud-hypervisor's stamps)
          stack-trace.txt      | ftrace           | 5 lines, skipped 3 unrelated, 1 with the event's name but not its fields
          simpletrace.txt      | qemu             | 4 lines, skipped 2 of a call or fault that is counted
          journal-default.log  | qemu             | 1 vCPU (no thread ids); 2.00 s (the journal's stamps, whole seconds)
          """)
  void summarySaysWhatWasFound(String file, String from, String part) {
    assertThat(imported(file, from, null).summary()).contains(part);
  }

  /**
   * QEMU converts nothing where there is no memory: with 2 GiB below 4 GiB, two calls of 512 pages
   * from 0x80000000 and one page at 0xfec00000 are left out, two calls below 2 GiB are not.
   */
  @Test
  void conversionsOfMmioAreLeftOut() {
    Guest q35 = Layout.guest("qemu-q35", 4L << 30);
    ImportReport report = imported("tdx-mmio-hole.log", "qemu", q35);
    assertThat(report.conversions(Op.TO_SHARED)).isEqualTo(2);
    assertThat(report.pages(Op.TO_SHARED)).isEqualTo(1024);
    assertThat(report.summary())
        .endsWith("left out 3 conversions of 1025 pages outside the guest's memory");
    assertThat(imported("tdx-mmio-hole.log", "qemu", null).conversions(Op.TO_SHARED)).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({
    "cloud-hypervisor.log, qemu, cloud-hypervisor",
    "openvmm.log, cloud-hypervisor, openvmm",
    "ftrace_dump.txt, csv, ftrace",
    "ts.log, ftrace, qemu"
  })
  void wrongFormatIsToldWhichOneItLooksLike(String file, String from, String right) {
    assertThatThrownBy(() -> imported(file, from, null))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("; this looks like --from " + right);
  }

  private ImportReport imported(String file, String from, @Nullable Guest guest) {
    LogFormat format = Plugins.parse(LogFormat.class, from);
    return LogImport.run(CASES.resolve(file), format, folder.resolve("out.csv"), List.of(), guest);
  }
}
