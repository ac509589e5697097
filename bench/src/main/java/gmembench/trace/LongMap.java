// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import java.util.Arrays;

/** Two longs for a non-negative long: open addressing, at most half full, nothing boxed. */
final class LongMap {
  private static final long FREE = -1;

  private long[] keys = new long[1024];
  private long[] first = new long[1024];
  private long[] second = new long[1024];
  private int size;

  LongMap() {
    Arrays.fill(keys, FREE);
  }

  /** Where a key is; entered with two zeros if it is new. */
  int at(long key) {
    if (size * 2 >= keys.length) {
      grow();
    }
    int slot = slot(key);
    if (keys[slot] == FREE) {
      keys[slot] = key;
      size++;
    }
    return slot;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) ((key * 0x9e3779b97f4a7c15L) >>> 32) & mask;
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldFirst = first;
    long[] oldSecond = second;
    keys = new long[oldKeys.length * 2];
    first = new long[keys.length];
    second = new long[keys.length];
    Arrays.fill(keys, FREE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        first[slot] = oldFirst[i];
        second[slot] = oldSecond[i];
      }
    }
  }

  int size() {
    return size;
  }

  long first(int slot) {
    return first[slot];
  }

  void first(int slot, long value) {
    first[slot] = value;
  }

  long second(int slot) {
    return second[slot];
  }

  void second(int slot, long value) {
    second[slot] = value;
  }

  /** What {@link #forEach} calls. */
  interface Visitor {
    void entry(long key, long first, long second);
  }

  /** In no order. */
  void forEach(Visitor visitor) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != FREE) {
        visitor.entry(keys[i], first[i], second[i]);
      }
    }
  }
}
