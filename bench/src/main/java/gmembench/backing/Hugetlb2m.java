// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import com.google.auto.service.AutoService;
import gmembench.linux.HugePool;
import gmembench.workload.Guest;
import java.util.Set;

/** A hugetlb memfd of 2M pages for each side: see {@link HugetlbMemory}. */
@AutoService(Backing.class)
public record Hugetlb2m() implements Backing {
  private static final HugePool POOL = new HugePool(HugePool.PAGE_2M);

  @Override
  public String name() {
    return "hugetlb-2m";
  }

  @Override
  public String why() {
    return "two hugetlb memfds of 2M pages from the host's pool: nothing smaller is ever freed";
  }

  @Override
  public int folioOrder() {
    return 9;
  }

  @Override
  public Granularity granularity() {
    return Granularity.FOLIOS;
  }

  @Override
  public HugePool pool() {
    return POOL;
  }

  @Override
  public Support probe() {
    return HugetlbMemory.probe(this, POOL);
  }

  @Override
  public Set<Verb> verbs() {
    return HugetlbMemory.VERBS;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return HugetlbMemory.open(POOL, guest, inPlace);
  }
}
