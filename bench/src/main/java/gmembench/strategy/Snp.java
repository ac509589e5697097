// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import java.util.Set;

/** One backing, page state change only: SNP before UPM (KVM's snp page state change request). */
@AutoService(Strategy.class)
public record Snp() implements Strategy {
  @Override
  public String why() {
    return "one backing, page state changes only: the floor, and SNP before UPM (32 s)";
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
  public boolean hasState() {
    return false;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return (gfn, pages, to) -> {
      map.set(gfn, pages, to);
      return true;
    };
  }
}
