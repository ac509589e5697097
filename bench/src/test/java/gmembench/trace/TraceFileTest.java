// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.guest.Guest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceFileTest {
  private static final Guest GUEST = new Guest(0x1000, 2);
  private static final String HEADER = TraceFile.HEADER + "\n";

  @TempDir Path folder;

  private static List<String> lines(Trace trace) {
    List<String> lines = new ArrayList<>();
    trace.forEach((atNs, vcpu, op, gfn, pages) ->
        lines.add(atNs + " " + vcpu + " " + op.text() + " " + gfn + " " + pages));
    return lines;
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void readsDecimalAndHexadecimalAndNotes() throws IOException {
    Path file =
        file(
            "a.csv",
            "# QEMU 7.2\n"
                + HEADER
                + "0,0,to_shared,0xfff,1\n5,1,pin,16,2\r\n5,0,touch_private,0,4096");
    assertThat(lines(TraceFile.read(file, GUEST)))
        .containsExactly("0 0 to_shared 4095 1", "5 1 pin 16 2", "5 0 touch_private 0 4096");
  }

  @Test
  void writesWhatItReads() throws IOException {
    Path file = file("a.csv", HEADER + "0,0,to_shared,0xff,1\n7,1,to_private,0x10,2\n");
    Trace trace = TraceFile.read(file, GUEST);
    Path copy = folder.resolve("b.csv.gz");
    TraceFile.write(trace, copy);
    assertThat(lines(TraceFile.read(copy, GUEST))).isEqualTo(lines(trace));
    assertThat(folder.resolve("b.csv.gz.part")).doesNotExist();
  }

  @Test
  void streamsWhatDoesNotFit() throws IOException {
    StringBuilder text = new StringBuilder(HEADER);
    for (int i = 0; i < 50_000; i++) {
      text.append(i).append(",0,to_shared,").append(i % 4000).append(",1\n");
    }
    Path file = file("a.csv", text.toString());
    Trace streamed = TraceFile.read(file, GUEST, 10_000);
    assertThat(lines(streamed)).isEqualTo(lines(TraceFile.read(file, GUEST))).hasSize(50_000);
    assertThat(lines(streamed)).as("a second pass").hasSize(50_000);
    try (Trace.Batches batches = streamed.open()) {
      assertThat(Objects.requireNonNull(batches.next()).size).isLessThan(50_000);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0,0,to_shared,0x1000,1     | gfn 0x1000 + 1 pages is outside the guest, expected gfns below 0x1000",
        "0,0,to_shared,0xfff,2      | gfn 0xfff + 2 pages is outside",
        "0,0,to_shared,1,9223372036854775807 | is outside the guest",
        "0,0,to_shared,1,0          | 0 pages, expected 1 page or more",
        "0,2,to_shared,1,1          | vcpu 2, expected a vcpu below 2",
        "0,0,to_shard,1,1           | op 'to_shard', expected one of to_shared",
        "0,0,,1,1                   | op ''",
        "-1,0,to_shared,1,1         | at_ns: '-1,0",
        "x,0,to_shared,1,1          | at_ns: 'x",
        "99999999999999999999,0,to_shared,1,1 | at_ns: '99999",
        "0,0,to_shared,0xg,1        | gfn: '0xg",
        "0,0,to_shared,0xffffffffffffffffff,1 | gfn: '0xff",
        "0,0,to_shared,,1           | gfn: '",
        "0,0,to_shared,1,1,1        | pages: '1,1'",
        "0,0,to_shared,1            | gfn: '1'",
        "0                          | at_ns: '0'",
        "''                         | at_ns: ''",
      })
  void namesTheLineAndTheColumn(String line, String message) throws IOException {
    Path file = file("bad.csv", HEADER + "0,0,to_shared,1,1\n" + line + "\n");
    assertThatThrownBy(() -> TraceFile.read(file, GUEST))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ":3: ")
        .hasMessageContaining(message)
        .hasMessageContaining(", expected ");
  }

  @Test
  void timeMustNotGoBack() throws IOException {
    Path file = file("bad.csv", HEADER + "5,0,to_shared,1,1\n4,0,to_private,1,1\n");
    assertThatThrownBy(() -> TraceFile.read(file, GUEST))
        .hasMessage(file + ":3: time goes back from 5 to 4, expected at_ns in order");
  }

  @Test
  void headerIsChecked() throws IOException {
    Path empty = file("empty.csv", "");
    assertThatThrownBy(() -> TraceFile.read(empty, GUEST))
        .hasMessageContaining("no header, expected at_ns,vcpu,op,gfn,pages");
    Path other = file("other.csv", "time_us,direction,gpa,pages\n");
    assertThatThrownBy(() -> TraceFile.read(other, GUEST))
        .hasMessageStartingWith(other + ":1: 'time_us,direction,gpa,pages' is not the header");
    Path none = folder.resolve("none.csv");
    assertThatThrownBy(() -> TraceFile.read(none, GUEST)).hasMessageContaining("no such file");
  }

  @Test
  void gzipCutShortIsNoticedWhereverItIsCut() throws IOException {
    StringBuilder text = new StringBuilder(HEADER);
    for (int i = 0; i < 2000; i++) {
      text.append(i * 31).append(",0,to_shared,").append(i * 7 % 4000).append(",1\n");
    }
    byte[] whole = gzip(text.toString());
    for (int cut = 3; cut < whole.length; cut += 97) {
      Path file = folder.resolve("cut" + cut + ".csv.gz");
      Files.write(file, Arrays.copyOf(whole, cut));
      assertThatThrownBy(() -> TraceFile.read(file, GUEST))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageContaining(", expected ");
    }
  }
}
