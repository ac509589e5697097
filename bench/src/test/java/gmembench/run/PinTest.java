// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.backing.Backing;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Engine;
import gmembench.engine.TouchOnly;
import gmembench.linux.MappedFile;
import gmembench.linux.Pin;
import gmembench.live.Live;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A workload with pins: where there are none it is said to be unsupported, never a crash. */
class PinTest {
  @TempDir Path temp;

  @Test
  void pinsAreRefusedWithAReason() {
    Costs costs = Checkout.costs("snp-upm-2022");
    List<Repetition> modelled = run(new Model(costs), new Memfd(), Plugins.all(Strategy.class));
    assertThat(modelled).allMatch(o -> o.status() == Status.UNSUPPORTED);
    assertThat(modelled).anyMatch(o -> o.reason().startsWith("snp-upm-2022 has no cost of memfd."));
    assertThat(modelled).allMatch(o -> o.reason().matches(".* has no .*"));

    List<Repetition> live = run(new Live(1, 0), new TouchOnly("no-pins"), List.of(new Snp()));
    assertThat(live).hasSize(1);
    assertThat(live.get(0).status()).isEqualTo(Status.UNSUPPORTED);
    assertThat(live.get(0).reason()).isEqualTo("no-pins has no pin, which the workload needs");
  }

  /** Of each of four frames a page is held while others convert, by this host's kernel. */
  @Tag("kernel")
  @Test
  void aMemfdIsReallyPinned() {
    for (Repetition o :
        run(new Live(1, 0), new Memfd(), List.of(new Snp(), new EagerPunchHole()))) {
      assertThat(o.reason()).isEmpty();
      assertThat(o.metrics().written())
          .containsEntry("pin_count", "4")
          .containsEntry("unpin_count", "4");
    }
  }

  /**
   * A page that is punched while the kernel has it in a pipe (vmsplice) is an orphan: what it held
   * is still read from the pipe, though the file has a hole there and is written to anew.
   */
  @Tag("kernel")
  @Test
  void whatIsPunchedWhilePinnedIsNotFreed() throws IOException {
    try (MappedFile file = MappedFile.memfd("orphan", 1 << 20)) {
      file.setLong(0x5000, 0x1122334455667788L);
      Set<Path> before = open();
      try (Pin pin = file.pin(0x5000, 4096)) {
        assertThat(pin).isNotNull();
        file.punchHole(0x5000, 4096);
        assertThat(file.allocatedBytes()).as("of the file").isZero();
        file.setLong(0x5000, 1);
        Set<Path> ends = open();
        ends.removeAll(before);
        Path readEnd = ends.stream().min(Comparator.comparingInt(PinTest::number)).orElseThrow();
        try (InputStream pipe = Files.newInputStream(readEnd)) {
          long held = ByteBuffer.wrap(pipe.readNBytes(8)).order(ByteOrder.nativeOrder()).getLong();
          assertThat(held).isEqualTo(0x1122334455667788L);
        }
      }
    }
  }

  private static Set<Path> open() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(p -> Files.exists(p, LinkOption.NOFOLLOW_LINKS))
          .filter(PinTest::isPipe)
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  private static boolean isPipe(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString().startsWith("pipe:");
    } catch (IOException e) {
      return false; // the one that lists the folder
    }
  }

  private static int number(Path fd) {
    return Integer.parseInt(fd.getFileName().toString());
  }

  /** The kernel's own counts of pages agree in every replay; the ledger counts the rest. */
  @Tag("kernel")
  @Test
  void liveAndModelCountTheSameOrphansAndStrays() throws IOException {
    Workload strays = strays(Thorough.LIVE.count(200, 20_000), Thorough.LIVE.count(8, 64));
    Map<String, List<String>> counts = new LinkedHashMap<>();
    int lines = 2 + Thorough.LIVE.count(40, 200); // four events a frame
    for (Workload workload : List.of(Checkout.beginning("stale-pin", lines, temp), strays)) {
      for (Engine engine : List.of(new Live(1, 0), new Model(Checkout.costs("epyc-6.18-2cpu")))) {
        for (String spec :
            List.of("lazy-discard:budget=1MiB", "eager-punch-hole:seal=true", "lazy-discard")) {
          List<Repetition> found = new ArrayList<>();
          engine.run(
              new Block(
                  workload,
                  new Memfd(),
                  Plugins.parse(Tracker.class, "bitmap"),
                  List.of(Strategy.parse(spec))),
              found::add);
          Map<String, String> metrics = found.getFirst().metrics().written();
          counts
              .computeIfAbsent(workload.name() + " " + spec, n -> new ArrayList<>())
              .add(
                  Stream.of(
                          "orphan_peak_bytes",
                          "stale_pin_pages",
                          "stray_pages",
                          "stray_refused_pages",
                          "allocated_peak_bytes")
                      .map(m -> m + " " + metrics.get(m))
                      .collect(Collectors.joining(", ")));
        }
      }
    }
    counts.forEach((cell, both) -> assertThat(both.get(0)).as(cell).isEqualTo(both.get(1)));
  }

  /** Workload double-allocation, shorter and smaller. */
  private Workload strays(int flips, int mib) throws IOException {
    Path whole = Checkout.path("workloads/double-allocation.toml");
    Path file = temp.resolve("strays.toml");
    String text = Files.readString(whole).replace("flips = 20000", "flips = " + flips);
    Files.writeString(file, text.replace("\"64MiB\"", "\"" + mib + "MiB\""));
    return WorkloadFile.read(file);
  }

  private static List<Repetition> run(Engine engine, Backing backing, List<Strategy> strategies) {
    Block block =
        new Block(
            Checkout.workload("long-pin"),
            backing,
            Plugins.parse(Tracker.class, "bitmap"),
            strategies);
    List<Repetition> seen = new ArrayList<>();
    engine.run(block, seen::add);
    assertThat(seen).hasSameSizeAs(strategies);
    return seen;
  }
}
