// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;

/**
 * A strategy of two sides after KVM_SET_MEMORY_ATTRIBUTES: the ioctl converts, and the discard
 * comes when the strategy likes, as was proposed when the two were taken apart. Spelled as an
 * option of that strategy, {@code lazy-discard:attribute=true}.
 */
record WithAttributes(Strategy strategy) implements AroundStrategy {
  static final String OPTION = "attribute";

  @Override
  public String option() {
    return OPTION;
  }

  @Override
  public Verb verb() {
    return Verb.ATTRIBUTE;
  }

  /** It converts by verbs of its own if it decides otherwise who may use a page. */
  static boolean isOptionOf(Strategy strategy) {
    Set<Verb> converts = EnumSet.of(Verb.ATTRIBUTE, Verb.REBIND, Verb.ALLOCATE, Verb.DIRECT_MAP);
    return !strategy.inPlace()
        && !strategy.needs().isEmpty()
        && strategy.needs().stream().noneMatch(converts::contains);
  }

  @Override
  public boolean hasState() {
    return strategy.hasState();
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Converting(memory, strategy.open(memory, map));
  }

  private record Converting(Memory memory, Converter converter) implements AroundConverter {
    @Override
    public boolean convert(long gfn, long pages, Side to) {
      memory.apply(Verb.ATTRIBUTE, gfn, pages, to);
      return converter.convert(gfn, pages, to);
    }
  }
}
