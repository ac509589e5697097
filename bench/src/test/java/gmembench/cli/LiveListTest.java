// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.backing.Backing;
import gmembench.backing.Memfd;
import gmembench.backing.Support;
import gmembench.result.Repetition;
import gmembench.result.Samples;
import gmembench.strategy.Strategy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What list --live says does not run is what a run's rows say, with the same reason. */
@Tag("kernel")
class LiveListTest {
  @TempDir Path temp;

  private static List<String> lines = List.of();

  /**
   * Of a few workloads; of all, if that is asked for, in a JVM of its own: the pages of a guest of
   * 12 TiB do not fit into this one's heap, and to read all traces takes half a minute.
   */
  @BeforeAll
  static void list(@TempDir Path few) throws IOException {
    Path workloads = Files.createDirectories(few.resolve("workloads"));
    for (String name : List.of("kvm-clock.toml", "scale-10vms.toml", "launch-64gib.toml")) {
      Files.copy(Checkout.path("workloads").resolve(name), workloads.resolve(name));
    }
    Path home = Thorough.LIVE.isAsked() ? Checkout.path("") : few;
    List<String> command = OwnJvm.command("list", "--live");
    command.replaceAll(a -> a.startsWith("-Dgmembench.home") ? "-Dgmembench.home=" + home : a);
    Process list =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    lines = list.inputReader().lines().map(String::strip).toList();
  }

  private static String reason(String name) {
    String line = lines.stream().filter(l -> l.startsWith(name + "  ")).findFirst().orElse("");
    return line.substring(Math.min(line.length(), name.length())).strip();
  }

  @Test
  void everyBackingIsThereWithItsReason() {
    for (Backing backing : Plugins.all(Backing.class)) {
      String said = reason(backing.name());
      if (backing.name().equals("null")) {
        assertThat(said).isEmpty();
      } else if (backing.pool() != null) {
        assertThat(said)
            .as("the pool may change meanwhile, and a host may have none of 1G")
            .matches("all strategies.*|needs .*|memfd_create: ENODEV");
      } else if (backing.probe() instanceof Support.No(String reason)) {
        assertThat(said).as(backing.name()).isEqualTo(reason);
      } else {
        assertThat(said).as(backing.name()).startsWith("all strategies");
      }
    }
    assertThat(lines).anyMatch(l -> l.startsWith("guest-memfd-bound:guest=hypercall  "));
  }

  /** Of every strategy on memfd, and of a workload of several VMs. */
  @Test
  void aRunGivesTheSameReasons() {
    assertThat(new Memfd().probe()).isInstanceOf(Support.Yes.class);
    InProcess run =
        InProcess.gmembench(
            "run",
            "kvm-clock",
            "scale-10vms",
            "--engine",
            "live",
            "--backing",
            "memfd",
            "--reps",
            "1",
            "-q",
            "--out",
            temp.resolve("out").toString());
    assertThat(run.code()).as(run.err()).isIn(0, 3);
    Map<String, String> refused = new TreeMap<>();
    for (Repetition e : Samples.read(temp.resolve("out")).entries()) {
      if (e.status() == Repetition.Status.UNSUPPORTED) {
        refused.put(e.cell().workload() + "/" + e.cell().strategyName(), e.reason());
      }
    }
    assertThat(refused).isNotEmpty();
    int memfd =
        lines.indexOf(
            lines.stream().filter(l -> l.startsWith("memfd  ")).findFirst().orElseThrow());
    for (Strategy strategy : Plugins.all(Strategy.class)) {
      String why = refused.get("kvm-clock/" + strategy.name());
      boolean isListed =
          lines.subList(memfd + 1, lines.size()).stream()
              .takeWhile(l -> !l.contains("all strategies"))
              .anyMatch(l ->
                  l.matches("(.*, )?" + strategy.name() + "(,.*)?  +.*")
                      && l.endsWith(String.valueOf(why)));
      assertThat(isListed).as(strategy.name() + ": " + why).isEqualTo(why != null);
    }
    assertThat(reason("scale-10vms")).isEqualTo(refused.get("scale-10vms/snp"));
    assertThat(reason("kvm-clock")).isEmpty();
  }
}
