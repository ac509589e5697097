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
  private int runs;

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
        temp.resolve("out" + runs++).toString());
  }

  /** 16 pages fit into 8 KiB for nobody but those with CAP_IPC_LOCK; doctor says so, too. */
  @Test
  void lockedMemoryIsLimited() throws IOException, InterruptedException {
    Host.toolOrSkip("prlimit");
    Host.toolOrSkip("setpriv");
    Host.orSkip(new Secretmem());
    List<String> limits = new ArrayList<>(List.of("prlimit", "--memlock=8192"));
    if (Host.isRoot()) {
      limits.addAll(List.of("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"));
    }
    String limit = "8KiB free (RLIMIT_MEMLOCK: ulimit -l)";
    assertThat(run(limits, "kvm-clock", "secretmem", "direct-map"))
        .containsPattern("unsupported: needs [0-9.]+[KM]iB of locked memory, 8KiB free")
        .contains(limit);
    assertThat(gmembench(limits, "doctor"))
        .containsPattern("secretmem +supported\\n")
        .containsPattern("to be locked: secretmem +8KiB \\(RLIMIT_MEMLOCK: ulimit -l\\)");
  }

  /** EFBIG of ftruncate: the kernel can do it, this process may not. */
  @Test
  void fileSizeIsLimited() throws IOException, InterruptedException {
    Host.toolOrSkip("prlimit");
    List<String> limits = List.of("prlimit", "--fsize=500000");
    String reason = "ftruncate: EFBIG (RLIMIT_FSIZE: ulimit -f unlimited)";
    assertThat(run(limits, "kvm-clock", "memfd", "snp")).contains("failed: " + reason);
    assertThat(gmembench(limits, "doctor")).containsPattern("memfd +fails: ftruncate: EFBIG");
  }

  /** 4 TiB on each side and 4 in place: no host has that. */
  @Test
  void moreThanTheHostHasIsARow() throws IOException, InterruptedException {
    String large = workload("4TiB", 4L << 28);
    assertThat(run(List.of(), large, "memfd", "snp,eager-punch-hole"))
        .containsPattern(
            "all unsupported: needs 12.[0-9]TiB of memory, [0-9.]+[MGT]iB free \\(MemAvailable\\)");
    String none = workload("256GiB", 1L << 26); // takes no memory, but time by its pages
    assertThat(run(List.of(), none, "null", "snp")).doesNotContain("unsupported");
  }

  /** A container of 600 MiB is not filled with 2 GiB until the kernel ends it. */
  @Tag("root")
  @Test
  void theLimitOfACgroupIsARow() throws IOException, InterruptedException {
    Host.rootOrSkip();
    Path group = cgroup(600L << 20);
    try {
      List<String> inside =
          List.of("sh", "-c", "echo $$ > " + group + "/cgroup.procs && exec \"$@\"", "sh");
      String large = workload("1GiB", 1L << 18);
      assertThat(run(inside, large, "memfd,memfd-thp", "snp,eager-punch-hole"))
          .containsPattern("needs 3.[0-9]GiB of memory, [0-9.]+MiB free \\(the cgroup's limit\\)")
          .contains("results: ");
    } finally {
      Files.delete(group);
    }
  }

  private static Path cgroup(long bytes) throws IOException {
    Path v1 = Path.of("/sys/fs/cgroup/memory");
    Path group = (Files.exists(v1) ? v1 : Path.of("/sys/fs/cgroup")).resolve("gmembench-test");
    try {
      Files.createDirectory(group);
      String limit = Files.exists(v1) ? "memory.limit_in_bytes" : "memory.max";
      Files.writeString(group.resolve(limit), Long.toString(bytes));
      return group;
    } catch (IOException e) {
      Files.deleteIfExists(group);
      throw Host.skip("no memory cgroup can be made: " + e);
    }
  }

  /** A guest of which one conversion takes all. */
  private String workload(String guest, long pages) throws IOException {
    Files.writeString(
        temp.resolve("all.csv"),
        "at_ns,vcpu,op,gfn,pages\n0,0,to_shared,0x0," + pages + "\n1,0,to_private,0x0,1\n");
    Path file = temp.resolve("all.toml");
    Files.writeString(
        file, "# All of it.\nguest = \"" + guest + "\"\n[source]\ntrace = \"all.csv\"\n");
    return file.toString();
  }

  /** A map of a bit a page of 8 TiB takes 256 MiB; the cell says so and the others go on. */
  @Test
  void aSmallHeapIsAFailedCell() throws IOException, InterruptedException {
    Path file = temp.resolve("huge.toml");
    Files.writeString(file, "# Large.\nguest = \"8TiB\"\n[source]\npattern = \"kvm-clock\"\n");
    String said =
        gmembench(
            List.of("env", "JDK_JAVA_OPTIONS=-Xmx100m"),
            "run",
            file.toString(),
            "--engine=model",
            "--strategy=snp",
            "--backing=memfd",
            "--tracker=bitmap,xarray-range",
            "-q",
            "--out=" + temp.resolve("out"));
    assertThat(said)
        .containsPattern("failed: needs about [0-9.]+MiB of heap, has [0-9.]+MiB: GMEMBENCH_HEAP")
        .contains("xarray-range");
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
