// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import java.util.Set;

/** Shmem with 2M folios, as MADV_HUGEPAGE and MADV_COLLAPSE make them: see {@link ThpMemory}. */
@AutoService(Backing.class)
public record MemfdThp() implements Backing {
  private static final long PROBE_BYTES = 2 << 20;

  @Override
  public String why() {
    return "two shmem files with 2M folios: a 4K punch splits one, a collapse makes it whole";
  }

  @Override
  public int folioOrder() {
    return 9;
  }

  @Override
  public Granularity granularity() {
    return Granularity.FOLIOS_THEN_PAGES;
  }

  /** A folio is faulted in, split and collapsed for real, and seen in smaps. */
  @Override
  public Support probe() {
    Guest guest = Guest.ofBytes(PROBE_BYTES);
    try (ThpMemory memory = new ThpMemory(guest, true)) {
      memory.touch(0, 1, Side.PRIVATE);
      if (memory.hugeMappedBytes() < PROBE_BYTES) {
        return new Support.No(
            "the kernel maps no huge page of shmem: needs CAP_SYS_ADMIN for a tmpfs mount with"
                + " huge=advise, or /sys/kernel/mm/transparent_hugepage/shmem_enabled=advise");
      }
      memory.apply(Verb.SHATTER, 0, guest.pages(), Side.PRIVATE);
      memory.apply(Verb.MERGE, 0, guest.pages(), Side.PRIVATE);
      return Support.YES;
    } catch (LinuxException e) {
      return new Support.No(e.reason());
    }
  }

  @Override
  public Set<Verb> verbs() {
    return ThpMemory.VERBS;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return new ThpMemory(guest, inPlace);
  }
}
