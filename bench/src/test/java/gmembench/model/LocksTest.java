// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.Plugins;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.guest.Side;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Strategy;
import gmembench.trace.Op;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** vCPUs in virtual time, and the locks that serialise them. */
class LocksTest {
  private static final String COSTS =
      """
      # Why.
      [memfd.discard]
      fixed_ns = 1000
      per_page_ns = 10
      [memfd.touch]
      fixed_ns = 300
      """;

  @TempDir Path folder;

  private Map<String, String> run(String locks, Workload workload, Strategy strategy)
      throws IOException {
    Path costs = Files.writeString(folder.resolve("c.toml"), COSTS + locks);
    List<Repetition> found = new ArrayList<>();
    new Model(Costs.read(costs))
        .run(new Block(workload, new Memfd(), new Bitmap(), List.of(strategy)), found::add);
    return found.get(0).metrics().written();
  }

  private static Workload workload(String name) {
    return Checkout.workload(name);
  }

  private static long ns(Map<String, String> metrics, String metric) {
    return Long.parseLong(metrics.getOrDefault(metric, "-1"));
  }

  /** Eight vCPUs do the same: without a lock in an eighth of the time, with one in all of it. */
  @Test
  void disjointVcpusRunAtOnceUnlessALockIsHeldThroughout() throws IOException {
    Workload disjoint = workload("concurrent-disjoint");
    long serial = 8 * 4000 * (1000 + 4 * 10 + 300);
    Map<String, String> free = run("", disjoint, new EagerPunchHole());
    assertThat(ns(free, "total_ns")).isEqualTo(serial / 8);
    assertThat(free.keySet()).noneMatch(metric -> metric.contains("lock"));
    Map<String, String> held =
        run(
            """
            [lock.big_lock]
            per = "vm"
            [lock.big_lock.alone]
            memfd.discard = 100
            memfd.touch = 100
            """,
            disjoint,
            new EagerPunchHole());
    assertThat(ns(held, "total_ns")).isEqualTo(serial);
    assertThat(ns(held, "big_lock_held_total_ns")).isEqualTo(serial);
    assertThat(ns(held, "lock_wait_total_ns")).isEqualTo(ns(held, "big_lock_wait_total_ns"));
    assertThat(held.get("state_hash")).isEqualTo(free.get("state_hash"));
  }

  @Test
  void oneVcpuNeverWaits() throws IOException {
    Map<String, String> metrics = run(randomLocks(new Random(1)), workload("kexec"), eager());
    Map<String, String> without = run("", workload("kexec"), eager());
    assertThat(ns(metrics, "lock_wait_total_ns")).isZero();
    without.forEach((name, value) -> assertThat(metrics).containsEntry(name, value));
  }

  private static Strategy eager() {
    return Plugins.parse(Strategy.class, "eager-punch-hole");
  }

  /** Random locks and a random trace, against a list of all intervals ever held. */
  @RepeatedTest(8)
  void equalsANaiveModel(RepetitionInfo repetition) throws IOException {
    int seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    Path trace = randomTrace(random);
    String toml = "# Why.\nguest = \"1MiB\"\nvcpus = 5\n[source]\ntrace = \"" + trace + "\"\n";
    Workload workload = WorkloadFile.read(Files.writeString(folder.resolve("w.toml"), toml));
    String locks = randomLocks(random);
    Map<String, String> found = run(locks, workload, eager());
    Naive naive = new Naive(locks);
    workload.trace().forEach((atNs, vcpu, op, gfn, pages) -> naive.event(vcpu, op, pages));
    assertThat(ns(found, "total_ns")).as("seed %d\n%s", seed, locks).isEqualTo(naive.total());
    assertThat(ns(found, "lock_wait_total_ns")).as("seed %d", seed).isEqualTo(naive.waitNs);
  }

  private Path randomTrace(Random random) throws IOException {
    StringBuilder csv = new StringBuilder("at_ns,vcpu,op,gfn,pages\n");
    List<String> ops = List.of("to_shared", "to_private", "touch_shared", "touch_private");
    for (int i = 0; i < 3000; i++) {
      String op = ops.get(random.nextInt(4));
      int pages = 1 + random.nextInt(8);
      csv.append("0," + random.nextInt(5) + "," + op + "," + random.nextInt(200) + "," + pages);
      csv.append('\n');
    }
    return Files.writeString(folder.resolve("t.csv"), csv);
  }

  private static String randomLocks(Random random) {
    StringBuilder toml = new StringBuilder();
    for (String lock : List.of("a", "b", "c")) {
      String per = List.of("vm", "file", "host").get(random.nextInt(3));
      String[] how = {"alone", "together"};
      int first = random.nextInt(2);
      int discard = 1 + random.nextInt(100);
      int touch = 1 + random.nextInt(100);
      toml.append("[lock." + lock + "]\nper = \"" + per + "\"\n");
      toml.append("[lock." + lock + "." + how[first] + "]\nmemfd.discard = " + discard + "\n");
      toml.append("[lock." + lock + "." + how[1 - first] + "]\nmemfd.touch = " + touch + "\n");
    }
    return toml.toString();
  }

  /** What eager-punch-hole does, with every interval of every lock kept. */
  private static final class Naive {
    private record Held(long from, long to, boolean alone) {}

    private final String[] toml;
    private final long[] clocks = new long[5];
    private final Map<String, List<Held>> held = new java.util.HashMap<>();
    private long waitNs;

    Naive(String locks) {
      this.toml = locks.split("\n", -1);
    }

    void event(int vcpu, Op op, long pages) {
      if (op.isConversion()) {
        verb(vcpu, "discard", op.side().other(), 1000 + 10 * pages);
      }
      verb(vcpu, "touch", op.side(), 300);
    }

    private void verb(int vcpu, String verb, Side side, long cost) {
      long start = clocks[vcpu];
      for (int i = 0; i < toml.length - 1; i += 6) {
        boolean alone = toml[line(i, verb) - 1].contains("alone");
        for (Held h : held.getOrDefault(lock(i, side), List.of())) {
          start = h.alone || alone ? Math.max(start, h.to) : start;
        }
      }
      for (int i = 0; i < toml.length - 1; i += 6) {
        int line = line(i, verb);
        long ns = cost * Long.parseLong(toml[line].replaceAll(".*= ", "")) / 100;
        held.computeIfAbsent(lock(i, side), n -> new ArrayList<>())
            .add(new Held(start, start + ns, toml[line - 1].contains("alone")));
      }
      waitNs += start - clocks[vcpu];
      clocks[vcpu] = start + cost;
    }

    private int line(int lock, String verb) {
      return toml[lock + 3].contains(verb) ? lock + 3 : lock + 5;
    }

    private String lock(int i, Side side) {
      return toml[i] + (toml[i + 1].contains("file") ? side : "");
    }

    long total() {
      return Arrays.stream(clocks).max().orElseThrow();
    }
  }

  @Test
  void badLocksNameTheLine() throws IOException {
    check("[lock.l]\nper = \"socket\"\n", ":8: per = \"socket\", expected vm, file or host");
    check("[lock.l]\n", "no lock.l.per");
    check("[lock.L]\nper = \"vm\"\n", ":7: lock 'L', expected a name such as slots_lock");
    check("[lock.l]\nper = \"vm\"\n", ":7: nobody takes l, expected [lock.l.alone] with holders");
    String lock = "[lock.l]\nper = \"vm\"\n[lock.l.alone]\n";
    check(
        lock + "memfd.discard = 101\n", ":10: lock.l.alone.memfd.discard = 101, expected percent");
    check(lock + "memfd.discrad = 10\nmemfd.touch = 1\n", ":10: unknown key 'lock.l.alone.memfd");
    check(lock + "memfd.merge = 10\nmemfd.touch = 1\n", ":10: unknown key 'lock.l.alone.memfd");
    check(lock + "tracker.tree = 10\nmemfd.touch = 1\n", ":10: unknown key 'lock.l.alone.tracker");
    check(
        lock + "memfd.touch = 10\n[lock.l.together]\nmemfd.touch = 1\n",
        ":12: memfd.touch holds l alone and together, expected one of the two");
  }

  private void check(String locks, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.toml"), COSTS + locks);
    assertThatThrownBy(() -> Costs.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(", expected ");
  }
}
