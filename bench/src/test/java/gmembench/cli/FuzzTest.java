// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.Plugins;
import gmembench.guest.Guest;
import gmembench.importer.LogFormat;
import gmembench.importer.LogImport;
import gmembench.model.Costs;
import gmembench.trace.Footprint;
import gmembench.trace.Mutants;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceFile;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real files, mutated: every parser either succeeds or says what is wrong in one line. Seeded, so
 * that a failure can be had again. 105,000 mutants in all with those of suites, a tenth unless
 * thorough. qemu.log and ftrace.txt are a part of a recorded boot in these forms.
 */
class FuzzTest {
  private static final Guest GUEST = Guest.ofBytes(1L << 30);

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "workloads/traces/qemu/stock-distro-blk.trace.gz, qemu-virtio, 2000",
    "workloads/traces/qemu/stock-distro-scsi.trace.gz, qemu-virtio, 2000",
    "bench/src/test/resources/fuzz/qemu.log, qemu, 24000",
    "bench/src/test/resources/fuzz/ftrace.txt, ftrace, 22000",
    "bench/src/test/resources/fuzz/flips.csv, csv, 22000"
  })
  void logs(String file, String from, int mutants) throws IOException {
    LogFormat format = Plugins.parse(LogFormat.class, from);
    Path out = folder.resolve("out.csv");
    Mutants.ofText(
        Checkout.path(file),
        mutants,
        folder,
        mutant -> {
          try {
            LogImport.run(mutant, format, out, List.of(), null);
            assertThat(out).exists();
            TraceBounds.of(TraceBounds.read(out));
          } catch (InputException e) {
            assertThat(out.toFile().exists())
                .as("nothing half-written: " + e.getMessage())
                .isFalse();
            throw e;
          } finally {
            delete(out);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "workloads/traces/ovmf-boot.csv.gz, 15000, false",
    "workloads/traces/ovmf-boot-stub.csv.gz, 3000, true"
  })
  void traces(String file, int mutants, boolean gzipped) throws IOException {
    Mutants.Reader reader = mutant -> Footprint.of(TraceFile.read(mutant, GUEST), GUEST);
    if (gzipped) {
      Mutants.ofBytes(Checkout.path(file), mutants, folder, reader);
    } else {
      Mutants.ofText(Checkout.path(file), mutants, folder, reader);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "workloads/ovmf-boot.toml, 3000",
    "workloads/ovmf-flips.toml, 3000",
    "workloads/hugepage-guest.toml, 3000",
    "workloads/adversary-ragged.toml, 3000"
  })
  void workloads(String file, int mutants) throws IOException {
    Files.createDirectory(folder.resolve("traces"));
    Files.copy(
        Checkout.path("workloads/traces/ovmf-boot-stub.csv.gz"),
        folder.resolve("traces/ovmf-boot.csv.gz"));
    Mutants.ofText(Checkout.path(file), mutants, folder, WorkloadFile::read);
  }

  @ParameterizedTest
  @CsvSource({"bench/costs/snp-upm-2022.toml, 3000"})
  void costProfiles(String file, int mutants) throws IOException {
    Mutants.ofText(Checkout.path(file), mutants, folder, Costs::read);
  }

  /** Costs that are read are charged as well: no sum wraps, and none is a stack trace. */
  @ParameterizedTest
  @CsvSource({"bench/costs/snp-upm-2022.toml, 1500", "bench/costs/memslots.toml, 1000"})
  void costsOnTheModel(String file, int mutants) throws IOException {
    Path costs = folder.resolve("mutant.toml");
    Path out = folder.resolve("out");
    String run = "run kvm-clock --engine model --reps 1 -q --costs " + costs + " --out " + out;
    Mutants.ofText(
        Checkout.path(file),
        mutants,
        folder,
        mutant -> {
          mutant.toFile().renameTo(costs.toFile());
          InProcess done = InProcess.gmembench(run.split(" "));
          assertThat(done.code()).as(done.err()).isIn(0, 2, 3);
          assertThat(done.err().lines().count()).as(done.err()).isLessThanOrEqualTo(9);
          assertThat(Files.exists(out)).as(done.err()).isEqualTo(done.code() != 2);
          ResultsFuzzTest.deleteAll(out);
          if (done.code() == 2) {
            throw new InputException(done.err().strip(), "", "");
          }
        });
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
