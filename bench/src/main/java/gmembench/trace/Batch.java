// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import java.util.Arrays;

/**
 * Trace events as primitive columns, so that a replay reads arrays and allocates nothing. The
 * reader of a batch must not write to it: the batch of a trace in memory is the trace itself.
 */
public final class Batch {
  /** What an event takes in memory. */
  static final int EVENT_BYTES = 8 + 4 + 1 + 8 + 8;

  public long[] atNs;
  public int[] vcpu;

  /** Ordinals of {@link Op}. */
  public byte[] op;

  public long[] gfn;
  public long[] pages;
  public int size;

  public Batch(int capacity) {
    atNs = new long[capacity];
    vcpu = new int[capacity];
    op = new byte[capacity];
    gfn = new long[capacity];
    pages = new long[capacity];
  }

  public boolean isFull() {
    return size == op.length;
  }

  public void add(long atNs, int vcpu, Op op, long gfn, long pages) {
    if (isFull()) {
      resize(Math.max(64, size * 2));
    }
    this.atNs[size] = atNs;
    this.vcpu[size] = vcpu;
    this.op[size] = (byte) op.ordinal();
    this.gfn[size] = gfn;
    this.pages[size] = pages;
    size++;
  }

  /** Adds a copy of another batch's events. */
  void append(Batch other) {
    if (size + other.size > op.length) {
      resize(Math.max(size * 2, size + other.size));
    }
    System.arraycopy(other.atNs, 0, atNs, size, other.size);
    System.arraycopy(other.vcpu, 0, vcpu, size, other.size);
    System.arraycopy(other.op, 0, op, size, other.size);
    System.arraycopy(other.gfn, 0, gfn, size, other.size);
    System.arraycopy(other.pages, 0, pages, size, other.size);
    size += other.size;
  }

  private void resize(int capacity) {
    atNs = Arrays.copyOf(atNs, capacity);
    vcpu = Arrays.copyOf(vcpu, capacity);
    op = Arrays.copyOf(op, capacity);
    gfn = Arrays.copyOf(gfn, capacity);
    pages = Arrays.copyOf(pages, capacity);
  }
}
