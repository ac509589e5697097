// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import gmembench.InputException;
import gmembench.Units;
import java.util.random.RandomGenerator;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.jspecify.annotations.Nullable;

/** A pattern's events as a trace: every pass makes them anew from the seed, a batch at a time. */
record PatternTrace(Pattern pattern, Guest guest, long seed) implements Trace {
  private static final int BATCH = 16 << 10;

  @Override
  public Batches open() {
    return new Pass(pattern.label(), guest, pattern.open(guest, random(seed)));
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
      while (more && batch.size < BATCH) {
        more = steps.next(out);
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
}
