// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Slot;
import gmembench.trace.Trace;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotTablesTest {
  private static final long GIB = 1 << 18;

  private static final String GOOD =
      """
      # Why it exists.
      guest = "3GiB"
      file = "0x140000000"
      [source]
      pattern = "launch"
      [[slot]]
      gpa = "0x100000000"
      size = "1GiB"
      offset = "0x80000000"
      [[slot]]
      gpa = "0"
      size = "2GiB"
      offset = "0"
      """;

  @TempDir Path folder;

  private Workload read(String text) throws IOException {
    return WorkloadFile.read(Files.writeString(folder.resolve("w.toml"), text));
  }

  @Test
  void slotsAreReadAndSorted() throws IOException {
    Guest guest = read(GOOD).guest();
    assertThat(guest.slots())
        .containsExactly(new Slot(0, 2 * GIB, 0), new Slot(4 * GIB, GIB, 2 * GIB));
    assertThat(guest.pages()).isEqualTo(5 * GIB);
    assertThat(guest.filePages()).isEqualTo(5 * GIB);
    assertThat(guest.memoryBytes()).isEqualTo(3L << 30);
  }

  @Test
  void withoutSlotsMemoryIsInOnePiece() throws IOException {
    Guest guest = read("# Why.\nguest = \"1GiB\"\n[source]\npattern = \"launch\"\n").guest();
    assertThat(guest).isEqualTo(new Guest(GIB, 1));
    assertThat(guest.slots()).containsExactly(new Slot(0, GIB, 0));
  }

  /** pc_q35_init and pc_init1, on both sides of where they begin to split. */
  @ParameterizedTest
  @CsvSource({
    "qemu-q35, 1GiB, 0+1GiB@0",
    "qemu-q35, 0xaffff000, 0+0xaffff000@0",
    "qemu-q35, 0xb0000000, 0+2GiB@0 4GiB+768MiB@2GiB",
    "qemu-q35, 16GiB, 0+2GiB@0 4GiB+14GiB@2GiB",
    "qemu-i440fx, 0xdffff000, 0+0xdffff000@0",
    "qemu-i440fx, 0xe0000000, 0+3GiB@0 4GiB+512MiB@3GiB",
    "qemu-i440fx, 4GiB, 0+3GiB@0 4GiB+1GiB@3GiB",
  })
  void layoutsAreQemus(String layout, String guest, String slots) throws IOException {
    String text = "# W.\nguest = \"" + guest + "\"\nlayout = \"" + layout + "\"\n";
    List<Slot> expected = new ArrayList<>();
    for (String slot : slots.split(" ", -1)) {
      String[] parts = slot.split("[+@]", -1);
      expected.add(Slot.ofBytes(bytes(parts[0]), bytes(parts[1]), bytes(parts[2])));
    }
    assertThat(read(text + "[source]\npattern = \"launch\"\n").guest().slots()).isEqualTo(expected);
  }

  private static long bytes(String text) {
    return gmembench.Units.bytes(text, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gpa = \"0\"              | gpa = \"3GiB\"     | :10: slot 0xc0000000..0x140000000 overlaps the slot 0x100000000..0x140000000, expected slots apart",
        "offset = \"0\"           | offset = \"1GiB\"  | :10: slot 0x0..0x80000000 has pages of the file that the slot 0x100000000..0x140000000 has, expected a part",
        "offset = \"0x80000000\"  | offset = \"5GiB\"  | :6: slot 0x100000000..0x140000000 ends at 0x180000000 of the file, expected at most its size, 0x140000000",
        "offset = \"0x80000000\"  | offset = \"0x200\" | :9: offset = \"0x200\", expected whole pages of 4 KiB",
        "gpa = \"0x100000000\"    | gpa = \"4G1\"      | :7: '4G1', expected a size",
        "gpa = \"0x100000000\"    | gpa = \"0x100000800\" | :7: gpa = \"0x100000800\", expected whole pages",
        "gpa = \"0x100000000\"    | gpa = 0            | :7: gpa = 0, expected a string in quotes",
        "gpa = \"0x100000000\"    | gpa = \"-4K\"      | :7: '-4K', expected a size",
        "gpa = \"0x100000000\"    | gpa = \"64TiB\"    | :7: the slot ends above 64TiB",
        "offset = \"0x80000000\"  | offset = \"0x7fffffffffffe000\" | :9: an offset above 64TiB",
        "size = \"1GiB\"          | size = \"0\"       | :8: size = \"0\", expected whole pages of 4 KiB, one or more",
        "size = \"1GiB\"          | size = \"2GiB\"    | :2: guest = \"3GiB\" but the slots hold 4GiB, expected the sum",
        "size = \"1GiB\"          | ''                 | :6: no size, expected size = a string",
        "size = \"1GiB\"          | 'size = \"1GiB\"\nflags = 4' | :9: unknown key 'flags', expected one of gpa, offset, size",
        "file = \"0x140000000\"   | file = \"0x1\"     | :3: file = \"0x1\", expected whole pages",
        "file = \"0x140000000\"   | file = \"2GiB\"    | :6: slot 0x100000000..0x140000000 ends at 0xc0000000 of the file, expected at most its size, 0x80000000",
        "file = \"0x140000000\"   | layout = \"qemu\"  | :3: unknown layout 'qemu', expected one of qemu-q35, qemu-i440fx",
        "file = \"0x140000000\"   | layout = \"qemu-q35\" | both a layout and [[slot]], expected one of them",
        "file = \"0x140000000\"   | slot = 5           | :",
      })
  void badSlotsNameTheLine(String old, String by, String message) throws IOException {
    String text = GOOD.replace(old, by == null ? "" : by);
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve("w.toml").toString())
        .hasMessageContaining(message)
        .hasMessageContaining(", expected ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aPatternIsMovedToWhereTheSlotsAre() throws IOException {
    Trace spread = read(GOOD).trace();
    Trace flat =
        read(GOOD.substring(0, GOOD.indexOf("file")) + "[source]\npattern = \"launch\"\n").trace();
    PageSet moved = new PageSet(5 * GIB);
    PageSet straight = new PageSet(5 * GIB);
    spread.forEach((atNs, vcpu, op, gfn, pages) -> moved.add(gfn, pages));
    flat.forEach((atNs, vcpu, op, gfn, pages) -> straight.add(gfn, pages));
    assertThat(moved.size()).isEqualTo(straight.size()).isEqualTo(3 * GIB);
    moved.forEachRun((gfn, pages) -> {
      assertThat(gfn).isIn(0L, 4 * GIB);
      assertThat(pages).isEqualTo(gfn == 0 ? 2 * GIB : GIB);
    });
  }

  @Test
  void aTraceMustStayInTheSlots() throws IOException {
    String text = GOOD.replace("pattern = \"launch\"", "trace = \"t.csv\"");
    Path trace = folder.resolve("t.csv");
    Files.writeString(trace, TraceFile.HEADER + "\n0,0,to_shared,0x7ffff,1\n1,0,pin,0x100000,2\n");
    assertThat(TraceBounds.of(read(text).trace()).events()).isEqualTo(2);
    Files.writeString(trace, TraceFile.HEADER + "\n0,0,to_shared,0x7ffff,2\n");
    assertThatThrownBy(() -> read(text).trace())
        .hasMessage(
            trace
                + ":2: gfn 0x7ffff + 2 pages is not all in a slot, expected gfns that the workload's"
                + " slots have");
  }
}
