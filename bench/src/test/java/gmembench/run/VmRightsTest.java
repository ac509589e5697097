// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.GuestMemfdLinked;
import gmembench.engine.Block;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.Snp;
import gmembench.tracker.Bitmap;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a VM that may only read the others' memory is refused. */
class VmRightsTest {
  @TempDir Path folder;

  private Repetition run(Costs costs, String toml) throws IOException {
    Path file = Files.writeString(folder.resolve("w.toml"), toml);
    List<Repetition> found = new ArrayList<>();
    new Model(costs)
        .run(
            new Block(
                WorkloadFile.read(file), new GuestMemfdLinked(), new Bitmap(), List.of(new Snp())),
            found::add);
    return found.getFirst();
  }

  /** What a trace asks the second VM's own VMM to do: to fill pages, or to convert them unasked. */
  @ParameterizedTest
  @CsvSource({
    "to_shared, convert",
    "host_to_shared, convert",
    "host_to_private, convert",
    "allocate, allocate",
    "copy, copy_in",
    "populate, populate"
  })
  void aReadersVmmFillsAndConvertsNothing(String op, String call) throws IOException {
    Path trace = folder.resolve("t.csv");
    Files.writeString(trace, "at_ns,vcpu,op,gfn,pages\n0,0," + op + ",0,4\n9,1," + op + ",4,1\n");
    String toml =
        """
        # Why.
        guest = "64KiB"
        vcpus = 2
        [source]
        trace = "t.csv"
        [[vm]]
        vcpus = 1
        [[vm]]
        vcpus = 1
        """;
    String verb = call.equals("convert") ? "ask" : call;
    Costs costs =
        Costs.of(
            "fills",
            """
            # Why.
            [guest-memfd-linked.touch]
            fixed_ns = 0
            [guest-memfd-linked.%s]
            fixed_ns = 0
            """
                .formatted(verb));
    assertThat(run(costs, toml).status()).isEqualTo(Status.OK);
    Repetition reader = run(costs, toml + "role = \"reader\"");
    assertThat(reader.status()).isEqualTo(Status.FAILED);
    assertThat(reader.reason()).isEqualTo(call + ": EACCES (not this VM's to " + call + ")");
  }
}
