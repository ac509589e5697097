// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.linux.MappedFile;
import java.util.Set;

/** A memfd for each side: UPM as it was in 2022, on any Linux. */
@AutoService(Backing.class)
public record Memfd() implements Backing {
  @Override
  public String why() {
    return "two memfds (shmem), private and shared: what UPM was made of in 2022, on any Linux";
  }

  /** st_blocks, of pages of 4K; a page cache with huge pages would be memfd-thp. */
  @Override
  public boolean countsPages() {
    return true;
  }

  @Override
  public Set<Verb> verbs() {
    return FileMemory.VERBS;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return new FileMemory(
        guest,
        PerSide.of(inPlace, side -> MappedFile.memfd(FileMemory.name(side), guest.fileBytes())));
  }
}
