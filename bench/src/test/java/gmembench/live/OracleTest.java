// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Host;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Hugetlb2m;
import gmembench.backing.Memfd;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Engine;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.Converter;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a user's own plug-in, or a kernel, may do wrong fails the cell, and the reason has the page.
 * By hand, for the map that records nothing: event 0 puts 16 pages from 0x100 to shared, the map
 * still says private, so the first page of the range is named.
 */
@Tag("kernel")
public class OracleTest {
  private static final String TRACE =
      """
      at_ns,vcpu,op,gfn,pages
      0,0,to_shared,0x100,16
      0,0,to_private,0x100,16
      0,0,to_shared,0x200,2
      0,0,to_shared,0x100,8
      0,0,to_private,0x200,2
      0,0,to_private,0x100,8
      0,0,to_shared,0x80,1
      0,0,to_private,0x80,1
      """;

  @TempDir private Path folder = Path.of("");

  /** Half a thousand buffers that flip at random, both sides written to. */
  private Workload twoSided() throws IOException {
    Files.writeString(
        folder.resolve("both.toml"),
        """
        # Buffers flip at random.
        #
        # Both sides are written to.

        guest = "16MiB"
        vcpus = 1

        [source]
        pattern = "double-allocation"
        working-set = "4MiB"
        buffer = "64KiB"
        flips = 500
        stray-percent = 10
        """);
    return WorkloadFile.read(folder.resolve("both.toml"));
  }

  private Workload workload() throws IOException {
    Files.writeString(folder.resolve("t.csv"), TRACE);
    Path file = folder.resolve("w.toml");
    Files.writeString(file, "# Ends as it began.\nguest = \"8MiB\"\n[source]\ntrace = \"t.csv\"\n");
    return WorkloadFile.read(file);
  }

  private static Engine engine(String name) {
    return name.equals("live") ? new Live(2, 1) : new Model(Checkout.costs("epyc-6.18-2cpu"));
  }

  private static Repetition only(Engine engine, Workload workload, Backing backing, Block block) {
    List<Repetition> all = new ArrayList<>();
    engine.run(new Block(workload, backing, block.tracker(), block.strategies()), all::add);
    assertThat(all).extracting(Repetition::status).contains(Status.FAILED);
    Repetition last = all.getLast();
    assertThat(last.metrics().written()).isEmpty();
    return last;
  }

  private String failure(String engine, Tracker tracker, Strategy strategy) throws IOException {
    Workload workload = workload();
    Block block = new Block(workload, new Memfd(), tracker, List.of(strategy));
    return only(engine(engine), workload, block.backing(), block).reason();
  }

  /** The first is the whole of it; others forget an edge, or longer ranges. */
  @ParameterizedTest
  @CsvSource({
    "model, NOTHING, gfn 0x100 private by the page map; expected shared",
    "live, NOTHING, gfn 0x100 private by the page map; expected shared",
    "model, NO_LAST_PAGE, gfn 0x10f private by the page map; expected shared",
    "live, NO_LAST_PAGE, gfn 0x10f private by the page map; expected shared",
    "model, NEIGHBOUR, gfn 0x110 shared by the page map; expected private",
    "live, FAR_PAGE, gfn 0x700 shared by the page map; expected private",
    "model, FAR_PAGE, gfn 0x700 shared by the page map; expected private",
  })
  void aMapThatLiesFailsTheRun(String engine, LyingTracker.Lie lie, String reason)
      throws IOException {
    assertThat(failure(engine, new LyingTracker(lie, 0), new EagerPunchHole()))
        .isEqualTo(reason.replace(';', ','));
  }

  /** The audited replay's map is the first, the warm-up's the second: this one is a timed one's. */
  @ParameterizedTest
  @CsvSource({
    "NOTHING, gfn 0x100 private by the page map; expected shared",
    "NO_LAST_PAGE, gfn 0x10f private by the page map; expected shared",
    "AT_THE_END, gfn 0x700 shared by the page map; expected private"
  })
  void aMapThatLiesWhenItIsTimedFailsTheRun(LyingTracker.Lie lie, String reason)
      throws IOException {
    assertThat(failure("live", new LyingTracker(lie, 2), new EagerPunchHole()))
        .isEqualTo(reason.replace(';', ','));
  }

  @ParameterizedTest
  @CsvSource({
    "PUNCHES_BEHIND, gfn 0x110 private is in use and was discarded; expected no discard",
    "FORGETS_THE_MAP, gfn 0x100 private by the page map; expected shared",
    "PUNCHES_WRONG_SIDE, gfn 0x100 private was left and not discarded; expected a discard",
    "FORGETS_PRIVATE, gfn 0x100 private was left and not discarded; expected a discard",
    "FORGETS_ALL, gfn 0x100 private was left and not discarded; expected a discard",
    "REFUSES_AFTER_PUNCH, gfn 0x100 private is in use and was discarded; expected no discard",
    "FORGETS_UNMAP, gfn 0x100 private is mapped by the host; expected an unmap",
    "PUNCHES_IN_PLACE, gfn 0x100 private is in use and was discarded; expected no discard",
    "LAZY_PUNCHES_IN_USE, gfn 0x100 private is in use and was discarded; expected no discard",
    "PUNCHES_AT_THE_END, gfn 0x100 private is in use and was discarded; expected no discard",
  })
  void aStrategyThatLiesFailsTheRun(LyingStrategy.Lie lie, String reason) throws IOException {
    for (String engine : List.of("live", "model")) {
      assertThat(failure(engine, new Bitmap(), new LyingStrategy(lie)))
          .as(engine)
          .isEqualTo(reason.replace(';', ','));
    }
  }

  /**
   * On folios a mapping that is left is a reference too many, so the check refuses: a strategy that
   * never unmaps converts nothing back. The guest of four 2M pages has two of its pages touched as
   * shared, and only the first goes back.
   */
  @ParameterizedTest
  @ValueSource(strings = {"FORGETS_UNMAP", "SPLITS_WITHOUT_UNMAP"})
  void aStrategyThatNeverUnmapsIsRefusedAndFails(LyingStrategy.Lie lie) throws IOException {
    Block block =
        new Block(workload(), new Hugetlb2m(), new Bitmap(), List.of(new LyingStrategy(lie)));
    Engine model = new Model(Checkout.costs("hugepages-6.18"));
    assertThat(only(model, block.workload(), block.backing(), block).reason())
        .isEqualTo("gfn 0x100 shared was refused, expected a conversion: nobody pins a page");
  }

  /** What KVM goes by says the same as the page map, or the guest faults for ever. */
  @Test
  void aStrategyThatSetsNoAttributeFails() throws IOException {
    Backing backing = Plugins.parse(Backing.class, "guest-memfd-bound:mapped=false");
    Strategy lying = new LyingStrategy(LyingStrategy.Lie.FORGETS_ATTRIBUTE);
    Block block = new Block(workload(), backing, new Bitmap(), List.of(lying));
    Engine model = new Model(Checkout.costs("kvm-7.3-instructions"));
    assertThat(only(model, block.workload(), backing, block).reason())
        .isEqualTo("gfn 0x100 private by attribute, expected shared");
  }

  /**
   * A kernel that lies from the beginning, or is right while it is audited. The neighbour behind
   * 0x80 is the first page that nobody touches alone, so where only first pages are written it is
   * empty.
   */
  @ParameterizedTest
  @CsvSource({
    "memfd, 1, FORGETS_PRIVATE_LATE, 'gfn 0x100 private was left and is still there, expected zeroes'",
    "memfd, 2, FORGETS_PRIVATE_LATE, private side: the kernel counts ",
    "guest-memfd, 1, FORGETS_PRIVATE_LATE, 'gfn 0x100 private was left and is still there, expected zeroes'",
    "memfd, 1, FORGETS_SHARED_LATE, shared side: the kernel counts",
    "memfd, 1, FORGETS_PRIVATE, gfn 0x100 private",
    "memfd, 1, PUNCHES_SHORT, gfn 0x10f private",
    "memfd, 1, TOUCHES_FIRST, gfn 0x81 private holds 0x0",
    "memfd, 1, SHOWS_PRIVATE, gfn 0x100 shared"
  })
  void aMemoryThatLiesFailsTheRun(String backing, int threads, Forgetful.Lie lie, String expected)
      throws IOException {
    Backing honest = Host.orSkip(Plugins.parse(Backing.class, backing));
    Workload workload = threads == 1 ? workload() : twoSided();
    Backing lying = new Forgetful(honest, lie);
    Block block = new Block(workload, lying, new Bitmap(), List.of(new EagerPunchHole()));
    String reason = only(new Live(2, 1, threads), workload, lying, block).reason();
    assertThat(reason).contains(expected);
  }

  /** Other bytes than were written are a wrong answer, though they are not zeroes. */
  @Test
  void aMemoryThatShowsOtherBytesFailsTheRun() throws IOException {
    Workload workload = workload();
    Backing lying = new Forgetful(new Memfd(), Forgetful.Lie.GARBLES);
    Block block = new Block(workload, lying, new Bitmap(), List.of(new LazyDiscard(1 << 20)));
    assertThat(only(new Live(2, 1), workload, lying, block).reason())
        .contains("gfn 0x201 private holds 0x1, expected 0x");
  }

  /**
   * A kernel may refuse in a timed replay what it did in the audited one, by a reference that it
   * holds for a moment: then the middle is another one, and nothing is wrong.
   */
  @Test
  void aRefusalIsNoWrongAnswer() throws IOException {
    List<Repetition> seen = new ArrayList<>();
    List<Strategy> one = List.of(new Refusing());
    new Live(2, 1).run(new Block(workload(), new Memfd(), new Bitmap(), one), seen::add);
    assertThat(seen).extracting(Repetition::reason).containsOnly("");
    assertThat(seen).extracting(Repetition::status).containsOnly(Status.OK);
  }

  /** Converts in its first replay, and refuses all in those after it. */
  public record Refusing() implements Strategy {
    private static int opened;

    @Override
    public String why() {
      return "a test of the oracle";
    }

    @Override
    public Set<Verb> needs() {
      return Set.of();
    }

    @Override
    public boolean inPlace() {
      return true;
    }

    @Override
    public Converter open(Memory memory, PageMap map) {
      boolean refuses = opened++ > 0;
      return (gfn, pages, to) -> {
        if (!refuses) {
          map.set(gfn, pages, to);
        }
        return !refuses;
      };
    }
  }

  /** What is sound is left alone: all that is shipped, by both engines. */
  @Test
  void nothingIsFoundWhereNothingIsWrong() throws IOException {
    Workload workload = workload();
    List<Strategy> all = Plugins.all(Strategy.class);
    for (String engine : List.of("live", "model")) {
      List<Repetition> seen = new ArrayList<>();
      engine(engine).run(new Block(workload, new Memfd(), new Bitmap(), all), seen::add);
      assertThat(seen).extracting(Repetition::status).doesNotContain(Status.FAILED);
      assertThat(seen).extracting(Repetition::status).contains(Status.OK);
    }
  }
}
