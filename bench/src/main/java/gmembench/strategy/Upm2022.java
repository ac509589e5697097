// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * The conversion of the UPM series of 2022, v4 to v6: a page is private only while it is allocated
 * in the private file, so fallocate is the conversion. To private, the private file is allocated
 * (KVM's populate notifier) and the shared one punched; to shared, the private file is punched
 * (KVM's invalidate notifier) and the shared one faulted in.
 *
 * @param sharedDiscard whether the shared file is punched; without, what was shared stays allocated
 */
@AutoService(Strategy.class)
public record Upm2022(boolean sharedDiscard) implements Strategy {
  public Upm2022() {
    this(true);
  }

  @Override
  public String name() {
    return "upm-2022"; // a dash before the year
  }

  @Override
  public String why() {
    return "to private: fallocate, then a hole punch of the shared file; to shared: a hole punch";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.ALLOCATE, Verb.DISCARD);
  }

  @Override
  public boolean keeps(Side side) {
    return side == Side.SHARED && !sharedDiscard;
  }

  @Override
  public boolean hasState() {
    return false;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return (gfn, pages, to) -> {
      if (to == Side.SHARED) {
        map.set(gfn, pages, to);
        memory.discard(gfn, pages, Side.PRIVATE);
        return true;
      }
      memory.allocate(gfn, pages, Side.PRIVATE);
      map.set(gfn, pages, to);
      if (sharedDiscard) {
        memory.discard(gfn, pages, Side.SHARED);
      }
      return true;
    };
  }
}
