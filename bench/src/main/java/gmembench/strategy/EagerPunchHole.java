// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import java.util.Set;

/** Discards the side that is left, at once: QEMU's kvm_convert_memory, SNP+UPM. */
@AutoService(Strategy.class)
public record EagerPunchHole() implements Strategy {
  @Override
  public String why() {
    return "every conversion punches the side that is left: SNP+UPM (103 s), least memory";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.DISCARD);
  }

  @Override
  public boolean hasState() {
    return false;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return (gfn, pages, to) -> {
      map.set(gfn, pages, to);
      memory.discard(gfn, pages, to.other());
      return true;
    };
  }
}
