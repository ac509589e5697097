// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;

/**
 * A guest_memfd whose folios leave the kernel's direct map when they are allocated, by a call for
 * each (GUEST_MEMFD_FLAG_NO_DIRECT_MAP, folio_zap_direct_map), and come back when they are freed.
 * Posted since 2024 and in no kernel, so it is modelled; with folios of 2M or 1G as hugetlb's.
 *
 * @param folioBytes 4KiB, as posted, 2MiB or 1GiB
 */
@AutoService(Backing.class)
public record GuestMemfdNoDirectMap(long folioBytes) implements Backing {
  public GuestMemfdNoDirectMap() {
    this(Units.PAGE_BYTES);
  }

  public GuestMemfdNoDirectMap {
    if (folioBytes != Units.PAGE_BYTES && folioBytes != 2 << 20 && folioBytes != 1 << 30) {
      throw new IllegalArgumentException("folio of 4KiB, 2MiB or 1GiB");
    }
  }

  @Override
  public String why() {
    return "private folios leave the kernel's direct map when allocated: modelled, proposed for Linux";
  }

  @Override
  public int folioOrder() {
    return Long.numberOfTrailingZeros(folioBytes / Units.PAGE_BYTES);
  }

  @Override
  public Granularity granularity() {
    return folioOrder() == 0 ? Granularity.PAGES : Granularity.FOLIOS;
  }

  @Override
  public boolean leavesDirectMap() {
    return true;
  }

  @Override
  public Set<Verb> verbs() {
    Set<Verb> verbs = EnumSet.copyOf(SecretMemory.VERBS);
    verbs.addAll(Set.of(Verb.JOIN, Verb.PIN, Verb.UNPIN));
    return verbs;
  }

  /**
   * Always throws: another series has the flag's number too, so a kernel that takes it says
   * nothing.
   */
  @Override
  public boolean opensVm() {
    return true;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    try (Kvm kvm = Kvm.open()) {
      kvm.requireGuestMemfd(Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED);
    }
    throw new LinuxException("GUEST_MEMFD_FLAG_NO_DIRECT_MAP is in no kernel yet");
  }
}
