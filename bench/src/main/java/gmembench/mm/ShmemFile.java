// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.Guest;
import org.jspecify.annotations.Nullable;

/** A shmem file with huge=advise: each 2M frame by itself. */
final class ShmemFile implements HugeFile {
  private static final int LAST = (int) Guest.FRAME_PAGES - 1;

  /** Made when first used. */
  private final @Nullable ShmemFrame[] frames;

  ShmemFile(long guestPages) {
    frames = new ShmemFrame[Math.toIntExact((guestPages - 1) / Guest.FRAME_PAGES + 1)];
  }

  @Override
  public void count(Verb verb, long gfn, long pages, Effects effects) {
    long end = gfn + pages;
    for (long at = gfn; at < end; at = (at | LAST) + 1) {
      int from = (int) at & LAST;
      int to = (int) (Math.min(end, (at | LAST) + 1) - 1) & LAST;
      frame((int) (at / Guest.FRAME_PAGES)).count(verb, from, to + 1, effects);
    }
  }

  /** Is nothing of the frame at a page resident? */
  boolean isEmpty(long gfn) {
    return frame((int) (gfn / Guest.FRAME_PAGES)).isEmpty();
  }

  private ShmemFrame frame(int index) {
    ShmemFrame frame = frames[index];
    if (frame == null) {
      frame = new ShmemFrame();
      frames[index] = frame;
    }
    return frame;
  }
}
