// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Host;
import gmembench.Plugins;
import gmembench.backing.Around;
import gmembench.backing.Backing;
import gmembench.backing.Granularity;
import gmembench.backing.Hugetlb2m;
import gmembench.backing.Memfd;
import gmembench.backing.Memory;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Engine;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.Converter;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.InPlaceLazySplit;
import gmembench.strategy.InPlaceWait;
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
  void aMapThatLiesFailsTheRun(String engine, MapLie lie, String reason) throws IOException {
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
  void aMapThatLiesWhenItIsTimedFailsTheRun(MapLie lie, String reason) throws IOException {
    assertThat(failure("live", new LyingTracker(lie, 2), new EagerPunchHole()))
        .isEqualTo(reason.replace(';', ','));
  }

  enum MapLie {
    NOTHING,
    NO_LAST_PAGE,
    NEIGHBOUR,
    FAR_PAGE,
    AT_THE_END
  }

  private static final class LyingTracker implements Tracker {
    private final MapLie lie;
    private final int honestMaps;
    private int opened;

    LyingTracker(MapLie lie, int honestMaps) {
      this.lie = lie;
      this.honestMaps = honestMaps;
    }

    @Override
    public String why() {
      return "a test of the oracle";
    }

    @Override
    public PageMap open(long pages) {
      PageMap map = new Bitmap().open(pages);
      return opened++ < honestMaps ? map : lying(map);
    }

    private PageMap lying(PageMap map) {
      return (PageMap)
          java.lang.reflect.Proxy.newProxyInstance(
              PageMap.class.getClassLoader(),
              new Class<?>[] {PageMap.class},
              (proxy, method, args) -> {
                if (method.getName().equals("set")) {
                  set(map, (Long) args[0], (Long) args[1], (Side) args[2]);
                  return null;
                }
                return method.invoke(map, args);
              });
    }

    private void set(PageMap map, long gfn, long pages, Side side) {
      switch (lie) {
        case NOTHING -> {}
        case NO_LAST_PAGE -> map.set(gfn, pages > 3 ? pages - 1 : pages, side);
        case NEIGHBOUR -> map.set(gfn, pages + 1, side);
        case FAR_PAGE -> {
          map.set(gfn, pages, side);
          map.set(0x700, 1, gfn == 0x80 ? Side.PRIVATE : Side.SHARED); // right again at the end
        }
        case AT_THE_END -> {
          map.set(gfn, pages, side);
          map.set(0x700, 1, gfn == 0x80 ? side.other() : Side.PRIVATE);
        }
      }
    }
  }

  /** A strategy between whom and its memory or map stands a lie. */
  @ParameterizedTest
  @CsvSource({
    "PUNCHES_BEHIND, gfn 0x110 private is in use and was discarded; expected no discard",
    "PUNCHES_WRONG_SIDE, gfn 0x100 private was left and not discarded; expected a discard",
    "FORGETS_PRIVATE, gfn 0x100 private was left and not discarded; expected a discard",
    "FORGETS_ALL, gfn 0x100 private was left and not discarded; expected a discard",
    "REFUSES_AFTER_PUNCH, gfn 0x100 private is in use and was discarded; expected no discard",
    "FORGETS_UNMAP, gfn 0x100 private is mapped by the host; expected an unmap",
    "PUNCHES_IN_PLACE, gfn 0x100 private is in use and was discarded; expected no discard",
    "LAZY_PUNCHES_IN_USE, gfn 0x100 private is in use and was discarded; expected no discard",
  })
  void aStrategyThatLiesFailsTheRun(StrategyLie lie, String reason) throws IOException {
    for (String engine : List.of("live", "model")) {
      assertThat(failure(engine, new Bitmap(), new LyingStrategy(lie)))
          .as(engine)
          .isEqualTo(reason.replace(';', ','));
    }
  }

  public enum StrategyLie {
    PUNCHES_BEHIND,
    PUNCHES_WRONG_SIDE,
    FORGETS_PRIVATE,
    FORGETS_ALL,
    REFUSES_AFTER_PUNCH,
    FORGETS_UNMAP,
    SPLITS_WITHOUT_UNMAP,
    PUNCHES_IN_PLACE,
    LAZY_PUNCHES_IN_USE
  }

  public record LyingStrategy(StrategyLie lie) implements Strategy {
    private Strategy honest() {
      return switch (lie) {
        case FORGETS_UNMAP, PUNCHES_IN_PLACE -> new InPlaceWait();
        case SPLITS_WITHOUT_UNMAP -> new InPlaceLazySplit();
        case LAZY_PUNCHES_IN_USE -> new LazyDiscard(1 << 20);
        default -> new EagerPunchHole();
      };
    }

    @Override
    public String why() {
      return "a test of the oracle";
    }

    @Override
    public Set<Verb> needs() {
      return honest().needs();
    }

    @Override
    public boolean inPlace() {
      return honest().inPlace();
    }

    @Override
    public boolean keeps(Side side) {
      return honest().keeps(side);
    }

    @Override
    public Converter open(Memory memory, PageMap map) {
      Converter converter = honest().open(new Between(memory, this), map);
      long[] before = {-1, 0, 0};
      return (gfn, pages, to) -> {
        boolean done = converter.convert(gfn, pages, to);
        if (lie == StrategyLie.LAZY_PUNCHES_IN_USE) {
          if (before[0] >= 0) {
            memory.discard(before[0], before[1], before[2] == 0 ? Side.PRIVATE : Side.SHARED);
          }
          before[0] = gfn;
          before[1] = pages;
          before[2] = to.ordinal();
        } else if (lie == StrategyLie.PUNCHES_IN_PLACE) {
          memory.discard(gfn, pages, Side.PRIVATE);
        } else if (lie == StrategyLie.REFUSES_AFTER_PUNCH) {
          map.set(gfn, pages, to.other());
          return false;
        }
        return done;
      };
    }
  }

  /**
   * On folios a mapping that is left is a reference too many, so the check refuses: a strategy that
   * never unmaps converts nothing back. The guest of four 2M pages has two of its pages touched as
   * shared, and only the first goes back.
   */
  @ParameterizedTest
  @ValueSource(strings = {"FORGETS_UNMAP", "SPLITS_WITHOUT_UNMAP"})
  void aStrategyThatNeverUnmapsIsRefusedAndFails(StrategyLie lie) throws IOException {
    Block block =
        new Block(workload(), new Hugetlb2m(), new Bitmap(), List.of(new LyingStrategy(lie)));
    Engine model = new Model(Checkout.costs("hugepages-6.18"));
    assertThat(only(model, block.workload(), block.backing(), block).reason())
        .isEqualTo("gfn 0x100 shared was refused, expected a conversion: nobody pins a page");
  }

  private record Between(Memory memory, LyingStrategy strategy) implements Around {
    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      boolean discard = verb == Verb.DISCARD;
      return switch (strategy.lie()) {
        case PUNCHES_BEHIND -> memory.apply(verb, gfn, discard ? pages + 1 : pages, side);
        case PUNCHES_WRONG_SIDE -> memory.apply(verb, gfn, pages, discard ? side.other() : side);
        case FORGETS_PRIVATE ->
            discard && side == Side.PRIVATE ? pages : memory.apply(verb, gfn, pages, side);
        case FORGETS_ALL -> discard ? pages : memory.apply(verb, gfn, pages, side);
        case FORGETS_UNMAP, SPLITS_WITHOUT_UNMAP ->
            verb == Verb.UNMAP ? pages : memory.apply(verb, gfn, pages, side);
        default -> memory.apply(verb, gfn, pages, side);
      };
    }
  }

  /** A kernel that is right while it is audited, and then forgets to punch private pages. */
  @ParameterizedTest
  @CsvSource({
    "memfd, 1, 'gfn 0x100 private was left and is still there, expected zeroes'",
    "memfd, 2, private side: the kernel counts ",
    "guest-memfd, 1, 'gfn 0x100 private was left and is still there, expected zeroes'"
  })
  void aMemoryThatLiesWhenItIsTimedFailsTheRun(String backing, int threads, String expected)
      throws IOException {
    Backing honest = Host.orSkip(Plugins.parse(Backing.class, backing));
    Workload workload = threads == 1 ? workload() : Checkout.workload("double-allocation");
    Backing lying = new Forgetful(honest, false);
    Block block = new Block(workload, lying, new Bitmap(), List.of(new EagerPunchHole()));
    String reason = only(new Live(2, 1, threads), workload, lying, block).reason();
    assertThat(reason).contains(expected);
  }

  /** Other bytes than were written are a wrong answer, though they are not zeroes. */
  @Test
  void aMemoryThatShowsOtherBytesFailsTheRun() throws IOException {
    Workload workload = workload();
    Backing lying = new Forgetful(new Memfd(), true);
    Block block = new Block(workload, lying, new Bitmap(), List.of(new LazyDiscard(1 << 20)));
    assertThat(only(new Live(2, 1), workload, lying, block).reason())
        .contains("gfn 0x201 private holds 0x1, expected 0x");
  }

  /**
   * A backing whose private punches do nothing once it was audited, or that shows other bytes.
   *
   * @param garbles does it forget nothing, and show other bytes of a page?
   */
  public record Forgetful(Backing honest, boolean garbles) implements Backing {
    @Override
    public String why() {
      return "a test of the oracle";
    }

    @Override
    public Support probe() {
      return Support.YES;
    }

    @Override
    public Set<Verb> verbs() {
      return honest.verbs();
    }

    @Override
    public Granularity granularity() {
      return honest.granularity();
    }

    @Override
    public Memory open(Guest guest, boolean inPlace) {
      return new Forgetting(honest.open(guest, inPlace), garbles);
    }
  }

  private static final class Forgetting implements Around {
    private final Memory memory;
    private final boolean garbles;

    /** Guests are opened, emptied and audited; then the replay that is to be timed begins. */
    private int restarts;

    Forgetting(Memory memory, boolean garbles) {
      this.memory = memory;
      this.garbles = garbles;
    }

    @Override
    public long read(long gfn, Side side) {
      long word = memory.read(gfn, side);
      return garbles && gfn == 0x201 && word != 0 ? 1 : word;
    }

    @Override
    public Memory memory() {
      return memory;
    }

    @Override
    public void restart() {
      restarts++;
      memory.restart();
    }

    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      boolean forgets = !garbles && restarts > 2 && verb == Verb.DISCARD && side == Side.PRIVATE;
      return forgets ? pages : memory.apply(verb, gfn, pages, side);
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
