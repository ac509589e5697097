// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import module java.base;

import gmembench.Golden;
import gmembench.result.Samples;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private static final String BOOT = "snp-upm-2022";
  private static final String HOST = "epyc-6.18-2cpu";

  @TempDir Path temp;

  private static void assertOneLine(InProcess run, String message) {
    assertThat(run.err()).contains(message).doesNotContain("\tat ").doesNotContain("Exception");
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run nothing                                   | nothing: unknown workload, expected a .toml file, a trace (.csv, .csv.gz) or one of adversary-",
        "run memslot-flip                              | one of memslot-flips, memslot-flips-small, memory-hotplug-unplug, migration, migration-4k, adversary-alternate, adversary-hot-page, adversary-last-page ... (gmembench list has all)",
        "run ovmf-boot --strategy lazy                 | lazy: unknown strategy 'lazy', expected one of adaptive-discard",
        "run ovmf-boot --strategy lazy-discard:budget=1Q | budget: '1Q', expected a size",
        "run ovmf-boot --strategy lazy-discard:b=1     | unknown option 'b' of lazy-discard",
        "run ovmf-boot --strategy lazy-discard:budget=1MiB:budget=2MiB | lazy-discard:budget=1MiB:budget=2MiB: option 'budget' twice, expected each once",
        "run ovmf-boot --strategy lazy-discard:seal=true:seal=false | an option twice, expected each option once",
        "run ovmf-boot --strategy lazy-discard:two-phase=maybe | two-phase: 'maybe', expected true or false",
        "run ovmf-boot --strategy upm-2022:attribute=true | upm-2022 has no option attribute, expected a strategy of two sides",
        "run ovmf-boot --strategy upm-2022:seal=true   | upm-2022 has no option seal, expected a strategy of two sides",
        "run ovmf-boot --strategy snp:attribute=true   | snp has no option attribute, expected a strategy of two sides",
        "run ovmf-boot --strategy upm-2022:shared-discard=no | shared-discard: 'no', expected true or false",
        "run preallocate --strategy bind-late:conversions=-1 | bind-late:conversions=-1",
        "run preallocate --strategy bind-late:state=gone | state: 'gone', expected one of notified, file, kvm",
        "run preallocate --strategy bind-late:replay=true | unknown option 'replay' of bind-late",
        "run ovmf-boot --tracker tree                  | unknown tracker 'tree'",
        "run ovmf-boot --backing ram                   | unknown backing 'ram'",
        "run ovmf-boot --costs none                    | none: unknown cost profile, expected a .toml file or one of",
        "run ovmf-boot --engine dead                   | --engine: 'dead', expected live or model, or :threads=N",
        "run ovmf-boot --engine model --backing ramdisk | unknown backing 'ramdisk'",
        "run ovmf-boot --reps 0                        | --reps: '0', expected 1 or more",
        "run ovmf-boot --reps x                        | Invalid value for option '--reps'",
        "run ovmf-boot --rep 5                         | Unknown option: '--rep'",
        "run                                           | Missing required parameter",
        "reproduce --reps 0                            | --reps: '0', expected 1 or more",
        "reproduce --reps 2 --sweep                    | --reps: with --sweep, expected one of the two",
        "reproduce extra                               | Unmatched argument at index 1: 'extra'",
        "list things                                   | list: 'things', expected strategies, trackers",
        "plot /nonexistent                             | holds no samples.csv, expected a results folder",
        "plot . --format gif                           | --format: 'gif', expected svg or png",
        "c-loop --rounds 3                             | --rounds: '3', expected 7 or more",
        "cores --rounds 6                              | --rounds: '6', expected 7 or more",
        "cores --tracker none                          | unknown tracker 'none'",
        "cores --strategy snp,upm-2022                 | --strategy upm-2022:shared-discard=true: snp-upm-2022 has no cost of memfd.allocate, expected other --costs",
        "cores --costs none                            | none: unknown cost profile",
        "cores none                                    | none: unknown workload",
        "cores --backing none                          | unknown backing 'none'",
        "cores --strategy snp,spn                      | unknown strategy 'spn'",
        "calibrate -o x.toml --backing null,null       | --backing: null twice, expected each once",
        "calibrate                                     | Missing required option: '--out=COSTS'",
        "calibrate -o x.csv                            | x.csv: has another ending, expected a file NAME.toml",
        "calibrate -o x.toml --rounds 2                | --rounds: '2', expected 3 or more",
        "validate --costs none                         | none: unknown cost profile",
        "validate nothing --costs snp-upm-2022         | nothing: unknown workload",
        "nonsense                                      | Unmatched argument at index 0: 'nonsense'",
      })
  void badUsageIsOneLineAndExitCode2(String command, String message) {
    assertOneLine(InProcess.gmembench(command.strip().split(" ")), message);
  }

  @Test
  void anExistingOrUnwritableFolderIsRefusedAndKept() throws IOException {
    Path mine = Files.writeString(temp.resolve("mine"), "precious");
    assertOneLine(InProcess.gmembench("run", "ovmf-boot", "--out", temp.toString()), "exists");
    assertOneLine(InProcess.gmembench("run", "ovmf-boot", "--out", mine.toString()), "exists");
    Path below = mine.resolve("x");
    assertOneLine(
        InProcess.gmembench("run", "ovmf-boot", "--out", below.toString()), "cannot be written");
    assertOneLine(InProcess.gmembench("reproduce", "--out", "/proc/nothing"), "cannot be written");
    assertThat(mine).hasContent("precious");
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).containsExactly(mine);
    }
  }

  @Test
  void aBadFileStopsTheRunBeforeAnythingIsWritten() throws IOException {
    Path trace = temp.resolve("t.csv");
    Files.writeString(trace, "at_ns,vcpu,op,gfn,pages\n0,0,to_shared,0xffff,1\n");
    Path workload = temp.resolve("w.toml");
    Files.writeString(workload, "# Why.\nguest = \"1MiB\"\n[source]\ntrace = \"t.csv\"\n");
    Path out = temp.resolve("out");
    assertOneLine(
        InProcess.gmembench("run", workload.toString(), "--out", out.toString()),
        trace + ":2: gfn 0xffff + 1 pages is outside the guest, expected gfns below 0x100");
    assertThat(out).doesNotExist();
  }

  @Test
  void aProfileOfNoBackingIsToldWithItsLine() throws IOException {
    Path costs = temp.resolve("c.toml");
    Files.writeString(costs, "# Why.\n\n[nowhere.touch]\nfixed_ns = 1\n");
    Path out = temp.resolve("out");
    assertOneLine(
        InProcess.gmembench("run", "kvm-clock", "--costs", costs.toString(), "--out", out + ""),
        costs + ":3: unknown backing 'nowhere', expected one of ");
    assertThat(out).doesNotExist();
  }

  /**
   * A fact that is computed with: blanks round a number are none of it, one inside is a mistake.
   */
  @Test
  void aBlankInAFactIsToldWithItsLine() throws IOException {
    String out = temp.resolve("out").toString();
    String[] boot = "run ovmf-boot-stub --engine model --strategy snp --out".split(" ");
    InProcess.gmembench(Stream.concat(Stream.of(boot), Stream.of(out)).toArray(String[]::new));
    Path env = Path.of(out, "env.csv");
    List<String> lines = new ArrayList<>(Files.readAllLines(env));
    String fact = "workload.ovmf-boot-stub.guest_bytes,";
    int line = lines.indexOf(fact + "1073741824");
    lines.set(line, fact + " 1073741824 ");
    Files.write(env, lines);
    InProcess report = InProcess.gmembench("report", out);
    assertThat(report.code()).as(report.err()).isZero();
    lines.set(line, fact + "1073 741824");
    Files.write(env, lines);
    assertOneLine(
        InProcess.gmembench("report", out),
        env + ":" + (line + 1) + ": '1073 741824', expected a whole number, decimal or 0x");
  }

  @Tag("slow")
  @Test
  void modelRunsAreByteIdentical() throws IOException {
    for (String name : new String[] {"a", "b"}) {
      InProcess run =
          InProcess.gmembench(
              "run", "boot", "--engine", "model", "--out", temp.resolve(name).toString());
      assertThat(run.code()).as(run.err()).isZero();
    }
    for (String file : new String[] {"samples.csv", "summary.csv", "memory.csv", "latency.hlog"}) {
      assertThat(temp.resolve("a").resolve(file))
          .hasSameBinaryContentAs(temp.resolve("b").resolve(file));
    }
  }

  /**
   * Backings that a profile has no costs of are rows, whether others have them or not; the fit of
   * 2022 is the default for a boot only.
   */
  @Test
  void whatAProfileCannotServeIsARowAndEachWorkloadHasItsCosts() throws IOException {
    Path out = temp.resolve("out");
    InProcess run =
        InProcess.gmembench(
            ("run ovmf-boot kvm-clock --engine model --strategy snp,in-place-split -q"
                    + " --backing memfd,guest-memfd --out "
                    + out)
                .split(" "));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Samples.read(out).entries())
        .extracting(
            e -> e.cell().workload(),
            e -> e.cell().strategy(),
            e -> e.cell().backing(),
            e -> e.cell().costs(),
            e -> e.reason())
        .containsExactly(
            tuple("ovmf-boot", "snp", "memfd", BOOT, ""),
            tuple(
                "ovmf-boot", "in-place-split", "memfd", BOOT, BOOT + " has no cost of memfd.unmap"),
            tuple(
                "ovmf-boot",
                "snp",
                "guest-memfd",
                BOOT,
                BOOT + " has no cost of guest-memfd.touch"),
            tuple(
                "ovmf-boot",
                "in-place-split",
                "guest-memfd",
                BOOT,
                BOOT + " has no cost of guest-memfd.touch"),
            tuple("kvm-clock", "snp", "memfd", HOST, ""),
            tuple(
                "kvm-clock",
                "in-place-split",
                "memfd",
                HOST,
                HOST + " has no cost of memfd.shatter"),
            tuple(
                "kvm-clock",
                "snp",
                "guest-memfd",
                HOST,
                HOST + " has no cost of guest-memfd.touch"),
            tuple(
                "kvm-clock",
                "in-place-split",
                "guest-memfd",
                HOST,
                HOST + " has no cost of guest-memfd.touch"));
    assertThat(run.out())
        .contains(
            "model, kvm-clock, memfd, bitmap, epyc-6.18-2cpu; exact\n",
            """
            model, kvm-clock, guest-memfd, bitmap, epyc-6.18-2cpu
            all unsupported: epyc-6.18-2cpu has no cost of guest-memfd.touch
            """);
  }

  /** Of a part of a plan another part may have what runs. */
  @Test
  void aRunOfWhichNoCellRanIsExitCode3() throws IOException {
    String none = "run kvm-clock --engine model --strategy snp -q --backing guest-memfd --out ";
    assertThat(InProcess.gmembench((none + temp.resolve("whole")).split(" ")).code()).isEqualTo(3);
    String part = none.replace("-q", "-q --shard 1/2") + temp.resolve("part");
    assertThat(InProcess.gmembench(part.split(" ")).code()).isZero();
    assertThat(Files.readString(temp.resolve("whole/env.csv")))
        .contains("load_1m,", "load_1m_end,", "steal_percent,");
  }

  @Test
  void whatRunsNothingForWantOfACostIsExitCode3() {
    InProcess validate =
        InProcess.gmembench(
            "validate kvm-clock --costs snp-upm-2022 --strategy upm-2022 --out %s"
                .formatted(temp.resolve("validate"))
                .split(" "));
    assertThat(validate.code()).isEqualTo(3);
    assertThat(validate.err())
        .isEqualTo("snp-upm-2022: upm-2022: no cost of memfd.allocate is known\n");
    String soak = "soak kvm-clock --engine model --strategy snp --backing guest-memfd --for 1ms";
    Path out = temp.resolve("soak");
    assertThat(InProcess.gmembench((soak + " --out " + out).split(" ")).code()).isEqualTo(3);
  }

  @Tag("slow")
  @Test
  void theBootTableIsAsPublished() throws IOException {
    Path out = temp.resolve("out");
    InProcess run = InProcess.gmembench("reproduce", "-q", "--reps", "1", "--out", out.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    String exact = run.out().substring(0, run.out().indexOf("live, memfd"));
    Golden.check("reproduce-exact.txt", exact);
    assertThat(run.out()).contains("results and charts: " + out);
    assertThat(Samples.read(out).cells()).hasSize(7 * 6 + 3 + 3 * 6);
    assertThat(out.resolve("charts/boot-ovmf-boot.svg")).isNotEmptyFile();
    assertThat(out.resolve("summary.csv")).isNotEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--help", "run --help", "list --help", "reproduce --help", "doctor --help"})
  void helpIsThere(String command) {
    InProcess run = InProcess.gmembench(command.split(" "));
    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("Usage: gmembench").contains("Exit codes");
    assertThat(run.out().lines()).allMatch(l -> l.length() <= 72);
  }

  @Test
  void listNamesEverythingWithAReason() {
    InProcess run = InProcess.gmembench("list");
    assertThat(run.out())
        .contains("eager-punch-hole  ")
        .contains("lazy-discard:budget=64MiB  ")
        .contains("guest-memfd  ")
        .contains("bitmap  ")
        .contains("ovmf-boot-initrd100  ")
        .contains("snp-upm-2022  ");
    assertThat(InProcess.gmembench("list", "costs").out().lines().filter(l -> !l.isEmpty()))
        .allMatch(l -> l.startsWith("costs") || l.startsWith("  "));
  }

  @Test
  void doctorSaysWhatThisHostCanDo() {
    assertThat(InProcess.gmembench("doctor").out())
        .contains("  kernel ")
        .contains("live backings")
        .containsPattern("  memfd +supported")
        .containsPattern("  (KVM_CAP_GUEST_MEMFD +\\d|/dev/kvm +unsupported: )");
  }
}
