// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.workload.Side;
import java.util.Arrays;

/**
 * The pages of one GiB for {@link FrameMap}: a byte for each 2M frame, and a map of 512 bits for
 * each that is mixed. Maps that are free hold zeroes, but for the number of the next free one in the
 * first word.
 */
final class Gib {
  static final int FRAMES = 512;
  static final int PAGES = 1 << PageMap.ORDER_1G;
  static final int MASK = FRAMES - 1;
  static final int WORDS = 8;
  static final int WORD_MASK = WORDS - 1;

  /** A state that is no Side's ordinal. */
  static final byte MIXED = 2;

  private static final int FIRST_MAPS = 8;
  private static final int NONE = -1;
  private static final short[] NO_MAPS = new short[FRAMES];
  private static final long[] NO_WORDS = {};

  static {
    Arrays.fill(NO_MAPS, (short) NONE);
  }

  static final Gib ALL_PRIVATE = constant(Side.PRIVATE);
  static final Gib ALL_SHARED = constant(Side.SHARED);

  final byte[] states = new byte[FRAMES];

  /** The number of a frame's map, or -1; written from when the first frame is mixed. */
  short[] maps = NO_MAPS;

  long[] words = NO_WORDS;
  int mixed;
  int shared;
  private int used;
  private int free = NONE;

  private static Gib constant(Side side) {
    Gib gib = new Gib();
    gib.become(side);
    return gib;
  }

  static Gib all(Side side) {
    return side == Side.PRIVATE ? ALL_PRIVATE : ALL_SHARED;
  }

  boolean isConstant() {
    return this == ALL_PRIVATE || this == ALL_SHARED;
  }

  /** The side of a GiB that is all of one. */
  Side side() {
    return shared == 0 ? Side.PRIVATE : Side.SHARED;
  }

  /** No frame is mixed: puts all on a side. */
  void become(Side side) {
    int all = side == Side.SHARED ? FRAMES : 0;
    if (shared != all) {
      Arrays.fill(states, (byte) side.ordinal());
      shared = all;
    }
  }

  /** The state of a page: a Side's ordinal, or MIXED if the frame was being changed. */
  int get(int frame, long gfn) {
    int map = maps[frame];
    if (map < 0) {
      return states[frame];
    }
    long[] all = words;
    int at = map * WORDS + ((int) (gfn >>> 6) & WORD_MASK);
    return at < all.length ? (int) (all[at] >>> gfn) & 1 : MIXED;
  }

  /** Gives a frame of one side a map; returns its number. */
  int mix(int frame) {
    int map = free;
    if (map >= 0) {
      free = (int) words[map * WORDS];
      words[map * WORDS] = 0;
    } else {
      map = used++;
      if (map * WORDS == words.length) {
        grow();
      }
    }
    if (states[frame] != 0) {
      Arrays.fill(words, map * WORDS, (map + 1) * WORDS, -1L);
      shared--;
    }
    java.lang.invoke.VarHandle.releaseFence();
    maps[frame] = (short) map;
    states[frame] = MIXED;
    mixed++;
    return map;
  }

  private void grow() {
    if (words.length == 0) {
      maps = NO_MAPS.clone();
    }
    words = Arrays.copyOf(words, Math.max(FIRST_MAPS * WORDS, words.length * 2));
  }

  boolean isFilled(int map, long fill) {
    long[] w = words;
    int at = map * WORDS;
    return ((w[at] ^ fill)
            | (w[at + 1] ^ fill)
            | (w[at + 2] ^ fill)
            | (w[at + 3] ^ fill)
            | (w[at + 4] ^ fill)
            | (w[at + 5] ^ fill)
            | (w[at + 6] ^ fill)
            | (w[at + 7] ^ fill))
        == 0;
  }

  /** Takes the map from a frame that is all of one side now. */
  void unmix(int frame, Side side) {
    int map = maps[frame];
    states[frame] = (byte) side.ordinal();
    maps[frame] = NONE;
    shared += side.ordinal();
    mixed--;
    Arrays.fill(words, map * WORDS, (map + 1) * WORDS, 0L);
    words[map * WORDS] = free;
    free = map;
  }

  /** Puts frames, both ends included, on a side. */
  void fill(int from, int to, Side side) {
    for (int frame = from; frame <= to; frame++) {
      if (states[frame] == MIXED) {
        unmix(frame, side);
      } else {
        shared += side.ordinal() - states[frame];
        states[frame] = (byte) side.ordinal();
      }
    }
  }

  /** The first page in this GiB from {@code page} that is on the other side, or the GiB's end. */
  int runEnd(int page, Side side) {
    int at = page;
    while (at < PAGES) {
      int frame = at >>> PageMap.ORDER_2M;
      int state = states[frame];
      int next = (frame + 1) << PageMap.ORDER_2M;
      int end = state == MIXED ? runEnd(maps[frame], at, next, -side.ordinal()) : next;
      if (state != MIXED && state != side.ordinal()) {
        return at;
      } else if (end < next) {
        return end;
      }
      at = next;
    }
    return at;
  }

  private int runEnd(int map, int page, int limit, long fill) {
    int at = page;
    while (at < limit) {
      long bits = (words[map * WORDS + ((at >>> 6) & WORD_MASK)] ^ fill) & (-1L << at);
      if (bits != 0) {
        return (at & -64) + Long.numberOfTrailingZeros(bits);
      }
      at = (at | 63) + 1;
    }
    return limit;
  }

  /** Makes a block without mixed frames cheap to keep. */
  void trim() {
    if (words.length > 2 * FIRST_MAPS * WORDS) {
      maps = NO_MAPS;
      words = NO_WORDS;
      used = 0;
      free = NONE;
    }
  }

  /** Of the arrays' content. */
  long bytes() {
    return FRAMES + (words.length == 0 ? 0 : 2L * FRAMES) + 8L * words.length;
  }
}
