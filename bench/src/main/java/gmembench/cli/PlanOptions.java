// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.InputException;
import gmembench.engine.Fault;
import gmembench.engine.Faults;
import gmembench.run.Home;
import gmembench.run.Plan;
import gmembench.run.Shard;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is to be run: the options that {@code run} and {@code plan} share. */
final class PlanOptions {
  @Parameters(
      paramLabel = "WORKLOAD|SUITE",
      arity = "1..*",
      description = "Names, .toml files or traces.")
  private List<String> targets = List.of();

  @Option(names = "--engine", split = ",", paramLabel = "E", description = "live, model; both.")
  private List<String> engines = List.of();

  @Option(
      names = "--strategy",
      split = ",",
      paramLabel = "S",
      description = "All by default. Those of two sides take :attribute=true.")
  private List<String> strategies = List.of();

  @Option(names = "--tracker", split = ",", paramLabel = "T", description = "bitmap by default.")
  private List<String> trackers = List.of();

  @Option(
      names = "--backing",
      split = ",",
      paramLabel = "B",
      description = "Live: memfd by default. Model: all that the cost profile has.")
  private List<String> backings = List.of();

  @Option(
      names = "--costs",
      split = ",",
      paramLabel = "C",
      description = {
        "Cost profiles for the model; by default snp-upm-2022 for workloads",
        "with [boot], epyc-6.18-2cpu for all others."
      })
  private List<String> costs = List.of();

  @Option(names = "--reps", paramLabel = "N", description = "Live repetitions a cell; default 11.")
  private @Nullable Integer reps;

  @Option(names = "--seed", paramLabel = "N", description = "For generated workloads.")
  private @Nullable Long seed;

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description = "Only part I of N: whole blocks of strategies, for merge.")
  private @Nullable String shard;

  @Option(
      names = "--inject",
      paramLabel = "FAULT",
      description = {
        "As strace's: VERB:error=ERRNO:when=FIRST[..LAST][+[STEP]] fails these calls",
        "of a verb in each replay; VERB:delay=TIME:when=.. holds them up."
      })
  private List<String> injections = List.of();

  @Option(
      names = "--on-fault",
      paramLabel = "POLICY",
      description = {
        "A verb failed: fail (the cell), stop (the run), or continue",
        "(a conversion is done if the page map says so). Default fail."
      })
  private String onFault = "fail";

  List<String> targets() {
    return targets;
  }

  private Faults faults() {
    List<Fault> faults = injections.stream().map(Fault::parse).toList();
    for (Faults.Policy policy : Faults.Policy.values()) {
      if (policy.text().equals(onFault)) {
        return new Faults(faults, policy);
      }
    }
    throw new InputException("--on-fault", "'" + onFault + "'", "fail, stop or continue");
  }

  /** Every name resolved, and the shard's part chosen. */
  Plan plan(Home home) {
    if (reps != null) {
      InputException.requireAtLeast(1, reps, "--reps");
    }
    Shard part = shard == null ? Shard.WHOLE : Shard.parse(shard);
    Plan whole =
        Plan.of(
            home,
            targets,
            new Plan.Selection(
                engines, strategies, trackers, backings, costs, reps == null ? 0 : reps, seed));
    return whole.with(faults()).shard(part);
  }
}
