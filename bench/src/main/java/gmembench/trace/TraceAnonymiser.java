// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

import gmembench.guest.Guest;
import gmembench.guest.PageSet;

/**
 * Gives a trace other gfns and keeps its structure: sizes, order, reuse, and places within 2M
 * frames stay. Frames that an event spans stay together; such groups are shuffled and put side by
 * side, so that neither where a guest's memory is nor how much it has can be found out.
 */
public final class TraceAnonymiser {
  private final long[] oldFrame;
  private final long[] newFrame;

  private TraceAnonymiser(long[] oldFrame, long[] newFrame) {
    this.oldFrame = oldFrame;
    this.newFrame = newFrame;
  }

  /** Reads a trace once, to see which frames belong together. */
  public static TraceAnonymiser of(Trace trace, Guest guest, RandomGenerator random) {
    long frames = (guest.pages() + Guest.FRAME_PAGES - 1) / Guest.FRAME_PAGES;
    PageSet used = new PageSet(frames);
    PageSet joined = new PageSet(frames);
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      long first = gfn / Guest.FRAME_PAGES;
      long last = (gfn + pages - 1) / Guest.FRAME_PAGES;
      used.add(first, last - first + 1);
      if (last > first) {
        joined.add(first, last - first); // each to the next
      }
    });
    return shuffled(used, joined, frames, random);
  }

  private static TraceAnonymiser shuffled(
      PageSet used, PageSet joined, long frames, RandomGenerator random) {
    long[] first = new long[16];
    int groups = 0;
    for (long at = used.next(0, frames);
        at < frames;
        at = used.next(groupEnd(joined, at), frames)) {
      if (groups == first.length) {
        first = Arrays.copyOf(first, groups * 2);
      }
      first[groups++] = at;
    }
    long[] oldFrame = Arrays.copyOf(first, groups);
    long[] newFrame = new long[groups];
    long next = 0;
    for (int group : order(groups, random)) {
      newFrame[group] = next;
      next += groupEnd(joined, oldFrame[group]) - oldFrame[group];
    }
    return new TraceAnonymiser(oldFrame, newFrame);
  }

  private static long groupEnd(PageSet joined, long frame) {
    long at = frame;
    while (joined.contains(at)) {
      at++;
    }
    return at + 1;
  }

  private static int[] order(int count, RandomGenerator random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(i + 1);
      order[i] = order[at];
      order[at] = i;
    }
    return order;
  }

  /** The new gfn of a page that the trace names. */
  long move(long gfn) {
    long frame = gfn / Guest.FRAME_PAGES;
    int at = Arrays.binarySearch(oldFrame, frame);
    int group = at >= 0 ? at : -at - 2;
    return gfn + (newFrame[group] - oldFrame[group]) * Guest.FRAME_PAGES;
  }

  /** The same trace with other gfns. */
  public Trace of(Trace trace) {
    return TraceRewrite.of(
        trace,
        () ->
            (out, atNs, vcpu, op, gfn, pages) -> {
              out.at(atNs);
              out.vcpu(vcpu);
              out.add(op, move(gfn), pages);
            });
  }
}
