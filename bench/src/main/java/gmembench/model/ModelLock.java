// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

/**
 * A lock of the kernel in virtual time: until when it is taken, alone or by several together. It is
 * granted in the order in which it is asked for, which is the trace's.
 */
final class ModelLock {
  private long aloneUntilNs;
  private long togetherUntilNs;
  private long waitNs;
  private long waits;
  private long heldNs;

  /** When one who asks at {@code now} gets it. */
  long freeNs(long now, boolean together) {
    long free = Math.max(now, aloneUntilNs);
    return together ? free : Math.max(free, togetherUntilNs);
  }

  /** It is held from {@code startNs}, which {@link #freeNs} allows, by one who asked before. */
  void hold(long askedNs, long startNs, long ns, boolean together) {
    long alone = freeNs(askedNs, together) - askedNs;
    if (alone > 0) {
      waitNs = Math.addExact(waitNs, alone);
      waits++;
    }
    heldNs = Math.addExact(heldNs, ns);
    long untilNs = Math.addExact(startNs, ns);
    if (together) {
      togetherUntilNs = Math.max(togetherUntilNs, untilNs);
    } else {
      aloneUntilNs = untilNs;
    }
  }

  /** The statistics start from here; who holds it goes on. */
  void restart() {
    waitNs = 0;
    waits = 0;
    heldNs = 0;
  }

  /** How long callers would have waited for this lock alone. */
  long waitNs() {
    return waitNs;
  }

  /** How many callers had to wait. */
  long waits() {
    return waits;
  }

  /** The sum of all holds; together they may be longer than the replay. */
  long heldNs() {
    return heldNs;
  }
}
