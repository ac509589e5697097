// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * What was merged, and what QEMU does with it: the kernel keeps a private attribute for every page,
 * which a conversion sets before the side that is left is discarded (kvm_convert_memory).
 */
@AutoService(Strategy.class)
public record AttributePunch() implements Strategy {
  @Override
  public String why() {
    return "KVM_SET_MEMORY_ATTRIBUTES, then punches the side that is left: what was merged";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.ATTRIBUTE, Verb.DISCARD);
  }

  @Override
  public boolean hasState() {
    return false;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new WithAttributes(new EagerPunchHole()).open(memory, map);
  }
}
