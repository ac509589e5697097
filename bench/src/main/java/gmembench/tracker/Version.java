// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import module java.base;

/**
 * Tells readers that what they looked at was rewritten under them, as KVM's mmu_invalidate_seq does
 * for the fault path. One thread writes; readers look, and look again if {@link #holds} says no. On
 * x86 it costs the writer no fence.
 */
final class Version {
  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(Version.class, "value", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private int value;

  /** Something is out of reach of new readers, and is going to be used for something else. */
  void retire() {
    VALUE.setRelease(this, value + 2);
    VarHandle.storeStoreFence();
  }

  /** The structure is going to be wrong for a while: readers wait. */
  void open() {
    VALUE.setOpaque(this, value + 1);
    VarHandle.storeStoreFence();
  }

  /** It is right again. */
  void close() {
    VALUE.setRelease(this, value + 1);
  }

  /** Starts a look. */
  int read() {
    int seen = (int) VALUE.getAcquire(this);
    while ((seen & 1) != 0) {
      Thread.onSpinWait();
      seen = (int) VALUE.getAcquire(this);
    }
    return seen;
  }

  /** Was nothing rewritten since {@link #read}? */
  boolean holds(int seen) {
    VarHandle.loadLoadFence();
    return (int) VALUE.getOpaque(this) == seen;
  }
}
