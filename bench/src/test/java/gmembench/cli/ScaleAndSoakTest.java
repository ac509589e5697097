// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.chart.Chart;
import gmembench.chart.Charts;
import gmembench.result.Results;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class ScaleAndSoakTest {
  @TempDir Path temp;

  @Test
  void jobsChangeNothing() throws IOException {
    for (String jobs : List.of("1", "3")) {
      InProcess run =
          InProcess.gmembench(
              "run",
              "ovmf-boot",
              "kexec",
              "--engine=model",
              "--strategy=snp,eager-punch-hole,batched-discard",
              "--tracker=bitmap,maple",
              "--jobs=" + jobs,
              "--out=" + temp.resolve(jobs));
      assertThat(run.code()).as(run.err()).isZero();
    }
    for (String file : List.of("samples.csv", "memory.csv", "summary.csv")) {
      assertThat(temp.resolve("3").resolve(file))
          .hasSameTextualContentAs(temp.resolve("1").resolve(file));
    }
  }

  /** In a JVM of its own, for what others open in this one would be taken for a leak. */
  @Test
  void soakGoesOnUntilTheTimeIsOver() throws IOException, InterruptedException {
    Path out = temp.resolve("soak");
    Path log = temp.resolve("log");
    String soak = "soak kvm-clock --engine=model --for=1s --strategy=snp --out=" + out;
    Process process =
        new ProcessBuilder(OwnJvm.command(soak.split(" ")))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    assertThat(Files.readString(log)).contains("file descriptors").contains("double-allocated");
    List<String> rows = Files.readAllLines(out.resolve("soak.csv"));
    assertThat(rows.get(0)).startsWith("at_s,pass,block,cells,heap_bytes,fds,");
    assertThat(rows.get(1)).matches("\\d+,1,model/kvm-clock/memfd/bitmap,1,.*");
    assertThat(rows).hasSizeGreaterThan(1);
    assertThat(Files.readString(out.resolve("env.csv"))).startsWith("key,value\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run ovmf-boot --jobs 0       | --jobs: '0', expected 1 to 1024",
        "soak ovmf-boot --for 0s      | --for: '0s', expected a time such as 10min",
        "soak ovmf-boot --for soon    | --for: 'soon', expected a duration",
        "soak ovmf-boot --out .       | .: ",
        "scale --rounds 0             | --rounds: '0', expected 1 or more",
        "scale --tracker tree         | unknown tracker 'tree'",
      })
  void badUsageIsOneLine(String command, String message) {
    InProcess run = InProcess.gmembench(command.strip().split(" "));
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.code()).isEqualTo(2);
  }

  /** A chart for each thing that grows and each measure, of a folder such as scale writes. */
  @Test
  void chartsOfWhatGrows() throws IOException {
    StringBuilder samples =
        new StringBuilder(
            "run,engine,workload,strategy,backing,tracker,costs,rep,status,reason,metric,value\n");
    StringBuilder env = new StringBuilder("key,value\n");
    String[] names = {"scale-1gib", "scale-12tib", "scale-1vcpu", "scale-8vcpus", "scale-10vms"};
    for (int i = 0; i < names.length; i++) {
      env.append("workload." + names[i] + ".guest_bytes," + ((1L << 30) << i) + "\n");
      env.append("workload." + names[i] + ".vcpus," + (1 + i) + "\n");
      env.append("workload." + names[i] + ".vms," + (1 + i) + "\n");
      String cell = "1,micro," + names[i] + ",snp,memfd,bitmap,,1,ok,,";
      samples.append(cell + "ns_per_op," + (40 + i) + "\n");
      samples.append(cell + "tracker_bytes," + (4096L << i) + "\n");
      samples.append(cell + "state_hash,0x1\n");
    }
    Files.writeString(temp.resolve("samples.csv"), samples);
    Files.writeString(temp.resolve("env.csv"), env);
    Files.writeString(temp.resolve("latency.hlog"), "");
    Files.writeString(
        temp.resolve("memory.csv"),
        "engine,workload,strategy,backing,tracker,costs,conversion,private_bytes,shared_bytes,"
            + "double_allocated_bytes,tracker_bytes,vmemmap_lost_bytes,huge_mapped_bytes\n");
    assertThat(Charts.of(Results.one(temp)).stream().map(Chart::name))
        .contains("scale-guest-ns", "scale-guest-tracker-bytes", "scale-vcpus-ns")
        .noneMatch(name -> name.startsWith("scale-vms")); // of one size there is no chart
  }
}
