// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.guest.Guest;
import gmembench.trace.Footprint;
import gmembench.trace.TraceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    LogImport.Result result =
        LogImport.run(LOGS.resolve(name + ".trace.gz"), LogFormat.QEMU_VIRTIO, out, List.of());

    Guest guest = Guest.ofBytes(1L << 30);
    Footprint footprint = Footprint.of(TraceFile.read(out, guest), guest);
    assertThat(footprint.toShared()).isEqualTo(flips);
    assertThat(footprint.toPrivate()).isEqualTo(flips);
    assertThat(footprint.pagesToShared()).isEqualTo(pages);
    assertThat(result.events()).isEqualTo(2 * flips);
    assertThat(result.lines()).isGreaterThan(result.unrelated());
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
    assertThat(imported(LogFormat.QEMU, log))
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
    assertThat(imported(LogFormat.QEMU, log))
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
    assertThat(imported(LogFormat.FTRACE, log))
        .extracting(l -> l.substring(l.indexOf(',')))
        .containsExactly(",0,to_private,0x100,512", ",0,to_shared,0x100,1");
  }

  @Test
  void csvIsWhatTheFlipsAreRecordedAs() throws IOException {
    String log = "time_us,direction,gpa,pages\n0,to_shared,0x3000,1\n7,to_private,12288,1\n";
    assertThat(imported(LogFormat.CSV, log))
        .containsExactly("0,0,to_shared,0x3,1", "7000,0,to_private,0x3,1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QEMU|kvm_convert_memory start 0x1000 size 0x1000 sideways",
        "QEMU|kvm_convert_memory start 0x1000 size 0x1000",
        "QEMU|kvm_convert_memory start 0xzz size 0x1000 shared_to_private",
        "QEMU|kvm_convert_memory start 0x1001 size 0x1000 shared_to_private",
        "QEMU|kvm_convert_memory start 0x1000 size 0x0 shared_to_private",
        "QEMU|kvm_convert_memory start 0x7ffffffffffff000 size 0x1000 shared_to_private",
        "QEMU|kvm_hc_map_gpa_range gpa 0x1000 size 0x1000 attributes x flags 0x0",
        "QEMU_VIRTIO|virtio_blk_handle_read vdev 0x1 req 0x2 sector 3 nsectors",
        "QEMU_VIRTIO|virtio_blk_handle_read vdev 0x1 req 0x2 sector 3 nsectors 0",
        "QEMU_VIRTIO|scsi_req_parsed target 0 lun 0 tag 0 command 40 dir 1 length -1",
        "FTRACE|kvm_vm_set_mem_attributes: 0x2 -- 0x1 [0x8]",
        "FTRACE|kvm_vm_set_mem_attributes: 0x1 -- 0x2 0x8",
        "FTRACE|kvm_vm_set_mem_attributes: 0x1 0x2 [0x8]",
        "CSV|x,to_shared,0x1000,1",
        "CSV|1,to_both,0x1000,1",
        "CSV|1,to_shared,0x1001,1",
        "CSV|1,to_shared,0x1000,0",
        "CSV|1,to_shared,0x1000",
        "CSV|1,to_shared,0x1000,1,1",
        "CSV|9223372036854775807,to_shared,0x1000,1"
      })
  void malformedLineIsNamedAndNothingIsWritten(LogFormat format, String line) throws IOException {
    String first = format == LogFormat.CSV ? "time_us,direction,gpa,pages\n" : "unrelated\n";
    Path log = Files.writeString(folder.resolve("a.log"), first + line + "\n");
    Path out = folder.resolve("out.csv");

    assertThatThrownBy(() -> LogImport.run(log, format, out, List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(log + ":2: ")
        .hasMessageContaining(", expected ")
        .hasMessageNotContaining("\n");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(log);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"QEMU", "QEMU_VIRTIO", "FTRACE", "CSV"})
  void logWithoutConversionsIsBadInput(LogFormat format) throws IOException {
    String text = format == LogFormat.CSV ? "time_us,direction,gpa,pages\n" : "nothing\nhere\n";
    Path log = Files.writeString(folder.resolve("a.log"), text);

    assertThatThrownBy(() -> LogImport.run(log, format, folder.resolve("out.csv"), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no conversions in");
  }

  private List<String> imported(LogFormat format, String text) throws IOException {
    Path log = Files.writeString(folder.resolve("a.log"), text);
    Path out = folder.resolve("out.csv");
    LogImport.run(log, format, out, List.of());
    List<String> lines = Files.readAllLines(out);
    assertThat(lines.subList(0, 2))
        .containsExactly("# imported from a.log as " + format.text(), TraceFile.HEADER);
    return lines.subList(2, lines.size());
  }
}
