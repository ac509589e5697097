// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Side;

/**
 * A window of a trace, in time, in gfns or both. What is shared when the window opens is made
 * shared at its start, so that what follows meets the state that it met in the whole trace.
 *
 * @param fromNs events before it are only remembered
 * @param toNs events from it on are left out
 * @param gfn ranges are clipped to this page
 * @param endGfn and to this one, exclusive
 */
public record TraceCut(long fromNs, long toNs, long gfn, long endGfn) {
  public TraceCut {
    if (fromNs >= toNs || gfn >= endGfn) {
      throw new IllegalArgumentException("an end behind the start");
    }
  }

  /** The window's events; times count from its start. */
  public Trace of(Trace trace, Guest guest) {
    return TraceRewrite.of(trace, () -> new Window(new PageSet(guest.pages())));
  }

  private final class Window implements TraceRewrite.Rule {
    private final PageSet shared;
    private boolean open;

    Window(PageSet shared) {
      this.shared = shared;
    }

    @Override
    public void event(Events out, long atNs, int vcpu, Op op, long from, long pages) {
      long start = Math.max(from, gfn);
      long count = Math.min(from + pages, endGfn) - start;
      if (count <= 0 || atNs >= toNs) {
        return;
      }
      if (atNs < fromNs) {
        remember(op, start, count);
        return;
      }
      open(out);
      out.at(atNs - fromNs);
      out.vcpu(vcpu);
      out.add(op, start, count);
    }

    private void remember(Op op, long start, long count) {
      if (op.isConversion() && op.side() == Side.SHARED) {
        shared.add(start, count);
      } else if (op.isConversion()) {
        shared.remove(start, count);
      }
    }

    private void open(Events out) {
      if (!open) {
        open = true;
        shared.forEachRun(out::toShared);
      }
    }
  }
}
