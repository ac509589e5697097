// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineReaderTest {
  /** A line of DOS ends in CR LF, an empty one too; a CR elsewhere is content. */
  @Test
  void aCarriageReturnAtTheEndIsNoContent(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("dos.log"), "a\r\n\r\n\r\r\nb\rc\n\nd\r");
    List<String> lines = new ArrayList<>();
    try (LineReader reader = new LineReader(file)) {
      while (reader.next()) {
        lines.add(reader.text());
      }
      assertThat(reader.number()).isEqualTo(6);
    }
    assertThat(lines).containsExactly("a", "", "\r", "b\rc", "", "d");
  }
}
