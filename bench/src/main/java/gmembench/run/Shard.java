// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.InputException;

/** One of several runs that do a plan together: {@code 2/8}, counted from 1. */
public record Shard(int number, int of) {
  public static final Shard WHOLE = new Shard(1, 1);

  private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,5})/([1-9]\\d{0,5})");

  public static Shard parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (parts.matches()) {
      Shard shard = new Shard(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
      if (shard.number <= shard.of) {
        return shard;
      }
    }
    throw new InputException("--shard", "'" + text + "'", "I/N with I from 1 to N, such as 2/8");
  }

  @Override
  public String toString() {
    return number + "/" + of;
  }

  /**
   * Which shard the block of an index goes to, counted from 1. Blocks are dealt out in turn, each
   * round starting one shard later: what recurs in the plan (every third backing is a slow one)
   * does not end in one shard.
   */
  static int dealt(int index, int shards) {
    return (index % shards + index / shards) % shards + 1;
  }
}
