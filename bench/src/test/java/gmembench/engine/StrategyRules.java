// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.strategy.AdaptiveDiscard;
import gmembench.strategy.BatchedDiscard;
import gmembench.strategy.BindLate;
import gmembench.strategy.Converter;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.Strategy;
import gmembench.strategy.StrategyConformanceTest;
import gmembench.tracker.PageMap;

/** The rules of {@link Converter} and {@link Strategy}, and the guest that tries them. */
final class StrategyRules {
  private static final Set<Verb> DECIDE =
      EnumSet.of(Verb.ATTRIBUTE, Verb.ATTRIBUTE_IN_PLACE, Verb.REBIND, Verb.DIRECT_MAP);

  private final Strategy strategy;
  private final ContentMemory memory;
  private final PageMap map;
  private final boolean faulty;
  private String wrong = "";

  StrategyRules(Strategy strategy, ContentMemory memory, PageMap map, boolean faulty) {
    this.strategy = strategy;
    this.memory = memory;
    this.map = map;
    this.faulty = faulty;
  }

  /** Pages that a strategy may leave allocated twice by its budget; -1 if it has none. */
  static long mostTwice(Strategy strategy) {
    return switch (StrategyConformanceTest.discards(strategy)) {
      case LazyDiscard lazy -> lazy.budgetBytes() / Units.PAGE_BYTES;
      case AdaptiveDiscard adaptive -> adaptive.budgetBytes() / Units.PAGE_BYTES;
      default -> -1;
    };
  }

  private int pages() {
    return memory.state.length;
  }

  String wrong() {
    return wrong;
  }

  /** One conversion of a random range; false if a verb failed. */
  boolean convert(Converter converter, SplittableRandom random) {
    int gfn = random.nextInt(random.nextBoolean() ? 40 : pages());
    int pages = Math.min(pages() - gfn, 1 + random.nextInt(random.nextInt(8) == 0 ? 600 : 6));
    Side to = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
    if (random.nextInt(6) == 0 && strategy.needs().contains(Verb.CHECK)) {
      holdOrRelease(gfn, pages);
    }
    Side[] before = Arrays.copyOfRange(memory.state, gfn, gfn + pages);
    Arrays.fill(memory.state, gfn, gfn + pages, to);
    boolean done;
    boolean fine = true;
    try {
      done = converter.convert(gfn, pages, to);
    } catch (LinuxException e) {
      fine = false;
      done = isAll(gfn, pages, to);
    }
    if (done) {
      afterDone(gfn, pages, to, fine);
      memory.touch(gfn, pages, to);
    } else {
      System.arraycopy(before, 0, memory.state, gfn, pages);
    }
    return fine;
  }

  /** Somebody takes or lets go of shared pages for long. */
  private void holdOrRelease(int gfn, int pages) {
    for (int i = gfn; i < gfn + pages; i++) {
      memory.pins[i] = memory.pins[i] == 0 && memory.state[i] == Side.SHARED ? 1 : 0;
    }
  }

  private boolean isAll(int gfn, int pages, Side to) {
    for (int i = gfn; i < gfn + pages; i++) {
      if (map.get(i) != to) {
        return false;
      }
    }
    return true;
  }

  /** As in 2022, when a page was private only if it was allocated in the private file. */
  private boolean allocates() {
    return strategy.needs().contains(Verb.ALLOCATE);
  }

  private void afterDone(int gfn, int pages, Side to, boolean fine) {
    for (int i = gfn; i < gfn + pages && wrong.isEmpty(); i++) {
      if (to == Side.PRIVATE && allocates() && !memory.privateResident[i]) {
        wrong = Units.hex(i) + " is private and not allocated in the private file";
      } else if (strategy.inPlace() && to == Side.PRIVATE) {
        if (strategy.needs().contains(Verb.UNMAP) && memory.hostMapped[i]) {
          wrong = Units.hex(i) + " is private and the host has it mapped";
        } else if (strategy.needs().contains(Verb.CHECK) && memory.pins[i] > 0) {
          wrong = Units.hex(i) + " is private and somebody holds it";
        }
      } else if (fine
          && !faulty
          && !strategy.inPlace()
          && !strategy.keeps(to.other())
          && memory.resident(to.other())[i]) {
        wrong = Units.hex(i) + " is " + to + " and its other side is still there";
      }
    }
  }

  /** Of all pages, after every step. */
  String broken() {
    for (int i = 0; i < pages() && wrong.isEmpty(); i++) {
      if (map.get(i) != memory.state[i]) {
        wrong = "the map says " + Units.hex(i) + " is " + map.get(i);
      } else if (!memory.resident(inUse(i))[i]) {
        wrong = Units.hex(i) + " is in use as " + memory.state[i] + " and gone";
      }
      for (Verb verb : DECIDE) {
        boolean late = strategy instanceof BindLate; // its slots follow all at once
        if (!late
            && strategy.needs().contains(verb)
            && memory.access[verb.ordinal()][i] != memory.state[i]) {
          wrong = Units.hex(i) + ": the map and " + verb + " disagree";
        }
      }
    }
    return wrong.isEmpty() ? overBudget() : wrong;
  }

  private Side inUse(int i) {
    return strategy.inPlace() ? Side.PRIVATE : memory.state[i];
  }

  private int twice() {
    int twice = 0;
    for (int i = 0; i < pages(); i++) {
      twice += memory.privateResident[i] && memory.sharedResident[i] ? 1 : 0;
    }
    return twice;
  }

  private String overBudget() {
    boolean budgeted = mostTwice(strategy) >= 0;
    return budgeted && !faulty && twice() > mostTwice(strategy)
        ? twice() + " pages allocated twice"
        : "";
  }

  /** Nothing was forgotten: where a fault was over, discards that were put off are done. */
  String brokenAtEnd() {
    return StrategyConformanceTest.discards(strategy) instanceof BatchedDiscard
            && !faulty
            && twice() > 0
        ? twice() + " pages allocated twice after settle"
        : broken();
  }
}
