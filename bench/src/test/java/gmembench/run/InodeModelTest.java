// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.backing.Backing;
import gmembench.backing.GuestMemfdLinked;
import gmembench.engine.Block;
import gmembench.live.Live;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.MemslotPunch;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several VMs' files on one inode, by what they cost on the model. */
class InodeModelTest {
  private static final Backing LINKED = new GuestMemfdLinked();

  /** Every figure is a power of ten, so that a sum says what was charged how often. */
  private static final Costs COSTS =
      Costs.of(
          "inode",
          """
          # Why.
          [guest-memfd-linked.touch]
          fixed_ns = 0
          per_map_ns = 1
          [guest-memfd-linked.discard]
          fixed_ns = 0
          per_map_ns = 1_000
          per_binding_ns = 1_000_000
          [guest-memfd-linked.rebind]
          fixed_ns = 1_000_000_000
          """);

  @TempDir Path folder;

  /** 16 pages in a ring of two places of two pages; VM 1 is told by {@code second}. */
  private Workload sharing(String second) throws IOException {
    return workload(
        """
        # Why.
        guest = "64KiB"
        vcpus = 2
        [source]
        pattern = "share-between-vms"
        ring = "16KiB"
        message = "8KiB"
        messages = 10
        [[vm]]
        vcpus = 1
        [[vm]]
        vcpus = 1
        """
            + second);
  }

  private Workload workload(String toml) throws IOException {
    return WorkloadFile.read(Files.writeString(folder.resolve("w.toml"), toml));
  }

  private static Repetition run(Workload workload, Strategy strategy) {
    List<Repetition> found = new ArrayList<>();
    new Model(COSTS).run(new Block(workload, LINKED, new Bitmap(), List.of(strategy)), found::add);
    return found.getFirst();
  }

  private static Map<String, String> metrics(Workload workload, Strategy strategy) {
    Repetition o = run(workload, strategy);
    assertThat(o.status()).as(o.reason()).isEqualTo(Status.OK);
    return o.metrics().written();
  }

  /** In place nothing is zapped: each VM maps the 4 pages once, the first had them before. */
  @Test
  void everyVmMapsThePagesItself() throws IOException {
    Map<String, String> metrics = metrics(sharing("role = \"reader\"\ngpa = \"4GiB\""), new Snp());
    assertThat(metrics).containsEntry("files", "2").containsEntry("touch_total_ns", "4");
  }

  /**
   * A message: to_shared punches 2 pages that one VM has mapped privately, to_private 2 that both
   * have mapped as shared; a punch of the private side crosses a binding of each VM.
   */
  @Test
  void aPunchZapsTheMappingsAndBindingsOfBoth() throws IOException {
    Map<String, String> metrics = metrics(sharing("role = \"reader\""), new EagerPunchHole());
    assertThat(metrics)
        .containsEntry("discard_total_ns", Long.toString(10 * (2_000 + 4_000 + 2_000_000)));
  }

  @Test
  void slotsAreChangedInBoth() throws IOException {
    Map<String, String> metrics = metrics(sharing(""), new MemslotPunch());
    assertThat(metrics).containsEntry("slot_operations", Long.toString(2 * 10 * 7));
  }

  @Test
  void aReaderMayNotConvert() throws IOException {
    String toml =
        """
        # Why.
        guest = "64KiB"
        vcpus = 2
        [source]
        pattern = "concurrent"
        region = "32KiB"
        range = "4KiB"
        flips = 2
        [[vm]]
        vcpus = 1
        [[vm]]
        vcpus = 1
        role = "reader"
        """;
    Repetition o = run(workload(toml), new Snp());
    assertThat(o.status()).isEqualTo(Status.FAILED);
    assertThat(o.reason()).isEqualTo("convert: EACCES (not this VM's to convert)");
  }

  private Workload moving(String successor) throws IOException {
    return workload(
        """
        # Why.
        guest = "1MiB"
        vcpus = 2
        [source]
        pattern = "intra-host-migration"
        ranges = 4
        most-pages = 8
        [[vm]]
        vcpus = 1
        [[vm]]
        vcpus = 1
        role = "successor"
        """
            + successor);
  }

  /**
   * All 256 pages go from the source's tables and are mapped again by the target, one by one. By
   * hand: two slots of one binding are set (1 s), 256 entries zapped (256 us), two bindings (2 ms);
   * the trace pauses for 50 ms before.
   */
  @Test
  void aHandOverIsPaidOnceAndItsRefaultsPageByPage() throws IOException {
    Map<String, String> metrics = metrics(moving(""), new Snp());
    assertThat(metrics)
        .containsEntry("hand_over_count", "1")
        .containsEntry("hand_over_pages", "256")
        .containsEntry("hand_over_total_ns", Long.toString(1_000_000_000 + 256_000 + 2_000_000))
        .containsEntry("after_hand_over_pages", "256")
        .containsEntry("after_hand_over_total_ns", "256")
        .containsEntry("blackout_ns", Long.toString(50_000_000 + 1_002_256_000))
        .containsEntry("total_ns", Long.toString(50_000_000 + 1_002_256_000 + 256));
  }

  /**
   * By hand: two source vCPUs punch 250 times 1 ms each, side by side; then, 50 ms later, the two
   * targets as often. 250 + 50 + 250 ms; work is all four without what they wait.
   */
  @Test
  void sourceAndTargetDoNotRunAtTheSameTime() throws IOException {
    Costs costs =
        Costs.of(
            "big",
            """
            # Why.
            [guest-memfd-linked.touch]
            fixed_ns = 0
            [guest-memfd-linked.discard]
            fixed_ns = 1_000_000
            [guest-memfd-linked.rebind]
            fixed_ns = 0
            """);
    Workload workload = Checkout.workload("intra-host-migration");
    List<Repetition> found = new ArrayList<>();
    new Model(costs)
        .run(new Block(workload, LINKED, new Bitmap(), List.of(new EagerPunchHole())), found::add);
    assertThat(found.getFirst().metrics().written())
        .containsEntry("blackout_ns", "50000000")
        .containsEntry("total_ns", "550000000")
        .containsEntry("work_ns", "1000000000");
  }

  /**
   * By hand: the source has used its 256 pages, some are shared; all are written once on the other
   * host (1 ns each, by what an entry costs) after two slots are set (1 s for each that is set: the
   * guest has one). None is in page tables then, so the target faults all 256 (256 ns). At offset
   * 4K of the file nothing is congruent modulo 2 MiB; modulo 4 KiB all is.
   */
  @Test
  void toAnotherHostAllContentsAreMoved() throws IOException {
    for (String largest : List.of("2MiB", "4KiB")) {
      Workload workload =
          workload(
              Files.readString(Checkout.path("workloads/intra-host-migration.toml"))
                  .replace("64MiB", "1MiB")
                  .replace("ranges = 500", "ranges = 4")
                  .replace("[[vm]]\nvcpus = 2\nrole = \"successor\"", "")
                  .replace(
                      "[[vm]]\nvcpus = 2\n",
                      "[[slot]]\ngpa = \"0\"\nsize = \"1MiB\"\noffset = \"4KiB\"\n"
                          + "[[vm]]\nvcpus = 2\n[[vm]]\nvcpus = 2\nrole = \"destination\"\n"
                          + "largest-page = \""
                          + largest
                          + "\"\n")
                  .replace("vcpus = 4", "vcpus = 4\nfile = \"2MiB\""));
      for (Strategy strategy : List.of(new Snp(), new EagerPunchHole())) {
        assertThat(metrics(workload, strategy))
            .as("%s %s", largest, strategy.name())
            .containsEntry("moved_bytes", Integer.toString(1 << 20))
            .containsEntry("realigned_bytes", largest.equals("2MiB") ? "1048576" : "0")
            .containsEntry("hand_over_total_ns", "1000000256")
            .containsEntry("blackout_ns", "1050000256")
            .containsEntry("after_hand_over_pages", "256");
      }
    }
  }

  @Test
  void onlyAnotherHostHasOtherPages() {
    assertThatThrownBy(() -> moving("largest-page = \"1GiB\""))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("4KiB, 2MiB or 1GiB, of a destination");
  }

  @Test
  void theSlotsOfTheTargetMustBeTheSources() throws IOException {
    Repetition o = run(moving("gpa = \"4GiB\""), new Snp());
    assertThat(o.status()).isEqualTo(Status.FAILED);
    assertThat(o.reason()).isEqualTo("take over: EINVAL (the slots are not those of the source)");
  }

  /** What is done before it runs is the source's; what the target asks for comes after. */
  @Test
  void theSourceCannotGoOn() throws IOException {
    Path trace =
        Files.writeString(
            folder.resolve("t.csv"),
            """
            at_ns,vcpu,op,gfn,pages
            0,0,to_shared,0,1
            1,1,to_private,0,1
            2,0,to_shared,1,1
            """);
    String toml =
        "# Why.\nguest = \"64KiB\"\nvcpus = 2\n[source]\ntrace = \"" + trace.getFileName() + "\"\n";
    Repetition o =
        run(
            workload(toml + "[[vm]]\nvcpus = 1\n[[vm]]\nvcpus = 1\nrole = \"successor\"\n"),
            new Snp());
    assertThat(o.reason()).isEqualTo("convert: EPERM (not this VM's to convert)");
  }

  @Test
  void aWorkloadOfOneVmSaysSo() throws IOException {
    Repetition o =
        run(
            workload(
                "# Why.\nguest = \"1MiB\"\n[source]\npattern = \"concurrent\"\nregion=\"1MiB\"\n"),
            new Snp());
    assertThat(o.status()).isEqualTo(Status.UNSUPPORTED);
    assertThat(o.reason()).isEqualTo("the workload has one VM only: no [[vm]]");
  }

  /** The kernel's answer, or why it was not asked. */
  @Test
  void liveSaysWhatIsMissing() throws IOException {
    List<Repetition> found = new ArrayList<>();
    new Live(1, 0).run(new Block(moving(""), LINKED, new Bitmap(), List.of(new Snp())), found::add);
    assertThat(found.getFirst().status()).isEqualTo(Status.UNSUPPORTED);
    assertThat(found.getFirst().reason())
        .containsAnyOf("several files on one inode are an RFC", "/dev/kvm", "KVM_CAP", "not tried");
  }
}
