// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.pattern.HugepageGuest;
import gmembench.result.Repetition;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
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
 * Conversions a second of 4K pieces of 1G folios on the model, all metrics included: 64 GiB, random
 * pieces, 32 of them shared at a time, each in another folio, which is split and restored for it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC"})
public class FolioBenchmark {
  static final int ROUNDS = 3000;
  static final int FRAMES = 64;
  static final int CONVERSIONS = 2 * ROUNDS * FRAMES;

  @Param({"in-place-wait", "in-place-split", "in-place-lazy-split"})
  public String strategy = "in-place-wait";

  private final Workload workload =
      new Workload(
          "pieces",
          "4K pieces of 1G folios",
          Guest.ofBytes((long) FRAMES << 30),
          new Workload.Generated(new HugepageGuest(1 << 30, 100, 4096, ROUNDS, FRAMES / 2, 0)),
          null,
          1,
          "");
  private final Subject subject = Subject.of(workload);
  private final Model model =
      new Model(Costs.read(Conversions.home().resolve("bench/costs/hugepages-6.18.toml")));
  private Strategy chosen = Strategy.parse(strategy);

  @Setup
  public void setUp() {
    chosen = Strategy.parse(strategy);
  }

  @Benchmark
  @OperationsPerInvocation(CONVERSIONS)
  public Repetition pieces() {
    Backing backing = Plugins.parse(Backing.class, "hugetlb-1g");
    return model.replay(
        new Block(workload, backing, new Bitmap(), List.of(chosen)), subject, chosen);
  }
}
