// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.guest.Side;
import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;

/** Nobody converts memory of several VMs who may not, though the host asks nobody. */
record ByOwner(Converter converter, InodeMappings files, TakeOver takeOver)
    implements AroundConverter {
  @Override
  public boolean convert(long gfn, long pages, Side to) {
    takeOver.ifDue();
    files.requireOwner("convert");
    return converter.convert(gfn, pages, to);
  }
}
