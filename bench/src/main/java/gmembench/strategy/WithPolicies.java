// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * A strategy in place under other rules for those who use its memory beside the guest. Spelled as
 * options of that strategy, {@code in-place-wait:pins=migrate}.
 *
 * @param mapsLarge KVM maps by one entry what was one folio, though it is 4K folios now
 * @param pins what becomes of pins
 */
record WithPolicies(Strategy strategy, boolean mapsLarge, PinPolicy pins)
    implements AroundStrategy {
  static final String LARGE_MAPPINGS = "large-mappings";
  static final String PINS = "pins";

  @Override
  public String option() {
    return PINS;
  }

  @Override
  public Verb verb() {
    return Verb.COPY;
  }

  @Override
  public String label() {
    return strategy.label()
        + (mapsLarge ? "" : ":" + LARGE_MAPPINGS + "=false")
        + (pins == PinPolicy.WAIT ? "" : ":" + PINS + "=" + pins.text());
  }

  @Override
  public Set<Verb> needs() {
    return pins.copies() ? AroundStrategy.super.needs() : strategy.needs();
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return switch (pins) {
      case WAIT -> strategy.open(memory, map);
      case EXCLUSIVE -> strategy.open(new Impatient(memory), map);
      default -> new Elsewhere(strategy.open(memory, map), pins);
    };
  }

  /** Nobody waits for who holds a page. */
  private record Impatient(Memory memory) implements Watch {
    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      return memory.apply(verb, gfn, pages, side);
    }

    @Override
    public long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
      return 0;
    }
  }

  /** Devices use copies, so no page of the file is held. */
  private static final class Elsewhere implements AroundConverter {
    private final Converter converter;
    private final PinPolicy policy;
    private long refused;
    private long bouncedPages;
    private long outPages;
    private long outPeakPages;

    Elsewhere(Converter converter, PinPolicy policy) {
      this.converter = converter;
      this.policy = policy;
    }

    @Override
    public Converter converter() {
      return converter;
    }

    @Override
    public Memory seen(Memory memory) {
      return converter.seen(new Pinned(memory));
    }

    /** The device's pins, on their way to the memory. */
    private final class Pinned implements Watch {
      private final Memory through;

      Pinned(Memory through) {
        this.through = through;
      }

      @Override
      public Memory memory() {
        return through;
      }

      @Override
      public long apply(Verb verb, long gfn, long pages, Side side) {
        return switch (verb) {
          case PIN -> pin(through, gfn, pages, side);
          case UNPIN -> unpin(through, gfn, pages);
          default -> through.apply(verb, gfn, pages, side);
        };
      }
    }

    /** The call is made, of no page of this file. */
    private long pin(Memory memory, long gfn, long pages, Side side) {
      if (policy != PinPolicy.BOUNCE) {
        memory.apply(Verb.PIN, gfn, 0, side);
      }
      memory.apply(Verb.COPY, gfn, pages, Side.SHARED);
      if (policy == PinPolicy.MIGRATE) {
        outPages += pages;
        outPeakPages = Math.max(outPeakPages, outPages);
      } else {
        refused += policy == PinPolicy.REFUSE_LONGTERM ? 1 : 0;
        bouncedPages += pages;
      }
      return pages;
    }

    private long unpin(Memory memory, long gfn, long pages) {
      if (policy == PinPolicy.MIGRATE) {
        memory.apply(Verb.UNPIN, gfn, 0, Side.SHARED);
        memory.apply(Verb.COPY, gfn, pages, Side.PRIVATE);
        outPages -= pages;
      }
      return pages;
    }

    @Override
    public void report(Metrics metrics) {
      converter.report(metrics);
      if (policy == PinPolicy.MIGRATE) {
        metrics.put(Declared.MIGRATED_PEAK_BYTES, outPeakPages * Units.PAGE_BYTES);
      } else {
        metrics.put(Declared.PINS_REFUSED, refused);
        metrics.put(Declared.BOUNCED_BYTES, bouncedPages * Units.PAGE_BYTES);
      }
    }
  }
}
