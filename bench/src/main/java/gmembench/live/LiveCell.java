// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.Ticks;
import gmembench.backing.Memory;
import gmembench.engine.Block;
import gmembench.engine.Clock;
import gmembench.engine.Faults;
import gmembench.engine.Look;
import gmembench.engine.Oracle;
import gmembench.engine.PinSchedule;
import gmembench.engine.Recorder;
import gmembench.engine.Replay;
import gmembench.engine.Round;
import gmembench.engine.Subject;
import gmembench.engine.Timed;
import gmembench.engine.Timeline;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.linux.CpuTime;
import gmembench.result.Cell;
import gmembench.result.Metrics;
import gmembench.result.Repetition;
import gmembench.result.Repetition.MemoryPoint;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.tracker.PageMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One strategy on one live memory: audited once, warmed up, then measured any number of times. */
public final class LiveCell {
  /** Workloads of few but large conversions are warm long before they have made many. */
  private static final long MOST_WARMUP_NS = Ticks.here().repeat(1_500_000_000L);

  /**
   * A replay is done again, this often at most, if other threads of the JVM took more than a
   * hundredth of its time: nearly always the compiler's, which make each TLB flush of a discard
   * three times as expensive ({@link CpuTime#ofOtherThreadsNs}).
   */
  private static final int MOST_TIMES_AGAIN = 8;

  private static final long MOST_WAIT_NS = 200_000_000L;

  private final Cell cell;
  private final Block block;
  private final Strategy strategy;
  private final Subject subject;
  private final Memory memory;
  private final Clock clock = new Clock.Wall();
  private final Recorder recorder = Recorder.live();
  private final Audit audit;
  private final Middle middle;
  private final PinSchedule pins;
  private final @Nullable Crew crew;
  private List<MemoryPoint> timeline = List.of();

  /** Those of the last replay: pins may have refused other conversions than the time before. */
  private long[] refused = new long[0];

  public LiveCell(Block block, Strategy strategy, Subject subject, Memory memory) {
    this(new Live(1, 0), block, strategy, subject, memory);
  }

  LiveCell(Live live, Block block, Strategy strategy, Subject subject, Memory memory) {
    this.cell = block.cell(live.name(), strategy, "");
    this.block = block;
    this.strategy = strategy;
    this.subject = subject;
    this.memory = memory;
    long pages = block.workload().guest().pages();
    this.audit = new Audit(memory, block.workload().guest(), block.backing());
    this.middle = new Middle(block, subject, strategy, audit);
    this.pins = PinSchedule.of(subject);
    this.crew = live.threads() == 1 ? null : new Crew(subject.trace(), live.threads(), pages);
  }

  Cell cell() {
    return cell;
  }

  Strategy strategy() {
    return strategy;
  }

  /**
   * The audited replay, which is not timed, and the warm-up. Where instructions count the former is
   * part of the latter: caches and the second compiler do not matter.
   */
  public void prepare(long warmupConversions) {
    audit();
    long perReplay = Math.max(1, subject.footprint().conversions());
    long end = System.nanoTime() + MOST_WARMUP_NS;
    for (long done = Ticks.here() == Ticks.INSTRUCTIONS ? perReplay : 0;
        done < warmupConversions && System.nanoTime() - end < 0;
        done += perReplay) {
      reset();
      replay(new Metrics(), Middle.NOWHERE);
    }
  }

  /**
   * Repeats the replay until no other JVM thread ran (their TLB shootdowns would be charged to
   * discards), {@link #MOST_TIMES_AGAIN} times at most.
   */
  private PageMap replayAlone(Metrics own, int point) {
    for (int again = 0; ; again++) {
      awaitOtherThreads();
      reset();
      memory.recycle();
      own.clear();
      long before = CpuTime.ofOtherThreadsNs();
      PageMap map = replay(own, point);
      long others = CpuTime.ofOtherThreadsNs() - before;
      boolean alone = others <= recorder.totalNs() / 100;
      if (alone || crew != null || !pins.isEmpty() || again == MOST_TIMES_AGAIN) {
        return map; // a crew, or the device that drops pins, is other threads
      }
    }
  }

  private static void awaitOtherThreads() {
    long start = System.nanoTime();
    long last = CpuTime.ofOtherThreadsNs();
    long took = Long.MAX_VALUE;
    while (took > 0 && System.nanoTime() - start < MOST_WAIT_NS) {
      pause(1_000_000);
      long now = CpuTime.ofOtherThreadsNs();
      took = now - last;
      last = now;
    }
  }

  private void audit() {
    memory.restart();
    subject.empty(memory, block.backing());
    subject.populate(audit);
    PageMap map = openMap();
    long conversions = subject.footprint().conversions();
    Oracle oracle = new Oracle(block, subject, strategy);
    Memory seen = block.faults().around(oracle.around(audit), LiveCell::pause);
    try (Device device = new Device(seen, pins.again())) {
      Converter opened = strategy.open(device, map);
      Converter converter = block.faults().around(opened, map);
      converter = oracle.around(converter, map);
      Timeline watched = new Timeline(converter, audit.ledger(), null, map, conversions);
      Replay replay =
          new Replay(
              opened.seen(device), device.clocked(watched), clock, recorder, middle.noting(map));
      replay.run(subject.trace());
      refused = replay.refused();
      timeline = watched.points();
    }
    check(map);
  }

  /** A timed repetition, and the proof that it did what it should. */
  public Repetition measure(int rep) {
    Metrics own = new Metrics();
    PageMap map = replayAlone(own, middle.ofRep(rep));
    if (crew == null) {
      check(map);
    } else {
      crew.check(map);
      PageSet pages = subject.footprint().withNeighbours();
      if (block.faults().equals(Faults.NONE)) {
        if (!strategy.keeps(Side.PRIVATE) && !strategy.keeps(Side.SHARED)) {
          audit.checkResidency(); // what the others keep depends on which thread is first
        }
        audit.checkContent(memory, pages, map);
      } else {
        audit.checkOwnContent(memory, pages); // faults have hit other calls than in the audit
      }
    }
    Metrics metrics = new Metrics();
    recorder.report(metrics);
    audit.ledger().report(metrics);
    audit.ledger().reportOutside(block.workload().guest(), block.backing(), metrics);
    metrics.putAll(own);
    Round.reportMap(metrics, map);
    return Repetition.of(
        cell, rep, metrics, copies(recorder.latencies()), rep == 1 ? timeline : List.of());
  }

  private static Map<String, Histogram> copies(Map<String, Histogram> latencies) {
    Map<String, Histogram> copies = new LinkedHashMap<>();
    latencies.forEach((name, histogram) -> copies.put(name, histogram.copy()));
    return copies;
  }

  /** The memory first: its slots say where the guest finds what it populates. */
  private void reset() {
    memory.restart();
    subject.reset(memory, block.backing());
  }

  /** {@code own} gets the metrics of this memory and this strategy, before anyone looks inside. */
  private PageMap replay(Metrics own, int point) {
    recorder.reset();
    PageMap map = openMap();
    memory.restart();
    memory.watchSlots(new LockedMap(map)::slotSet);
    Memory seen = block.faults().around(memory, LiveCell::pause);
    if (crew != null) {
      crew.run(strategy, seen, map, block.faults(), recorder, own);
    } else if (pins.isEmpty()) {
      replay(seen, map, converter -> converter, own, middle.checking(point, map, memory));
    } else {
      try (Device device = new Device(seen, pins.again())) {
        replay(device, map, device::clocked, own, Look.NEVER);
      }
    }
    seen.report(own);
    return map;
  }

  private void replay(
      Memory seen, PageMap map, UnaryOperator<Converter> clocked, Metrics own, Look look) {
    Converter converter = strategy.open(new Timed(seen, clock, recorder), map);
    Memory guests = converter.seen(seen);
    converter = block.faults().around(converter, map);
    Replay replay = new Replay(guests, clocked.apply(converter), clock, recorder, look);
    replay.run(subject.trace());
    converter.report(own);
    refused = replay.refused();
  }

  private void check(PageMap map) {
    subject.checkState(map, refused);
    if (pins.isEmpty()) {
      audit.checkResidency();
    }
    if (memory.inPlace() && !pins.isEmpty()) {
      audit.checkContent(memory, subject.footprint().withNeighbours(), map);
    } else {
      audit.checkContent(memory, subject.footprint().withNeighbours());
    }
  }

  private static void pause(long ns) {
    long end = System.nanoTime() + ns;
    for (long left = ns; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private PageMap openMap() {
    return block.tracker().open(block.workload().guest().pages());
  }
}
