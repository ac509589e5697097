// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.mm.HostSizes;

/** Times the verbs of one backing in the states in which a replay meets them. */
interface Probe extends AutoCloseable {
  /** Opens the backing's files and goes through all until the compiler is done. */
  static Probe open(Backing backing, HostSizes host) {
    if (isSecret(backing)) {
      return SecretProbe.open(backing, host);
    }
    return backing.folioOrder() > 0
        ? FolioProbe.open(backing, host)
        : VerbProbe.open(backing, host);
  }

  private static boolean isSecret(Backing backing) {
    return backing.verbs().contains(Verb.DIRECT_MAP) && !backing.name().equals("null");
  }

  /** What of a backing's verbs is measured, slot operations aside. */
  static Set<Verb> verbs(Backing backing) {
    Set<Verb> measured = backing.folioOrder() > 0 ? FolioProbe.VERBS : VerbProbe.verbs();
    Set<Verb> verbs = EnumSet.copyOf(isSecret(backing) ? SecretProbe.VERBS : measured);
    verbs.retainAll(backing.verbs());
    return verbs;
  }

  /** Measures everything once. */
  void round();

  /** The points of each section, such as {@code memfd.touch.private}. */
  Map<String, List<Point>> points();

  /** Nothing, if each measurement opens and closes what it needs. */
  @Override
  default void close() {}
}
