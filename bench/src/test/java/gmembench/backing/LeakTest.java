// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What opens also closes: descriptors, mappings and memory of the process are as they were. */
@Tag("kernel")
class LeakTest {
  private static final int CYCLES = Thorough.LEAKS.count(200, 10_000);

  static Stream<Backing> backings() {
    return Plugins.all(Backing.class).stream();
  }

  @ParameterizedTest
  @MethodSource("backings")
  void nothingIsLeft(Backing backing) {
    Host.orSkip(backing);
    cycles(backing, 20); // classes, buffers and pools that are made once
    Held before = Held.now();
    cycles(backing, CYCLES);
    Held after = Held.now();
    System.out.println(backing.label() + ", " + CYCLES + " cycles: " + before + " -> " + after);
    assertThat(after.files()).as("file descriptors").isLessThanOrEqualTo(before.files() + 2);
    assertThat(after.ofGuests()).as("mappings of guests").isLessThanOrEqualTo(before.ofGuests());
    assertThat(after.sharedKb())
        .as("resident shared memory, KiB")
        .isLessThanOrEqualTo(before.sharedKb() + 1024);
  }

  private static void cycles(Backing backing, int count) {
    Guest guest = Guest.ofBytes(8 << 20);
    for (int i = 0; i < count; i++) {
      try (Memory memory = backing.open(guest, false)) {
        memory.touch(0, 8, Side.PRIVATE);
        backing.converts().forEach(verb -> memory.apply(verb, 0, 8, Side.SHARED));
        memory.touch(0, 8, Side.SHARED);
      }
    }
  }

  /**
   * What the process has. Its own heap and code come and go, so mappings are counted by what guests
   * are made of: files in memory, and what KVM gives out.
   */
  private record Held(long files, long ofGuests, long sharedKb) {
    static Held now() {
      List<String> maps = lines("/proc/self/maps");
      long sharedKb =
          lines("/proc/self/status").stream()
              .filter(line -> line.startsWith("RssShmem:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .sum();
      String[] files = new java.io.File("/proc/self/fd").list();
      return new Held(
          files == null ? 0 : files.length,
          maps.stream()
              .filter(line -> line.matches(".*(memfd:|guest_memfd|kvm|secretmem|hugetlb).*"))
              .count(),
          sharedKb);
    }

    private static List<String> lines(String file) {
      try {
        return Files.readAllLines(Path.of(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
