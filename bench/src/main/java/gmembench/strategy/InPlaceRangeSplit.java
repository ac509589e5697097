// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * As {@code in-place-split}, but a folio of 1G becomes 512 of 2M, and only those that the converted
 * range is in become 4K ones, as was proposed in 2026. (A non-uniform split would make both in one
 * step; the proposal does without.) What is private again is restored in the same steps.
 */
@AutoService(Strategy.class)
public record InPlaceRangeSplit() implements Strategy {
  @Override
  public String why() {
    return "in place, 1G is split to 2M and only the converted range of that to 4K; restored when private";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.UNMAP, Verb.CHECK, Verb.SPLIT, Verb.MERGE);
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new InPlaceSplit.Splitting(memory, new Folios(memory, map), true);
  }
}
