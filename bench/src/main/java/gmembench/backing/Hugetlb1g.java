// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import com.google.auto.service.AutoService;
import gmembench.linux.HugePool;

/** A hugetlb memfd of 1G pages for each side. */
@AutoService(Backing.class)
public record Hugetlb1g() implements Hugetlb {
  private static final HugePool POOL = new HugePool(HugePool.PAGE_1G);

  @Override
  public String why() {
    return "two hugetlb memfds of 1G pages from the host's pool: nothing smaller is ever freed";
  }

  @Override
  public HugePool pool() {
    return POOL;
  }
}
