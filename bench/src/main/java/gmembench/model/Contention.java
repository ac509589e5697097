// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.engine.Clock;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * Spends a guest's virtual time under the locks that the profile names. A verb asks for all of its
 * locks when it begins, waits until all can be had, and then holds each for its share of the verb's
 * cost. What costs nothing takes no lock.
 *
 * <p>Locks are granted in the order of the trace, as are the changes of the page map that they
 * protect: whoever comes later in the trace waits, even if its own clock is behind.
 */
final class Contention {
  /** A lock, and how a verb takes it. */
  private record Hold(ModelLock lock, long percent, boolean together) {}

  private final Clock.Virtual clock;

  /** By verb and side. */
  private final Hold[][] ofVerbs = new Hold[2 * Verb.count()][];

  private final Hold[] ofTracker;
  private final Map<String, PerSide<ModelLock>> locks = new LinkedHashMap<>();

  /** Locks of the host that another VM reports. */
  private final Set<String> ofOthers;

  private long waitNs;

  /**
   * The locks of one VM.
   *
   * @param inPlace one file is behind both sides
   * @param ofHost locks that other VMs take too, by name; what is missing is put there
   */
  Contention(
      Clock.Virtual clock,
      List<LockProfile> profiles,
      Backing backing,
      String tracker,
      boolean inPlace,
      Map<String, ModelLock> ofHost) {
    this.clock = clock;
    this.ofOthers = Set.copyOf(ofHost.keySet());
    for (LockProfile profile : profiles) {
      locks.put(profile.name(), make(profile, inPlace, ofHost));
    }
    for (Verb verb : Verb.values()) {
      for (Side side : Side.values()) {
        ofVerbs[index(verb, side)] =
            holds(profiles, backing.of(side).name() + "." + verb.text(), side);
      }
    }
    ofTracker = holds(profiles, "tracker." + tracker, Side.PRIVATE);
  }

  private static PerSide<ModelLock> make(
      LockProfile profile, boolean inPlace, Map<String, ModelLock> ofHost) {
    return switch (profile.per()) {
      case HOST -> PerSide.both(ofHost.computeIfAbsent(profile.name(), name -> new ModelLock()));
      case VM -> PerSide.both(new ModelLock());
      case FILE -> PerSide.of(inPlace, side -> new ModelLock());
    };
  }

  private Hold[] holds(List<LockProfile> profiles, String what, Side side) {
    List<Hold> holds = new ArrayList<>();
    for (LockProfile profile : profiles) {
      ModelLock lock = Objects.requireNonNull(locks.get(profile.name())).of(side);
      Long alone = profile.alone().get(what);
      Long together = profile.together().get(what);
      if (alone != null) {
        holds.add(new Hold(lock, alone, false));
      } else if (together != null) {
        holds.add(new Hold(lock, together, true));
      }
    }
    return holds.toArray(new Hold[0]);
  }

  private static int index(Verb verb, Side side) {
    return 2 * verb.ordinal() + side.ordinal();
  }

  /** Does a verb take any lock? */
  boolean holds(Verb verb, Side side) {
    return ofVerbs[index(verb, side)].length > 0;
  }

  /** A verb takes so long, and longer if it has to wait. */
  void spend(Verb verb, Side side, long ns) {
    spend(ofVerbs[index(verb, side)], ns);
  }

  /** Somebody sleeps for so long, and holds no lock. */
  void sleep(long ns) {
    clock.advance(ns);
  }

  /** The page map's work takes so long. */
  void spendTracking(long ns) {
    spend(ofTracker, ns);
  }

  /** What takes no lock takes so long. */
  void spendAlone(long ns) {
    clock.advance(ns);
  }

  private void spend(Hold[] holds, long ns) {
    clock.advance(holds.length == 0 || ns == 0 ? ns : Math.addExact(ns, await(holds, ns)));
  }

  private long await(Hold[] holds, long ns) {
    long now = clock.ns();
    long start = now;
    for (Hold hold : holds) {
      start = Math.max(start, hold.lock.freeNs(now, hold.together));
    }
    for (Hold hold : holds) {
      hold.lock.hold(now, start, Math.multiplyExact(ns, hold.percent) / 100, hold.together);
    }
    waitNs = Math.addExact(waitNs, start - now);
    return start - now;
  }

  /** What {@link #report} counts starts from here. */
  void restart() {
    locks.values().forEach(own -> own.all().forEach(ModelLock::restart));
    waitNs = 0;
  }

  /** Nothing if the profile has no locks. */
  void report(Metrics metrics) {
    if (locks.isEmpty()) {
      return;
    }
    metrics.put(Declared.LOCK_WAIT_TOTAL_NS, waitNs);
    locks.forEach((name, own) -> {
      if (ofOthers.contains(name)) {
        return;
      }
      metrics.put(
          Declared.LOCK_WAIT_COUNT.of(name), own.all().stream().mapToLong(ModelLock::waits).sum());
      metrics.put(Declared.LOCK_WAIT_NS.of(name), sum(own, ModelLock::waitNs));
      metrics.put(Declared.LOCK_HELD_NS.of(name), sum(own, ModelLock::heldNs));
    });
  }

  private static long sum(PerSide<ModelLock> locks, ToLongFunction<ModelLock> ns) {
    return locks.all().stream().mapToLong(ns).reduce(0, Math::addExact);
  }
}
