// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.result.Metric;
import gmembench.result.MetricSource;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * Converts in place by KVM_SET_MEMORY_ATTRIBUTES2: the kernel unmaps the range from the host, and
 * refuses all of it (EAGAIN) if a page that goes private is held.
 *
 * @param held what is done then: the conversion fails, as OpenVMM has it; it waits until nobody
 *     holds a page and asks once again, as the kernel's api.rst has it; or it asks again and again
 * @param waitNs how long it waits at most
 * @param retries how often it asks again
 */
@AutoService({Strategy.class, MetricSource.class})
public record InPlaceAttribute(Held held, long waitNs, int retries)
    implements Strategy, MetricSource {
  private static final Metric HELD_COUNT =
      Metric.times("held_count", "in-place-attribute: calls refused, a page being held (EAGAIN)");

  private static final Metric HELD_WAIT_NS =
      Metric.ns("held_wait_ns", "in-place-attribute: how long it waited for such pages");

  /** See {@link #held}. */
  public enum Held {
    FAIL,
    WAIT,
    RETRY
  }

  public InPlaceAttribute() {
    this(Held.WAIT, 1_000_000, 3);
  }

  public InPlaceAttribute {
    if (waitNs < 0 || retries < 1) {
      throw new IllegalArgumentException("wait of 0ns or more, and retries of 1 or more");
    }
  }

  @Override
  public List<Metric> metrics() {
    return List.of(HELD_COUNT, HELD_WAIT_NS);
  }

  @Override
  public String why() {
    return "in place by KVM_SET_MEMORY_ATTRIBUTES2 (linux-next): refused while a page is held";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.ATTRIBUTE_IN_PLACE);
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Asking(memory, map);
  }

  private final class Asking implements Converter {
    private final Memory memory;
    private final PageMap map;
    private final int mostAgain;
    private long refused;
    private long waitedNs;

    Asking(Memory memory, PageMap map) {
      this.memory = memory;
      this.map = map;
      this.mostAgain =
          switch (held) {
            case FAIL -> 0;
            case WAIT -> 1;
            case RETRY -> retries;
          };
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      for (int again = 0; memory.apply(Verb.ATTRIBUTE_IN_PLACE, gfn, pages, to) < pages; again++) {
        refused++;
        if (again == mostAgain) {
          return false;
        } else if (held == Held.WAIT) {
          waitedNs += memory.awaitUnpinned(gfn, pages, Side.SHARED, waitNs);
        }
      }
      map.set(gfn, pages, to);
      return true;
    }

    @Override
    public void report(Metrics metrics) {
      metrics.put(HELD_COUNT, refused);
      metrics.put(HELD_WAIT_NS, waitedNs);
    }
  }
}
