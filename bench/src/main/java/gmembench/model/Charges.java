// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.Effects;
import org.jspecify.annotations.Nullable;

/** The charges of one VM by verb and side, each looked up in the profile when it is first used. */
final class Charges {
  /** Verbs whose side is a file; of others it is where pages go. */
  private static final Set<Verb> OF_FILES =
      EnumSet.of(
          Verb.TOUCH,
          Verb.HOST_TOUCH,
          Verb.COPY_IN,
          Verb.POPULATE,
          Verb.ALLOCATE,
          Verb.DISCARD,
          Verb.UNMAP,
          Verb.CHECK,
          Verb.PIN,
          Verb.UNPIN);

  /** What costs as much if the profile does not tell them apart. */
  private static final Map<Verb, Verb> OF_OTHERS =
      Map.of(Verb.HOST_TOUCH, Verb.TOUCH, Verb.COPY_IN, Verb.COPY);

  private final Costs costs;
  private final Backing backing;
  private final long vcpus;
  private final long otherCpus;
  private final Effects effects;
  private final @Nullable Contention time;
  private final @Nullable Charge[] charges = new Charge[2 * Verb.count()];

  /**
   * @param otherCpus CPUs other than the caller's that threads of the VM run on
   * @param time where locks are waited for, if residency is all that verbs change; otherwise null
   */
  Charges(
      Costs costs,
      Backing backing,
      long vcpus,
      long otherCpus,
      Effects effects,
      @Nullable Contention time) {
    this.costs = costs;
    this.backing = backing;
    this.vcpus = vcpus;
    this.otherCpus = otherCpus;
    this.effects = effects;
    this.time = time;
  }

  /**
   * A profile needs no section for a verb that nobody calls: one that is missing is an error here.
   */
  Charge of(Verb verb, Side side) {
    Charge charge = charges[2 * verb.ordinal() + side.ordinal()];
    return charge == null ? open(verb, side) : charge;
  }

  private Charge open(Verb verb, Side side) {
    Side file = fileOf(verb, side);
    String name = backing.of(file).name();
    Verb charged = costs.has(name, verb) ? verb : OF_OTHERS.getOrDefault(verb, verb);
    Cost cost = costs.cost(name, charged, file);
    boolean isAlone = time != null && verb != Verb.REBIND && !time.holds(verb, side);
    Charge charge = Charge.of(cost, verb, vcpus, otherCpus, isAlone);
    charges[2 * verb.ordinal() + side.ordinal()] = charge;
    return charge;
  }

  /**
   * Which side's file a verb is done to. Where pages leave the direct map, the host gets at them by
   * other ways than the guest, and a side says which.
   */
  private Side fileOf(Verb verb, Side side) {
    boolean isOfFile = OF_FILES.contains(verb) && !backing.verbs().contains(Verb.DIRECT_MAP);
    return isOfFile ? effects.fileOf(side) : side;
  }
}
