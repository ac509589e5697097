// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.Units;
import gmembench.backing.InPlaceRules;
import gmembench.backing.InPlaceRules.Reference;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * A strategy in place under other rules for those who use its memory beside the guest. Spelled as
 * options of that strategy, {@code in-place-wait:pins=migrate}.
 *
 * @param rules of the host, of which each that is not by default is an option
 * @param pins what becomes of pins
 */
record WithPolicies(Strategy strategy, InPlaceRules rules, PinPolicy pins)
    implements AroundStrategy {
  static final String LARGE_MAPPINGS = "large-mappings";
  static final String LARGE_HOST_MAPPINGS = "large-host-mappings";
  static final String REFERENCES = "references";
  static final String CHECK = "check";
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
    return strategy.label() + rulesText() + text(PINS, pins);
  }

  /** The host's, as options. */
  private String rulesText() {
    return (rules.largeMappings() ? "" : ":" + LARGE_MAPPINGS + "=false")
        + (rules.largeHostMappings() ? "" : ":" + LARGE_HOST_MAPPINGS + "=false")
        + text(REFERENCES, rules.references())
        + text(CHECK, rules.check());
  }

  private static String text(String option, Enum<?> value) {
    return value.ordinal() == 0 ? "" : ":" + option + "=" + InPlaceRules.text(value);
  }

  @Override
  public Set<Verb> needs() {
    return pins.copies() ? AroundStrategy.super.needs() : strategy.needs();
  }

  /**
   * A VMM can copy what a device uses, or give up at once; it cannot tell the kernel who may pin.
   */
  @Override
  public @Nullable String whyNotLive() {
    if (pins == PinPolicy.REFUSE_LONGTERM || pins == PinPolicy.MIGRATE) {
      return "no kernel does so to a memory file: " + text(PINS, pins).substring(1);
    }
    String options = rulesText();
    return options.isEmpty()
        ? null
        : "of the model only, live the kernel decides: " + options.substring(1);
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    if (pins == PinPolicy.EXCLUSIVE) {
      return strategy.open(new Impatient(memory), map);
    }
    boolean isShort = pins == PinPolicy.REFUSE_LONGTERM && rules.references() == Reference.GET;
    Converter converter = strategy.open(memory, map);
    return pins.copies() && !isShort ? new Elsewhere(converter, pins) : converter;
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
      return converter.seen(Watch.over(memory, this::use));
    }

    /** The device's pins, on their way to the memory. */
    private long use(Memory through, Verb verb, long gfn, long pages, Side side) {
      return switch (verb) {
        case PIN -> pin(through, gfn, pages, side);
        case UNPIN -> unpin(through, gfn, pages);
        default -> through.apply(verb, gfn, pages, side);
      };
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
