// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import org.jspecify.annotations.Nullable;

/**
 * A shmem file with huge=advise as Linux has it, mapped once, for profiles that charge all of it:
 * each 2M frame by itself.
 */
final class ShmemFile extends ModelFile {
  private static final long FRAME_PAGES = Guest.FRAME_PAGES;
  private static final int LAST = (int) FRAME_PAGES - 1;

  /** Made when first used. */
  private final @Nullable ShmemFrame[] frames;

  ShmemFile(long pages, Effects effects) {
    super(pages, ShmemFrame.ORDER, effects);
    frames = new ShmemFrame[Math.toIntExact((pages - 1) / FRAME_PAGES + 1)];
  }

  private ShmemFrame frame(long gfn) {
    int index = (int) (gfn / FRAME_PAGES);
    ShmemFrame frame = frames[index];
    if (frame == null) {
      frame = new ShmemFrame(gfn & -FRAME_PAGES, effects);
      frames[index] = frame;
    }
    return frame;
  }

  /** The order of the frame's one folio, or 0: smaller ones are not mapped huge either. */
  @Override
  public int order(long gfn) {
    return frame(gfn).isWhole() ? ShmemFrame.ORDER : 0;
  }

  @Override
  public boolean isMapped(long gfn) {
    return frame(gfn).isMapped((int) gfn & LAST);
  }

  @Override
  void act(Verb of, long gfn, long count, Side side) {
    Verb verb = of.effect();
    for (long at = gfn, end = gfn + count; at < end; at = (at | LAST) + 1) {
      int from = (int) at & LAST;
      int pages = (int) (frameEnd(at, end) - at);
      if (verb != Verb.DISCARD || pages > LAST || order(at) == 0 || mayCut(at - from)) {
        frame(at).act(verb, from, from + pages, side);
      }
    }
    if (verb == Verb.TOUCH || verb == Verb.ALLOCATE) {
      effects.enter(verb, gfn, count, side);
    }
    effects.useHuge(verb, gfn, count, side, FRAME_PAGES);
  }
}
