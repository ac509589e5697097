// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Golden;
import gmembench.cli.InProcess;
import gmembench.result.Cell;
import gmembench.result.PlannedCell;
import gmembench.result.Samples;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of a run, and what joins them. */
class ShardTest {
  private static final String[] FILES = {
    "plan.csv", "samples.csv", "summary.csv", "memory.csv", "latency.hlog"
  };

  private static final Plan.Selection ALL =
      new Plan.Selection(
          List.of(), List.of(), List.of(), List.of("memfd", "null"), List.of(), 0, null);

  @TempDir Path temp;

  private InProcess gmembench(String command) {
    return InProcess.gmembench(command.replace("TEMP", temp.toString()).split(" "));
  }

  private void run(String more) {
    InProcess run = gmembench("run kexec kvm-clock ovmf-boot-stub --engine model -q " + more);
    assertThat(run.code()).as(run.err()).isZero();
  }

  /** Every cell is in one shard, blocks stay whole, order is kept, sizes are even. */
  @Test
  void shardsDivideThePlan() {
    Plan plan = Plan.of(Home.here(), List.of("quick", "boot"), ALL);
    List<PlannedCell> whole = plan.cells();
    assertThat(whole).doesNotHaveDuplicates();
    int blocks = plan.steps().size();
    for (int n = 1; n <= blocks + 3; n++) {
      List<PlannedCell> all = plan.shard(new Shard(1, n)).allCells();
      assertThat(all.stream().map(PlannedCell::cell)).containsExactlyElementsOf(cells(whole));
      Map<Cell, Integer> shardOfBlock = new HashMap<>();
      for (PlannedCell c : all) {
        Integer other = shardOfBlock.putIfAbsent(c.cell().block(), c.shard());
        assertThat(other).as("the shard of all of a block").isIn(null, c.shard());
      }
      int together = 0;
      for (int i = 1; i <= n; i++) {
        List<Plan.Step> part = plan.shard(new Shard(i, n)).steps();
        assertThat(part).hasSizeBetween(blocks / n - 1, blocks / n + 2);
        together += part.size();
      }
      assertThat(together).isEqualTo(blocks);
    }
  }

  private static List<Cell> cells(List<PlannedCell> planned) {
    return planned.stream().map(PlannedCell::cell).toList();
  }

  /** Suites that share a workload give its cells once, with the higher number of repetitions. */
  @Test
  void planPrintsTheCellsOfARun() throws IOException {
    InProcess plan = gmembench("plan quick boot --strategy snp --shard 2/3");
    assertThat(plan.code()).as(plan.err()).isZero();
    Golden.check("plan.csv", plan.out());
  }

  /** On the model nothing tells that it was not one run; an empty shard is fine. */
  @Test
  void mergedIsAsIfItHadBeenOneRun() throws IOException {
    run("--out TEMP/whole");
    List<Integer> order = new ArrayList<>(List.of(1, 2, 3, 4, 5));
    Collections.shuffle(order, new Random(1));
    for (int i : order) {
      run("--shard " + i + "/5 --out TEMP/shards/" + i);
    }
    InProcess merged = gmembench("merge TEMP/shards -o TEMP/merged");
    assertThat(merged.code()).as(merged.err()).isZero();
    for (String file : FILES) {
      assertThat(temp.resolve("merged").resolve(file))
          .hasSameBinaryContentAs(temp.resolve("whole").resolve(file));
    }
    InProcess compared = gmembench("compare TEMP/whole TEMP/merged");
    assertThat(compared.code()).as(compared.err()).isZero();
    assertThat(gmembench("merge TEMP/merged -o TEMP/again").code()).isZero();
    assertThat(gmembench("merge TEMP/shards -o TEMP/merged").err()).contains("exists, expected");
  }

  @Test
  void whatIsMissingTwiceOrForeignIsRefused() throws IOException {
    for (int i = 1; i <= 3; i++) {
      run("--shard " + i + "/3 --out TEMP/" + i);
    }
    refused("TEMP/1 TEMP/3", "missing: shard 2 of 3, ", "the first is model/");
    refused("TEMP/1 TEMP/2 TEMP/3 TEMP/2", "duplicate: shard 2/3 is in ");

    run("--shard 2/4 --out TEMP/of4");
    refused("TEMP/1 TEMP/of4 TEMP/3", "foreign: ", "its plan is not that of ");
    run("--shard 2/3 --strategy snp --out TEMP/snp");
    refused("TEMP/1 TEMP/snp TEMP/3", "foreign: ", "its plan is not that of ");
    run("--shard 2/3 --run other --out TEMP/other");
    refused("TEMP/1 TEMP/other TEMP/3", "foreign: ", "its run is labelled 'other', another '1'");

    edit("2", "env.csv", "2/3", "3/3");
    edit("3", "env.csv", "3/3", "2/3");
    refused("TEMP/1 TEMP/2 TEMP/3", "foreign: ", " is of shard 3/3");
    edit("2", "env.csv", "3/3", "2/3");
    edit("3", "env.csv", "2/3", "3/3");
    edit("2", "env.csv", "commit,", "commit,x");
    refused("TEMP/1 TEMP/2 TEMP/3", "foreign: ", "commit is 'x");
    edit("2", "env.csv", "commit,x", "commit,");

    String all = Files.readString(temp.resolve("2/samples.csv"));
    Files.writeString(temp.resolve("2/samples.csv"), all.substring(0, all.length() / 2));
    refused("TEMP/1 TEMP/2 TEMP/3", "missing: ", " with 0 of 1 repetitions (run --resume in ");
    run("--shard 2/3 --resume --out TEMP/2");
    assertThat(gmembench("merge TEMP/1 TEMP/2 TEMP/3 -o TEMP/out").code()).isZero();
  }

  private void refused(String folders, String... why) throws IOException {
    InProcess merge = gmembench("merge " + folders + " -o TEMP/refused");
    assertThat(merge.err()).contains(why);
    assertThat(merge.err().lines()).hasSize(1);
    assertThat(merge.code()).isEqualTo(3);
    assertThat(temp.resolve("refused")).doesNotExist();
  }

  private void edit(String shard, String file, String from, String to) throws IOException {
    Path path = temp.resolve(shard).resolve(file);
    Files.writeString(path, Files.readString(path).replace(from, to));
  }

  /** Other nodes of a cluster are listed; another kind of machine is another experiment. */
  @Tag("slow")
  @Test
  void measuredShardsMustBeOfTheSameKindOfMachine() throws IOException {
    for (int i = 1; i <= 2; i++) {
      InProcess run =
          gmembench(
              "run kexec kvm-clock --engine live --backing null --reps 4 -q"
                  + " --strategy snp,eager-punch-hole,lazy-discard --shard "
                  + (i + "/2 --out TEMP/" + i));
      assertThat(run.code()).as(run.err()).isZero();
    }
    Path env = temp.resolve("2/env.csv");
    String before = Files.readString(env);
    Files.writeString(env, before.replaceFirst("\nhost,.*\n", "\nhost,other\n"));
    assertThat(gmembench("merge TEMP/1 TEMP/2 -o TEMP/out").code()).isZero();
    assertThat(Files.readString(temp.resolve("out/env.csv"))).containsPattern("host,.+ \\| other");
    assertThat(Samples.read(temp.resolve("out")).entries()).hasSizeGreaterThan(20);
    Files.writeString(env, before.replaceFirst("\nkernel,.*\n", "\nkernel,5.10\n"));
    refused("TEMP/1 TEMP/2", "foreign: ", "kernel is '5.10', in another shard it is '");
    Files.writeString(env, before.replaceFirst("\nclock,.*\n", "\nclock,instructions\n"));
    refused("TEMP/1 TEMP/2", "foreign: ", "clock is 'instructions', in another shard it is '");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/3", "4/3", "1", "1/0", "a/b", "-1/2", "1/9999999"})
  void badShardsAreNamed(String shard) {
    InProcess plan = InProcess.gmembench("plan", "boot", "--shard", shard);
    assertThat(plan.code()).isEqualTo(2);
    assertThat(plan.err()).startsWith("--shard: '" + shard + "', expected I/N");
  }

  @Test
  void mergeOfSomethingElseIsNamed() throws IOException {
    InProcess merge = gmembench("merge TEMP -o TEMP/out");
    assertThat(merge.code()).isEqualTo(2);
    assertThat(merge.err()).contains("holds no samples.csv, expected results of run --shard");
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).isEmpty();
    }
  }
}
