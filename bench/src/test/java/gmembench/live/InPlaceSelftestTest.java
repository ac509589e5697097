// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.OwnHugePages;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Memfd;
import gmembench.backing.Memory;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.engine.InPlaceSelftest;
import gmembench.engine.InPlaceSelftest.Case;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.Reservation;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernel's in-place self-tests on every backing of this host that can convert so, by every
 * strategy that does. Only a guest_memfd that has the state itself denies the host a private page
 * (SIGBUS); others stand in for it with what they have: unmapped pages and references.
 */
@Tag("kernel")
@ExtendWith(OwnHugePages.class)
class InPlaceSelftestTest {
  private static final String DENIES = "guest-memfd-in-place";

  static Stream<Arguments> cases() {
    return Plugins.all(Backing.class).stream()
        .filter(backing -> !backing.name().equals("null") && backing.folioOrder() < 18)
        .flatMap(backing ->
            Plugins.all(Strategy.class).stream()
                .filter(s -> s.inPlace() && backing.verbs().containsAll(s.needs()))
                .filter(s -> s.needs().containsAll(backing.converts()))
                .map(s -> Arguments.of(backing, s)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void convertsInPlaceAsTheKernelTestsIt(Backing backing, Strategy strategy) {
    try (Reservation _ = OwnHugePages.orSkip(backing, 16)) {
      boolean checks = strategy.needs().contains(Verb.CHECK);
      for (Case test : Case.values()) {
        // who asks for no reference count is refused nothing, and may do again what is done
        if (checks || !(test.pins() || test == Case.REDUNDANT)) {
          try {
            InPlaceSelftest.run(
                test,
                (guest, _) -> backing.open(guest, true),
                strategy,
                backing.folioOrder(),
                backing.name().equals(DENIES));
          } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(test + ": " + e.getMessage(), e);
          }
        }
      }
    }
  }

  /**
   * forked_accesses: a child maps the page and reads it, the parent converts. Where the file itself
   * has the state, the child has lost the page as well. What stands in for that unmaps by
   * madvise(2), the caller's own entries alone: there the child still reads it, so that nothing
   * here proves more than it can.
   */
  @Test
  void aChildLosesItsAccessWithTheFilesOwnState() throws IOException {
    Backing backing = inPlace().orElse(new Memfd());
    Strategy strategy = strategy(backing);
    boolean denies = backing.name().equals(DENIES);
    Host.orSkip(backing);
    try (Memory memory = backing.open(new Guest(16, 1), true)) {
      Converter converter = strategy.open(memory, new Bitmap().open(16));
      converter.convert(0, 1, Side.SHARED);
      memory.touch(0, 1, Side.SHARED);
      String shared = "0x" + Long.toHexString(Canary.of(0, Side.SHARED));
      Process child = child(descriptor());
      try (BufferedWriter ask = child.outputWriter();
          BufferedReader answer = child.inputReader()) {
        assertThat(read(ask, answer)).as("shared").isEqualTo(shared);
        assertThat(converter.convert(0, 1, Side.PRIVATE)).isTrue();
        assertThat(read(ask, answer)).as("private").isEqualTo(denies ? "SIGBUS" : shared);
      } finally {
        child.destroyForcibly();
      }
    }
  }

  private static Optional<Backing> inPlace() {
    return Plugins.all(Backing.class).stream()
        .filter(b -> b.name().equals(DENIES) && b.probe() instanceof Support.Yes)
        .findFirst();
  }

  private static Strategy strategy(Backing backing) {
    return Plugins.all(Strategy.class).stream()
        .filter(s -> s.inPlace() && backing.verbs().containsAll(s.needs()))
        .filter(s -> s.needs().contains(Verb.CHECK) || backing.name().equals(DENIES))
        .findFirst()
        .orElseThrow();
  }

  private static String read(BufferedWriter ask, BufferedReader answer) throws IOException {
    ask.write("\n");
    ask.flush();
    String read = answer.readLine();
    if (read == null) {
      throw Host.skip("a child cannot map the file by /proc");
    }
    return read;
  }

  /** The newest descriptor of guest memory of this process, for another one to open. */
  private static String descriptor() throws IOException {
    String found = "";
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)
            && Files.readSymbolicLink(descriptor).toString().matches(".*(gmembench-|kvm-gmem).*")) {
          found = "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor.getFileName();
        }
      }
    }
    return found;
  }

  private static Process child(String file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ChildMapping.class.getName(),
            file)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
