// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.guest.Side;
import gmembench.mm.ModelFolios;
import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;

/**
 * What the kernel does round a conversion: it holds filemap_invalidate_lock, so that new faults
 * wait.
 */
public record Guarded(Converter converter, ModelFolios folios) implements AroundConverter {
  @Override
  public boolean convert(long gfn, long pages, Side to) {
    folios.of(Side.SHARED).lock();
    try {
      boolean done = converter.convert(gfn, pages, to);
      if (done) {
        folios.set(gfn, pages, to);
      }
      return done;
    } finally {
      folios.of(Side.SHARED).unlock();
    }
  }
}
