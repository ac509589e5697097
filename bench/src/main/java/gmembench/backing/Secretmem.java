// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import java.util.Set;

/**
 * Private pages have no entry in the kernel's direct map (memfd_secret), shared ones do. What is
 * split of the direct map for it stays split until the host is booted anew, on most kernels.
 */
@AutoService(Backing.class)
public record Secretmem() implements Backing {
  @Override
  public String why() {
    return "private pages without a direct-map entry (memfd_secret); splits the host's direct map for good";
  }

  @Override
  public Set<Verb> verbs() {
    return SecretMemory.VERBS;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return new SecretMemory(guest, inPlace);
  }
}
