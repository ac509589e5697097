// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.Plugins;
import gmembench.guest.Guest;
import gmembench.trace.Footprint;
import gmembench.trace.Op;
import gmembench.trace.TraceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogImportTest {
  private static final Path LOGS = Checkout.path("workloads/traces/qemu");

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource({"stock-distro-blk, 5001, 14774", "stock-distro-scsi, 4989, 14762"})
  void stockLogsGiveTheMeasuredCounts(String name, long flips, long pages) {
    Path out = folder.resolve("out.csv.gz");
    ImportReport report =
        LogImport.run(LOGS.resolve(name + ".trace.gz"), new QemuVirtio(), out, List.of(), null);

    Guest guest = Guest.ofBytes(1L << 30);
    Footprint footprint = Footprint.of(TraceFile.read(out, guest), guest);
    assertThat(footprint.toShared()).isEqualTo(flips);
    assertThat(footprint.toPrivate()).isEqualTo(flips);
    assertThat(footprint.pagesToShared()).isEqualTo(pages);
    assertThat(report.events()).isEqualTo(2 * flips);
    assertThat(report.pages(Op.TO_SHARED)).isEqualTo(pages);
    assertThat(report.warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "4711@1795244227.417551:",
        "2025-11-21T11:29:32.123456Z ",
        "2025-11-21T11:29:32.123456Z qemu-vm ",
        "4711@1795244227.417551:2025-11-21T11:29:32.123456Z "
      })
  void qemuPrefixIsOptional(String prefix) throws IOException {
    String log =
        prefix
            + "kvm_convert_memory start 0x3f3f4000 size 0x1000 private_to_shared\n"
            + prefix
            + "kvm_convert_memory start 0x3f3f4000 size 0x2000 shared_to_private\n";
    assertThat(imported("qemu", log))
        .extracting(l -> l.substring(l.indexOf(',')))
        .containsExactly(",0,to_shared,0x3f3f4,1", ",0,to_private,0x3f3f4,2");
  }

  @Test
  void hypercallAndItsConversionAreOne() throws IOException {
    String log =
        """
        1@10.000001:kvm_hc_map_gpa_range gpa 0x200000 size 0x3000 attributes 0x0 flags 0x0
        1@10.000002:kvm_convert_memory start 0x200000 size 0x1000 private_to_shared
        1@10.000003:kvm_convert_memory start 0x201000 size 0x2000 private_to_shared
        2@10.000004:kvm_hc_map_gpa_range gpa 0x200000 size 0x3000 attributes 0x10 flags 0x0
        serial output
        1@10.000005:kvm_convert_memory start 0x200000 size 0x1000 private_to_shared
        """;
    assertThat(imported("qemu", log))
        .containsExactly(
            "0,0,to_shared,0x200,3", "3000,1,to_private,0x200,3", "4000,0,to_shared,0x200,1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "           CPU-1234  [001] ..... 12.000001: kvm_vm_set_mem_attributes: ",
        "CPU 0/KVM-1234 [001] 12.000001: kvm_vm_set_mem_attributes: ",
        "CPU 0/KVM  1234 [001]    12.000001: kvm:kvm_vm_set_mem_attributes: ",
        "kvm_vm_set_mem_attributes: "
      })
  void ftraceFormsAreRead(String prefix) throws IOException {
    String log =
        "# tracer: nop\n"
            + prefix
            + "0x00000000000100 -- 0x00000000000300 [0x8]\n"
            + prefix
            + "0000000000000100 -- 0000000000000101 [0x0]\n";
    assertThat(imported("ftrace", log))
        .extracting(l -> l.substring(l.indexOf(',')))
        .containsExactly(",0,to_private,0x100,512", ",0,to_shared,0x100,1");
  }

  @Test
  void csvIsWhatTheFlipsAreRecordedAs() throws IOException {
    String log = "time_us,direction,gpa,pages\n0,to_shared,0x3000,1\n7,to_private,12288,1\n";
    assertThat(imported("csv", log))
        .containsExactly("0,0,to_shared,0x3,1", "7000,0,to_private,0x3,1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "qemu|kvm_convert_memory start 0x1000 size 0x1000 sideways",
        "qemu|kvm_convert_memory start 0x1000 size 0x1000",
        "qemu|kvm_convert_memory start 0xzz size 0x1000 shared_to_private",
        "qemu|kvm_convert_memory start 0x1001 size 0x1000 shared_to_private",
        "qemu|kvm_convert_memory start 0x1000 size 0x0 shared_to_private",
        "qemu|kvm_convert_memory start 0x7ffffffffffff000 size 0x1000 shared_to_private",
        "qemu|kvm_hc_map_gpa_range gpa 0x1000 size 0x1000 attributes x flags 0x0",
        "qemu-virtio|virtio_blk_handle_read vdev 0x1 req 0x2 sector 3 nsectors",
        "qemu-virtio|virtio_blk_handle_read vdev 0x1 req 0x2 sector 3 nsectors 0",
        "qemu|kvm_memory_fault start 0x1000 size 0x1000 flags",
        "cloud-hypervisor|KVM_HC_MAP_GPA_RANGE: address=0x1000, pages=x, attributes=0x0",
        "cloud-hypervisor|KVM_HC_MAP_GPA_RANGE: address=0x1000, pages=9007199254740992, attributes=0x0",
        "cloud-hypervisor|VcpuExit::MemoryFault: flags=0x8, gpa=0x1001, size=0x1000",
        "openvmm|KVM_HC_MAP_GPA_RANGE set memory attributes gpa=0 size=4096 page_count=1 map_attributes=0 private=maybe",
        "ftrace|kvm:kvm_vm_set_mem_attributes(start: 2, end: 1, attr: 8)",
        "qemu-virtio|scsi_req_parsed target 0 lun 0 tag 0 command 40 dir 1 length -1",
        "ftrace|kvm_vm_set_mem_attributes: 0x2 -- 0x1 [0x8]",
        "ftrace|kvm_vm_set_mem_attributes: 0x1 -- 0x2 0x8",
        "ftrace|kvm_vm_set_mem_attributes: 0x1 0x2 [0x8]",
        "csv|x,to_shared,0x1000,1",
        "csv|1,to_both,0x1000,1",
        "csv|1,to_shared,0x1001,1",
        "csv|1,to_shared,0x1000,0",
        "csv|1,to_shared,0x1000",
        "csv|1,to_shared,0x1000,1,1",
        "csv|9223372036854775807,to_shared,0x1000,1"
      })
  void malformedLineIsNamedAndNothingIsWritten(String from, String line) throws IOException {
    String first = from.equals("csv") ? "time_us,direction,gpa,pages\n" : "unrelated\n";
    Path log = Files.writeString(folder.resolve("a.log"), first + line + "\n");
    Path out = folder.resolve("out.csv");

    assertThatThrownBy(() -> LogImport.run(log, format(from), out, List.of(), null))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(log + ":2: ")
        .hasMessageContaining(", expected ")
        .hasMessageNotContaining("\n");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(log);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qemu", "qemu-virtio", "ftrace", "cloud-hypervisor", "openvmm", "csv"})
  void logWithoutConversionsIsBadInput(String from) throws IOException {
    String text = from.equals("csv") ? "time_us,direction,gpa,pages\n" : "nothing\nhere\n";
    Path log = Files.writeString(folder.resolve("a.log"), text);

    assertThatThrownBy(
            () -> LogImport.run(log, format(from), folder.resolve("out.csv"), List.of(), null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no conversions in");
  }

  private static LogFormat format(String name) {
    return Plugins.parse(LogFormat.class, name);
  }

  private List<String> imported(String from, String text) throws IOException {
    Path log = Files.writeString(folder.resolve("a.log"), text);
    Path out = folder.resolve("out.csv");
    LogImport.run(log, format(from), out, List.of(), null);
    List<String> lines = Files.readAllLines(out);
    assertThat(lines.subList(0, 2))
        .containsExactly("# imported from a.log as " + from, TraceFile.HEADER);
    return lines.subList(2, lines.size());
  }
}
