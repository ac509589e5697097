// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import gmembench.Plugins;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Conversions a second that the model replays of the measured boot, all metrics included. With
 * {@code -t 2} two threads replay at a time, as {@code run --jobs 2} does.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC"})
public class ModelBenchmark {
  @Param({"bitmap", "frame-map"})
  public String tracker = "bitmap";

  @Param({"snp", "eager-punch-hole", "lazy-discard"})
  public String strategy = "snp";

  /** What all threads have in common, as {@code run --jobs} has it: the trace and the costs. */
  @State(Scope.Benchmark)
  public static class Boot {
    private final Subject subject = Subject.of(workload());
    private final Model model =
        new Model(Costs.read(Conversions.home().resolve("bench/costs/snp-upm-2022.toml")));
  }

  private Strategy chosen = new Snp();
  private Block block = block("bitmap", chosen);

  private static Workload workload() {
    return WorkloadFile.read(Conversions.home().resolve("workloads/ovmf-boot.toml"));
  }

  private static Block block(String tracker, Strategy strategy) {
    return new Block(
        workload(), new Memfd(), Plugins.parse(Tracker.class, tracker), List.of(strategy));
  }

  @Setup
  public void setUp() {
    chosen = Strategy.parse(strategy);
    block = block(tracker, chosen);
  }

  @Benchmark
  @OperationsPerInvocation(Conversions.OVMF_BOOT)
  public Repetition ovmfBoot(Boot boot) {
    return boot.model.replay(block, boot.subject, chosen);
  }

  /** Arithmetic and nothing else: what a second thread gains at best on this machine. */
  @Benchmark
  @OperationsPerInvocation(Conversions.OVMF_BOOT)
  public long arithmetic() {
    long hash = 0;
    for (int i = 0; i < Conversions.OVMF_BOOT; i++) {
      hash = PageMap.mix(hash, i);
    }
    return hash;
  }
}
