// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Shrink;
import gmembench.Thorough;
import gmembench.Units;
import gmembench.guest.Side;

/** Plays random conversions on a tracker and on a naive array, and shrinks what differs. */
final class Conformance {
  private final Tracker tracker;
  private final long guest;
  private final long seed;

  Conformance(Tracker tracker, long guest, long seed) {
    this.tracker = tracker;
    this.guest = guest;
    this.seed = seed;
  }

  /** Throws an AssertionError with the seed and the smallest failing case that was found. */
  void run(int operations) {
    List<Operation> played = new ArrayList<>();
    RandomGenerator random = new SplittableRandom(seed);
    Operation previous = new Operation(0, 1, Side.SHARED);
    Player player = new Player();
    for (int i = 0; i < operations; i++) {
      Operation operation = Operation.random(random, guest, previous);
      played.add(operation);
      String wrong = player.play(operation, i == operations - 1 || i % 4096 == 0);
      if (!wrong.isEmpty()) {
        assertThat(Thorough.isBrief()).as(wrong).isFalse();
        report(shrink(played), wrong);
      }
      previous = operation;
    }
  }

  private void report(List<Operation> operations, String before) {
    String now = replay(operations);
    throw new AssertionError(
        tracker.label()
            + ", guest of "
            + Units.hex(guest)
            + " pages, seed "
            + seed
            + ": "
            + (now.isEmpty() ? before : now)
            + "; shrunk to "
            + operations);
  }

  /** As few operations as still fail, of as few pages. */
  private List<Operation> shrink(List<Operation> failing) {
    List<Operation> best = Shrink.smallest(failing, less -> !replay(less).isEmpty());
    for (int i = 0; i < best.size(); i++) {
      best = shorten(best, i);
    }
    return best;
  }

  private List<Operation> shorten(List<Operation> operations, int i) {
    List<Operation> best = operations;
    for (long cut = best.get(i).pages() / 2; cut > 0; cut /= 2) {
      Operation o = best.get(i);
      for (long gfn : new long[] {o.gfn(), o.gfn() + cut}) {
        List<Operation> less = new ArrayList<>(best);
        if (o.pages() > cut) {
          less.set(i, new Operation(gfn, o.pages() - cut, o.side()));
          best = replay(less).isEmpty() ? best : less;
        }
      }
    }
    return best;
  }

  private String replay(List<Operation> operations) {
    Player player = new Player();
    for (Operation operation : operations) {
      String wrong = player.play(operation, guest <= 1 << 20);
      if (!wrong.isEmpty()) {
        return wrong;
      }
    }
    return player.compareAll();
  }

  /** A map and the array that it must equal. */
  private final class Player {
    private final PageMap map = tracker.open(guest);
    private final boolean[] shared = new boolean[Math.toIntExact(guest)];
    private final RandomGenerator where = new SplittableRandom(seed ^ 0x5eed);

    /** Empty if all is well. */
    String play(Operation operation, boolean everything) {
      try {
        map.set(operation.gfn(), operation.pages(), operation.side());
        int from = (int) operation.gfn();
        int to = (int) (operation.gfn() + operation.pages());
        Arrays.fill(shared, from, to, operation.side() == Side.SHARED);
        String wrong = compare(Math.max(0, from - 1), Math.min(shared.length, to + 1));
        return wrong.isEmpty() && everything ? compareAll() : wrong;
      } catch (RuntimeException e) {
        return operation + " threw " + e + " at " + List.of(e.getStackTrace()).stream().findFirst();
      }
    }

    /** Both ends of a range, and places in it. */
    private String compare(int from, int to) {
      String wrong = comparePage(from);
      wrong = wrong.isEmpty() ? comparePage(to - 1) : wrong;
      for (int i = 0; i < 2 && wrong.isEmpty(); i++) {
        wrong = comparePage(where.nextInt(from, to));
      }
      return wrong;
    }

    private String comparePage(int gfn) {
      Side expected = shared[gfn] ? Side.SHARED : Side.PRIVATE;
      if (map.get(gfn) != expected) {
        return "get(" + Units.hex(gfn) + ") = " + map.get(gfn) + ", expected " + expected;
      }
      int limit = Math.min(shared.length, gfn + 1 + where.nextInt(3000));
      int end = runEnd(gfn, limit);
      if (map.runEnd(gfn, limit) != end) {
        return call("runEnd", gfn, limit) + Units.hex(map.runEnd(gfn, limit)) + not(end);
      }
      if (map.isUniform(gfn, limit - gfn) != (end == limit)) {
        return call("isUniform", gfn, limit - gfn) + not(end == limit);
      }
      return compareMixed(gfn, PageMap.ORDER_2M);
    }

    private String compareMixed(int gfn, int order) {
      int from = gfn >>> order << order;
      int to = Math.min(shared.length, from + (1 << order));
      boolean mixed = runEnd(from, to) < to;
      return map.isMixed(gfn, order) == mixed ? "" : call("isMixed", gfn, order) + not(mixed);
    }

    private int runEnd(int gfn, int limit) {
      int end = gfn;
      while (end < limit && shared[end] == shared[gfn]) {
        end++;
      }
      return end;
    }

    /** The whole guest, run by run. */
    String compareAll() {
      List<String> found = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      map.forEachRange(0, guest, (gfn, pages, side) -> found.add(gfn + "+" + pages + side));
      for (int at = 0; at < shared.length; ) {
        int end = runEnd(at, shared.length);
        expected.add(at + "+" + (end - at) + (shared[at] ? Side.SHARED : Side.PRIVATE));
        at = end;
      }
      if (!found.equals(expected)) {
        int i = 0;
        while (i < found.size() && i < expected.size() && found.get(i).equals(expected.get(i))) {
          i++;
        }
        return "range " + i + " is " + at(found, i) + not(at(expected, i));
      }
      String wrong = "";
      for (int gib = 0; gib < shared.length && wrong.isEmpty(); gib += 1 << PageMap.ORDER_1G) {
        wrong = compareMixed(gib, PageMap.ORDER_1G);
      }
      return wrong;
    }

    private static String at(List<String> list, int i) {
      return i < list.size() ? list.get(i) : "missing";
    }

    private static String call(String method, long gfn, long argument) {
      return method + "(" + Units.hex(gfn) + ", " + Units.hex(argument) + ") = ";
    }

    private static String not(Object expected) {
      return ", expected " + expected;
    }
  }
}
