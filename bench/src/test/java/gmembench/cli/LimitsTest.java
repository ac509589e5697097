// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.backing.Secretmem;
import gmembench.linux.Kvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel refuses a process: a row or a line that says what, and nothing else. */
@Tag("slow")
@Tag("kernel")
class LimitsTest {
  @TempDir Path temp;

  /** The tool in a process of its own, started by a command that takes something from it. */
  private String gmembench(List<String> limits, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(limits);
    command.addAll(OwnJvm.command(arguments));
    Path log = temp.resolve("log");
    new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start()
        .waitFor();
    String said = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(said).doesNotContain("Exception", "\tat ");
    return said;
  }

  private String run(List<String> limits, String workload, String backing, String strategy)
      throws IOException, InterruptedException {
    return gmembench(
        limits,
        "run",
        workload,
        "--engine",
        "live",
        "--backing",
        backing,
        "--strategy",
        strategy,
        "--reps",
        "1",
        "-q",
        "--out",
        temp.resolve("out").toString());
  }

  /** EAGAIN of mmap: 16 pages fit into 8 KiB for nobody but those with CAP_IPC_LOCK. */
  @Test
  void lockedMemoryIsLimited() throws IOException, InterruptedException {
    Host.toolOrSkip("prlimit");
    Host.toolOrSkip("setpriv");
    Host.orSkip(new Secretmem());
    List<String> limits = new ArrayList<>(List.of("prlimit", "--memlock=8192"));
    if (Host.isRoot()) {
      limits.addAll(List.of("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"));
    }
    assertThat(run(limits, "kvm-clock", "secretmem", "direct-map"))
        .contains("mmap: EAGAIN (RLIMIT_MEMLOCK: ulimit -l unlimited)");
  }

  /** ENOMEM of mmap: files of 8 GiB where the process may map 6. */
  @Test
  void addressSpaceIsLimited() throws IOException, InterruptedException {
    Host.toolOrSkip("prlimit");
    assertThat(run(List.of("prlimit", "--as=6000000000"), "memslot-flips", "memfd", "snp"))
        .contains("snp  failed: mmap: ENOMEM");
  }

  /** EACCES of open: somebody who may read everything, as the class path, but write nothing. */
  @Tag("root")
  @Test
  void kvmNeedsPermission() throws IOException, InterruptedException {
    Host.toolOrSkip("setpriv");
    Host.rootOrSkip();
    try (Kvm kvm = Host.openOrSkip(Kvm::open)) {
      assertThat(kvm.capability(Kvm.CAP_NR_MEMSLOTS)).isPositive();
    }
    String mode = Files.getPosixFilePermissions(Path.of("/dev/kvm")).toString();
    if (mode.contains("OTHERS_WRITE")) {
      throw Host.skip("everybody may write to /dev/kvm");
    }
    List<String> nobody =
        List.of(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=+dac_read_search",
            "--ambient-caps=+dac_read_search");
    assertThat(gmembench(nobody, "doctor"))
        .containsPattern("/dev/kvm +unsupported: open /dev/kvm: EACCES \\(.*kvm")
        .contains("guest-memfd-bound");
  }
}
