// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import module java.base;

/** An entry of 1G, 2M or 4K, or a table of 512 smaller ones. */
final class NaiveEntry {
  private final long first;
  private final long pages;
  private boolean present = true;
  private NaiveEntry[] table = {};

  NaiveEntry(long first, long pages) {
    this.first = first;
    this.pages = pages;
  }

  void set(long from, long to, boolean wanted, long[] changedSplit) {
    if (to <= first || first + pages <= from) {
      return;
    }
    if (table.length == 0 && present != wanted && (from > first || to < first + pages)) {
      table = new NaiveEntry[512];
      for (int i = 0; i < 512; i++) {
        table[i] = new NaiveEntry(first + i * (pages / 512), pages / 512);
        table[i].present = present;
      }
      changedSplit[1]++;
    }
    if (table.length > 0) {
      for (NaiveEntry entry : table) {
        entry.set(from, to, wanted, changedSplit);
      }
    } else if (present != wanted) {
      present = wanted;
      changedSplit[0]++;
    }
  }

  long join(long from, long to) {
    long joined = 0;
    if (to <= first || first + pages <= from || table.length == 0) {
      return 0;
    }
    for (NaiveEntry entry : table) {
      joined += entry.join(from, to);
    }
    boolean first = table[0].present;
    if (Arrays.stream(table).allMatch(e -> e.table.length == 0 && e.present == first)) {
      table = new NaiveEntry[0];
      present = first;
      joined++;
    }
    return joined;
  }

  boolean isPresent(long gfn) {
    return table.length == 0
        ? present
        : table[(int) ((gfn - first) / (pages / 512))].isPresent(gfn);
  }
}
