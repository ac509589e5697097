// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import module java.base;

import gmembench.guest.Side;

/**
 * The pages of one GiB for {@link FrameMap}: a byte for each 2M frame, and a map of 512 bits for
 * each that is mixed. A frame that went back to one side keeps its map for a while, since it is
 * likely to flip again.
 */
final class Gib {
  static final int FRAMES = 512;
  static final int MASK = FRAMES - 1;
  static final int WORDS = 8;
  static final int WORD_MASK = WORDS - 1;

  /** The state that is no Side's ordinal; its lowest bit is 0. */
  static final byte MIXED = 2;

  private static final int PAGES = 1 << PageMap.ORDER_1G;
  private static final int FIRST_MAPS = 8;
  private static final int CHEAP_MAPS = 32;
  private static final int NONE = -1;
  private static final short[] NO_MAPS = new short[FRAMES];
  private static final long[] NO_WORDS = {};

  static {
    Arrays.fill(NO_MAPS, (short) NONE);
  }

  static final Gib ALL_PRIVATE = constant(Side.PRIVATE);
  static final Gib ALL_SHARED = constant(Side.SHARED);

  final byte[] states = new byte[FRAMES];

  /** The first word of a frame's map, or -1; written from when the first frame is mixed. */
  short[] maps = NO_MAPS;

  long[] words = NO_WORDS;
  private int mixed;
  private int shared;

  /** Words that are or were in use, and the last map that was given back, a list through them. */
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

  boolean isUniform() {
    return mixed == 0 && (shared == 0 || shared == FRAMES);
  }

  /** The side of a GiB that is uniform. */
  Side side() {
    return shared == 0 ? Side.PRIVATE : Side.SHARED;
  }

  /** Puts all frames, none of which has a map, on a side. */
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
      VarHandle.loadLoadFence();
      return states[frame];
    }
    long[] all = words;
    int at = map + ((int) (gfn >>> 6) & WORD_MASK);
    return at < all.length ? (int) (all[at] >>> gfn) & 1 : MIXED;
  }

  /** Gives a frame of one side a map, which is idle at first. */
  void addMap(int frame) {
    int map = free;
    if (map >= 0) {
      free = (int) words[map];
    } else {
      map = used;
      used += WORDS;
      if (used > words.length) {
        grow();
      }
    }
    Arrays.fill(words, map, map + WORDS, -(long) states[frame]);
    VarHandle.releaseFence();
    maps[frame] = (short) map;
  }

  private void grow() {
    if (words.length == 0) {
      maps = NO_MAPS.clone();
    }
    words = Arrays.copyOf(words, Math.max(FIRST_MAPS * WORDS, words.length * 4));
  }

  /** The state of a frame: if it has a map, by its words. */
  int state(int frame) {
    int at = maps[frame];
    if (at < 0) {
      return states[frame];
    }
    long fill = words[at];
    return (fill == 0 || fill == -1) && isFilled(at, fill) ? (int) fill & 1 : MIXED;
  }

  /** {@link #isUniform} when the state of one frame has not been noted. */
  boolean isUniformWith(int frame) {
    int state = state(frame);
    int others = shared - (states[frame] & 1);
    return state != MIXED
        && mixed == states[frame] >> 1
        && (state == 0 ? others == 0 : others == FRAMES - 1);
  }

  /** Notes the state of a frame, and returns it. */
  int judge(int frame) {
    int state = state(frame);
    int before = states[frame];
    if (state != before) {
      shared += (state & 1) - (before & 1);
      mixed += (state >> 1) - (before >> 1);
      states[frame] = (byte) state;
    }
    return state;
  }

  private boolean isFilled(int at, long fill) {
    long[] w = words;
    return ((w[at + 1] ^ fill)
            | (w[at + 2] ^ fill)
            | (w[at + 3] ^ fill)
            | (w[at + 4] ^ fill)
            | (w[at + 5] ^ fill)
            | (w[at + 6] ^ fill)
            | (w[at + 7] ^ fill))
        == 0;
  }

  boolean isIdle(int frame) {
    return maps[frame] >= 0 && states[frame] != MIXED;
  }

  /** The frame is of one side. */
  void dropMap(int frame) {
    int map = maps[frame];
    maps[frame] = NONE;
    words[map] = free;
    free = map;
  }

  /** All frames are of one side, and no reader can come here. */
  void dropMaps() {
    if (words.length > 0) {
      Arrays.fill(maps, (short) NONE);
      used = 0;
      free = NONE;
    }
  }

  /** Puts a frame without a map on a side. */
  void setState(int frame, Side side) {
    int state = side == Side.SHARED ? 1 : 0;
    shared += state - states[frame];
    states[frame] = (byte) state;
  }

  /** Puts frames, both ends included, on a side; none in this GiB has a map. */
  void fill(int from, int to, Side side) {
    int before = 0;
    for (int frame = from; frame <= to; frame++) {
      before += states[frame];
    }
    Arrays.fill(states, from, to + 1, (byte) side.ordinal());
    shared += side.ordinal() * (to - from + 1) - before;
  }

  /** The same where there may be maps. */
  void fillMapped(int from, int to, Side side) {
    for (int frame = from; frame <= to; frame++) {
      mixed -= states[frame] >> 1;
      shared += side.ordinal() - (states[frame] & 1);
      states[frame] = (byte) side.ordinal();
      if (maps[frame] >= 0) {
        dropMap(frame);
      }
    }
  }

  /** The first page in this GiB from {@code page} that is on the other side, or the GiB's end. */
  int runEnd(int page, Side side) {
    int at = page;
    while (at < PAGES) {
      int frame = at >>> PageMap.ORDER_2M;
      int map = maps[frame];
      int next = (frame + 1) << PageMap.ORDER_2M;
      if (map < 0 && states[frame] != side.ordinal()) {
        return at;
      }
      int end = map < 0 ? next : runEnd(map, at, next, -(long) side.ordinal());
      if (end < next) {
        return end;
      }
      at = next;
    }
    return at;
  }

  private int runEnd(int map, int page, int limit, long fill) {
    int at = page;
    while (at < limit) {
      long bits = (words[map + ((at >>> 6) & WORD_MASK)] ^ fill) & (-1L << at);
      if (bits != 0) {
        return (at & -64) + Long.numberOfTrailingZeros(bits);
      }
      at = (at | 63) + 1;
    }
    return limit;
  }

  /** Is there room for more maps than is cheap to keep in a uniform block? */
  boolean isLarge() {
    return words.length > CHEAP_MAPS * WORDS;
  }

  /** Frees the maps, none of which is in use. */
  void trim() {
    maps = NO_MAPS;
    words = NO_WORDS;
    used = 0;
    free = NONE;
  }

  /** Bytes of the arrays' content. */
  long bytes() {
    return FRAMES + (words.length == 0 ? 0 : 2L * FRAMES) + 8L * words.length;
  }
}
