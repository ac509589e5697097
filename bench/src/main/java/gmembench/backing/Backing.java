// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Plugin;
import gmembench.linux.HugePool;
import gmembench.linux.LinuxException;
import gmembench.workload.Guest;
import gmembench.workload.Side;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A kind of kernel object that guest memory can be made of. */
public interface Backing extends Plugin {
  /** Can this host make one now? Tries it for real; leaves nothing behind. */
  default Support probe() {
    try (Memory memory = open(Guest.ofBytes(1 << 20), false)) {
      memory.touch(0, 1, Side.PRIVATE);
      memory.discard(0, 1, Side.PRIVATE);
      return Support.YES;
    } catch (LinuxException e) {
      return new Support.No(e.reason());
    }
  }

  /** Order of its largest folios: 0 for 4K, 9 for 2M, 18 for 1G. */
  default int folioOrder() {
    return 0;
  }

  /** In what units memory comes and goes. */
  default Residency residency() {
    return Residency.PAGES;
  }

  /** Where its folios come from if not from free memory; they must be in there before a run. */
  default @Nullable HugePool pool() {
    return null;
  }

  /** Are so many folios left in the pool? */
  default Support room(long folios) {
    HugePool pool = pool();
    if (pool == null || pool.free() >= folios) {
      return Support.YES;
    }
    return new Support.No(
        "needs "
            + folios
            + " pages of "
            + pool
            + ", "
            + pool.free()
            + " free (--reserve-hugepages)");
  }

  /** What its memory can do; anything else is refused before the run. */
  Set<Verb> verbs();

  /**
   * Makes the memory of a guest, empty on both sides.
   *
   * @param inPlace both sides are the same pages
   */
  Memory open(Guest guest, boolean inPlace);
}
