// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * A strategy of two sides whose shared file has the seal F_SEAL_AUTO_ALLOCATE, as v7 of the UPM
 * series proposed and nobody merged: a write or a fault allocates nothing there, so what goes
 * shared is allocated by fallocate first, and a stray gets SIGBUS. The guest's own are refused by
 * KVM, which knows what is private. Spelled as an option, {@code eager-punch-hole:seal=true}; no
 * kernel has the seal, so live the replay leaves out the touch that it would refuse.
 */
record WithSeal(Strategy strategy) implements AroundStrategy {
  static final String OPTION = "seal";

  @Override
  public String option() {
    return OPTION;
  }

  @Override
  public Verb verb() {
    return Verb.ALLOCATE;
  }

  @Override
  public boolean hasState() {
    return true; // what it has refused is counted
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Sealed(memory, map, strategy.open(memory, map));
  }

  private static final class Sealed implements AroundConverter {
    private final Memory memory;
    private final PageMap map;
    private final Converter converter;
    private long refusedPages;

    Sealed(Memory memory, PageMap map, Converter converter) {
      this.memory = memory;
      this.map = map;
      this.converter = converter;
    }

    @Override
    public Converter converter() {
      return converter;
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      if (to == Side.SHARED) {
        memory.allocate(gfn, pages, Side.SHARED);
      }
      return converter.convert(gfn, pages, to);
    }

    @Override
    public boolean mayTouch(long gfn, long pages, Side side) {
      boolean may = map.get(gfn) == side && map.isUniform(gfn, pages);
      refusedPages += may ? 0 : pages;
      return may && converter.mayTouch(gfn, pages, side);
    }

    @Override
    public void report(Metrics metrics) {
      converter.report(metrics);
      if (refusedPages > 0) {
        metrics.put(Declared.STRAY_REFUSED_PAGES, refusedPages);
      }
    }
  }
}
