// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.guest.Side;
import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * Spends virtual time for what a strategy made the page map do, counted steps at their cost, for
 * the mixed flags of its frames ({@link TrackedFrames}), and for what the strategy itself takes for
 * a conversion.
 */
final class Charged implements AroundConverter {
  private final Converter converter;
  private final PageMap map;
  private final Costs.Step step;
  private final Costs.Own own;
  private final Contention time;
  private final @Nullable TrackedFrames frames;
  private long nodes;
  private long entries;
  private long preallocated;

  /**
   * What the map did before now is not charged.
   *
   * @param frames the flags that are kept beside the map, if any are
   */
  Charged(
      Converter converter,
      PageMap map,
      Costs.Step step,
      Costs.Own own,
      Contention time,
      @Nullable TrackedFrames frames) {
    this.converter = converter;
    this.map = map;
    this.step = step;
    this.own = own;
    this.time = time;
    this.frames = frames;
    this.nodes = map.nodeSteps();
    this.entries = map.entrySteps();
    this.preallocated = map.preallocated();
  }

  @Override
  public Converter converter() {
    return converter;
  }

  @Override
  public boolean convert(long gfn, long pages, Side to) {
    boolean changes = frames != null && !frames.areAll(gfn, pages, to);
    boolean done = converter.convert(gfn, pages, to);
    charge(step.fixedNs());
    if (frames != null && changes && done) {
      time.spendTracking(frames.ns(gfn, pages, to, step));
    }
    time.spendAlone(own.ns(pages));
    return done;
  }

  @Override
  public boolean touched(long gfn, long pages, Side side) {
    boolean done = converter.touched(gfn, pages, side);
    charge();
    return done;
  }

  @Override
  public void idle(long ns) {
    converter.idle(ns);
    charge();
  }

  @Override
  public void settle() {
    converter.settle();
    charge();
  }

  private void charge() {
    charge(0);
  }

  private void charge(long fixedNs) {
    long nodesNow = map.nodeSteps();
    long entriesNow = map.entrySteps();
    long preallocatedNow = map.preallocated();
    long ofNodes = Math.multiplyExact(nodesNow - nodes, step.nodeNs());
    long ofEntries = Math.multiplyExact(entriesNow - entries, step.entryNs());
    long ofAllocated = Math.multiplyExact(preallocatedNow - preallocated, step.preallocatedNs());
    time.spendTracking(
        Math.addExact(Math.addExact(fixedNs, ofAllocated), Math.addExact(ofNodes, ofEntries)));
    nodes = nodesNow;
    entries = entriesNow;
    preallocated = preallocatedNow;
  }
}
