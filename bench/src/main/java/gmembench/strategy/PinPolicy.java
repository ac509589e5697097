// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

/** What becomes of a device that wants to pin shared memory of a guest_memfd. */
public enum PinPolicy {
  /** It pins, and conversions deal with it as the strategy says. */
  WAIT,
  /** FOLL_LONGTERM fails; the I/O goes through a bounce buffer. A short reference is had. */
  REFUSE_LONGTERM,
  /** There is no GUP of this memory at all, so all I/O bounces. */
  BOUNCE,
  /**
   * The pages are copied out of the file first and pinned there, as a long pin migrates pages out
   * of ZONE_MOVABLE; they come back when the pin ends.
   */
  MIGRATE,
  /**
   * A page is private by an exclusive pin (GUP_EXCLUSIVE), which is had at once or not: a
   * conversion that meets a reference waits for nothing.
   */
  EXCLUSIVE;

  /** Is what a device uses somewhere else meanwhile? */
  boolean copies() {
    return this == REFUSE_LONGTERM || this == BOUNCE || this == MIGRATE;
  }
}
