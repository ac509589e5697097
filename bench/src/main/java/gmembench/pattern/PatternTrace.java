// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.Slot;
import gmembench.trace.Batch;
import gmembench.trace.Events;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.jspecify.annotations.Nullable;

/**
 * A pattern's events as a trace: every pass makes them anew from the seed, a batch at a time. A
 * pattern knows a guest in one piece; if the guest's slots leave holes, its gfns are moved up past
 * them, and an event across a hole becomes one for each slot.
 */
public record PatternTrace(Pattern pattern, Guest guest, long seed) implements Trace {
  private static final int BATCH = 16 << 10;
  private static final long GFN_OF_4G = 1L << 20;
  private static final long LOW_PAGES = 3L << 18;

  @Override
  public Batches open() {
    Guest flat = guest.flat();
    Pass pass = new Pass(pattern.label(), flat, pattern.open(flat, lowPages(guest), random(seed)));
    return guest.hasHoles() ? new Spread(pass, guest.slots()) : pass;
  }

  /** Memory below 4 GiB: what the slots have there; 3 GiB if nothing is said of slots. */
  static long lowPages(Guest guest) {
    return guest.hasHoles()
        ? guest.slots().stream().filter(s -> s.gfn() < GFN_OF_4G).mapToLong(Slot::pages).sum()
        : Math.min(guest.pages(), LOW_PAGES);
  }

  static RandomGenerator random(long seed) {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    return random::nextLong;
  }

  private static final class Pass implements Batches {
    private final String label;
    private final Guest guest;
    private final Pattern.Steps steps;

    /** Grows with what the pattern makes: many patterns make less than a kilobyte. */
    private final Batch batch = new Batch(64);

    private final Events out = new Events(batch);
    private boolean more = true;

    Pass(String label, Guest guest, Pattern.Steps steps) {
      this.label = label;
      this.guest = guest;
      this.steps = steps;
    }

    @Override
    public @Nullable Batch next() {
      batch.size = 0;
      try {
        while (more && batch.size < BATCH) {
          more = steps.next(out);
        }
      } catch (ArithmeticException e) {
        throw new InputException(label, "goes on beyond 2^63 ns", "less than 292 years");
      }
      for (int i = 0; i < batch.size; i++) {
        check(batch.gfn[i], batch.pages[i], batch.vcpu[i]);
      }
      return batch.size == 0 ? null : batch;
    }

    /** Options may ask for more than there is: said here, once for all patterns. */
    private void check(long gfn, long pages, int vcpu) {
      if (gfn < 0 || pages <= 0 || gfn >= guest.pages() || pages > guest.pages() - gfn) {
        throw new InputException(
            label,
            "converts gfn " + Units.hex(gfn) + " + " + pages + " pages",
            "gfns from 0 below " + Units.hex(guest.pages()) + " (a larger guest, or less to do)");
      }
      if (vcpu >= guest.vcpus()) {
        throw new InputException(label, "uses vcpu " + vcpu, "vcpus = " + (vcpu + 1) + " or more");
      }
    }
  }

  /** Moves gfns of memory in one piece to where the slots are. */
  private static final class Spread implements Batches {
    private final Pass pass;
    private final List<Slot> slots;
    private final Batch out = new Batch(BATCH);

    Spread(Pass pass, List<Slot> slots) {
      this.pass = pass;
      this.slots = slots;
    }

    @Override
    public @Nullable Batch next() {
      Batch batch = pass.next();
      if (batch == null) {
        return null;
      }
      out.size = 0;
      for (int i = 0; i < batch.size; i++) {
        spread(batch, i);
      }
      return out;
    }

    private void spread(Batch batch, int i) {
      long from = batch.gfn[i];
      long end = from + batch.pages[i];
      long base = 0;
      for (Slot slot : slots) {
        long first = Math.max(from, base);
        long last = Math.min(end, base + slot.pages());
        if (first < last) {
          long gfn = slot.gfn() + (first - base);
          out.add(batch.atNs[i], batch.vcpu[i], Op.of(batch.op[i]), gfn, last - first);
        }
        base += slot.pages();
      }
    }
  }
}
