// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.backing.GuestMemfdBound;
import gmembench.backing.Memory;
import gmembench.backing.Memslots;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.Term;
import gmembench.vcpu.GuestCall;

/**
 * Times conversions by memslots of several sizes: a page in the middle of a slot goes shared, which
 * deletes one slot and sets three, and comes back, which deletes three and sets one.
 */
final class RebindProbe implements Probe {
  private static final long[] SLOT_BYTES = {2 << 20, 8 << 20, 32 << 20, 128 << 20, 512 << 20};
  private static final long GUEST_BYTES = 512 << 20;
  private static final int WARMUP_CONVERSIONS = 20;
  private static final int CONVERSIONS = 6;

  /** What was counted of a conversion, and its ns in each round. */
  private static final class Slots implements Memslots.Changes {
    private final Map<Side, List<Double>> ns = new LinkedHashMap<>();
    private final Map<Side, Map<Term, Double>> counts = new LinkedHashMap<>();
    private long pages;

    @Override
    public void remove(Memslots.Entry slot) {}

    @Override
    public void set(Memslots.Entry slot) {
      pages += slot.pages();
    }
  }

  private final Map<Long, Slots> bySize = new LinkedHashMap<>();

  private final String section;
  private final boolean mapped;

  /**
   * @param backing whose section the costs go to
   */
  RebindProbe(GuestMemfdBound backing) {
    section = backing.name() + "." + Verb.REBIND.text();
    mapped = backing.mapped();
    for (long bytes : SLOT_BYTES) {
      bySize.put(bytes, new Slots());
    }
  }

  @Override
  public void round() {
    bySize.forEach(this::measure);
  }

  private void measure(long slotBytes, Slots found) {
    GuestMemfdBound backing =
        new GuestMemfdBound(slotBytes, 0, mapped, GuestCall.NONE, 0, true, false);
    Guest guest = Guest.ofBytes(GUEST_BYTES);
    Memslots table = new Memslots(backing.slots(guest), 0, Integer.MAX_VALUE);
    table.put(0, guest.pages(), Side.PRIVATE, found);
    long[] sums = new long[Side.values().length];
    try (Memory memory = backing.open(guest, false)) {
      for (int i = -WARMUP_CONVERSIONS; i < CONVERSIONS; i++) {
        for (Side side : List.of(Side.SHARED, Side.PRIVATE)) {
          long took = convert(memory, slotBytes / 2 / 4096, side, table, found);
          sums[side.ordinal()] += i < 0 ? 0 : took;
        }
      }
    }
    for (Side side : Side.values()) {
      found
          .ns
          .computeIfAbsent(side, s -> new ArrayList<>())
          .add((double) sums[side.ordinal()] / CONVERSIONS);
    }
  }

  private static long convert(Memory memory, long gfn, Side to, Memslots table, Slots found) {
    found.pages = 0;
    double operations = table.put(gfn, 1, to, found);
    found.counts.put(to, Map.of(Term.FIXED, operations, Term.PER_PAGE, (double) found.pages));
    long start = System.nanoTime();
    memory.apply(Verb.REBIND, gfn, 1, to);
    return System.nanoTime() - start;
  }

  @Override
  public Map<String, List<Point>> points() {
    List<Point> points = new ArrayList<>();
    bySize.forEach((bytes, found) ->
        found.counts.forEach((side, counts) -> {
          String what = "a page " + side + " in slots of " + (bytes >> 20) + " MiB";
          List<Double> ns = found.ns.getOrDefault(side, List.of());
          points.add(new Point(what, counts, Medians.of(ns), ns.size()));
        }));
    return Map.of(section, points);
  }
}
