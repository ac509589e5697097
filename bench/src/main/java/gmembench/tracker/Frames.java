// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.guest.Side;

/** The map of {@link FrameMap}: what a set, a get and a search do on its levels. */
final class Frames implements PageMap {
  private static final int FRAME_MASK = (1 << ORDER_2M) - 1;
  private static final int GIB_MASK = (1 << ORDER_1G) - 1;
  private static final int NONE = -1;

  private final long pages;

  /** What lies behind the last page goes with it, so that no frame is partial. */
  private final long lastPage;

  private final Version version = new Version();
  private final GibTable gibs;

  private final IdleFrames idle = new IdleFrames();

  /**
   * The frame that was written last, if it has a map, and where that is. Its state is not kept
   * while it is hot: a flip there writes one word, as in a bitmap.
   */
  private long hotFrame = NONE;

  private long[] hotWords = {};

  /** What to add to the number of a word in the guest; it may wrap. */
  private int hotBase;

  /** Sets that wrote a word of the hot frame: their steps are not counted one by one. */
  private long wordSets;

  private long nodeSteps;
  private long entrySteps;

  Frames(long pages) {
    this.pages = pages;
    this.lastPage = pages - 1;
    this.gibs = new GibTable(pages, version);
  }

  @Override
  public long pages() {
    return pages;
  }

  @Override
  public void set(long gfn, long count, Side side) {
    // Pages of one word of the hot frame, which is wholly inside the guest: no more to check.
    if (gfn >>> ORDER_2M == hotFrame && Long.compareUnsigned(count - 1, ~gfn & 63) <= 0) {
      setWord(gfn, count, side);
      return;
    }
    PageMap.check(gfn, count, pages);
    settle();
    long last = gfn + count - 1;
    if (count == FRAME_MASK + 1 && (gfn & FRAME_MASK) == 0 && last != lastPage) {
      setFrame(gfn, side);
    } else {
      setRange(gfn, last == lastPage ? last | GIB_MASK : last, side);
    }
  }

  private void setWord(long gfn, long count, Side side) {
    int at = hotBase + (int) (gfn >>> 6);
    long mask = -1L >>> -count << gfn;
    if (side == Side.SHARED) {
      hotWords[at] |= mask;
    } else {
      hotWords[at] &= ~mask;
    }
    wordSets++; // after the write: before it, the two writes wait for each other (+20 %)
  }

  /** No frame is hot any more. */
  private void settle() {
    long frame = hotFrame;
    hotFrame = NONE;
    if (frame != NONE) {
      judge(frame);
    }
  }

  private void setRange(long gfn, long last, Side side) {
    if ((gfn ^ last) >>> ORDER_2M == 0 && (~gfn & last & FRAME_MASK) != FRAME_MASK) {
      setPages(gfn, last, side);
      return;
    }
    long head = gfn | FRAME_MASK;
    long from = gfn;
    if ((gfn & FRAME_MASK) != 0) {
      setPages(gfn, head, side);
      settle();
      from = head + 1;
    }
    long tail = (last + 1) & ~FRAME_MASK;
    if (from < tail) {
      setFrames(from, tail - 1, side);
    }
    if (tail <= last) {
      setPages(tail, last, side);
    }
  }

  /** Pages within a frame, not all of it. */
  private void setPages(long gfn, long last, Side side) {
    int index = (int) (gfn >>> ORDER_1G);
    int frame = (int) (gfn >>> ORDER_2M) & Gib.MASK;
    Gib gib = gibs.get(index);
    nodeSteps += 2;
    if (gib.states[frame] == side.ordinal()) {
      return;
    }
    if (gib.maps[frame] < 0) {
      gib = gibs.own(index);
      gib.addMap(frame);
      entrySteps += 2;
    }
    int map = gib.maps[frame];
    int first = map + ((int) (gfn >>> 6) & Gib.WORD_MASK);
    int end = map + ((int) (last >>> 6) & Gib.WORD_MASK);
    entrySteps += end - first + 1;
    long fill = side == Side.SHARED ? -1L : 0L;
    long[] words = gib.words;
    long mask = -1L << gfn;
    for (int i = first; i < end; i++) {
      words[i] ^= (words[i] ^ fill) & mask;
      mask = -1L;
    }
    mask &= -1L >>> ~last;
    words[end] ^= (words[end] ^ fill) & mask;
    if (gfn >>> ORDER_2M == lastPage >>> ORDER_2M) {
      judge(gfn >>> ORDER_2M);
    } else {
      hotFrame = gfn >>> ORDER_2M;
      hotWords = words;
      hotBase = map - ((int) (gfn >>> 6) & ~Gib.WORD_MASK);
    }
  }

  /** A frame with a map was written to: is it mixed now? */
  private void judge(long frameOfGuest) {
    int index = (int) (frameOfGuest >>> (ORDER_1G - ORDER_2M));
    int frame = (int) frameOfGuest & Gib.MASK;
    Gib gib = gibs.get(index);
    int before = gib.states[frame];
    if (gib.judge(frame) == before) {
      return;
    }
    entrySteps++;
    if (before == Gib.MIXED) {
      idle(frameOfGuest);
    }
    if (gib.isUniform() && (!gibs.lingers(index) || gib.isLarge())) {
      gibs.linger(index);
    }
  }

  /** The frame keeps its map for now; the one that has been idle longest may lose its own. */
  private void idle(long frame) {
    long oldest = idle.add(frame);
    if (oldest == frame) {
      return;
    }
    Gib gib = gibs.get((int) (oldest >>> (ORDER_1G - ORDER_2M)));
    if (gib.isIdle((int) oldest & Gib.MASK)) {
      version.open();
      gib.dropMap((int) oldest & Gib.MASK);
      version.close();
    }
  }

  /** An aligned frame: a byte, if it has no map. */
  private void setFrame(long gfn, Side side) {
    int index = (int) (gfn >>> ORDER_1G);
    int frame = (int) (gfn >>> ORDER_2M) & Gib.MASK;
    Gib gib = gibs.get(index);
    if (gib.isConstant() || gib.maps[frame] >= 0) {
      setFrames(index, frame, frame, side);
      return;
    }
    nodeSteps++;
    entrySteps++;
    gib.setState(frame, side);
    if (gib.isUniform()) {
      gibs.linger(index);
    }
  }

  private void setFrames(long gfn, long last, Side side) {
    for (long at = gfn; at <= last; at = (at | GIB_MASK) + 1) {
      int index = (int) (at >>> ORDER_1G);
      long end = Math.min(last, at | GIB_MASK);
      if (end - at == GIB_MASK) {
        gibs.setAll(index, side);
      } else {
        int from = (int) (at >>> ORDER_2M) & Gib.MASK;
        int to = (int) (end >>> ORDER_2M) & Gib.MASK;
        setFrames(index, from, to, side);
      }
    }
  }

  private void setFrames(int index, int from, int to, Side side) {
    nodeSteps++;
    Gib gib = gibs.get(index);
    if (gib == Gib.all(side)) {
      return;
    }
    gib = gibs.own(index);
    if (gib.words.length > 0) {
      version.open();
      gib.fillMapped(from, to, side);
      version.close();
    } else {
      gib.fill(from, to, side);
    }
    entrySteps += to - from + 1;
    if (gib.isUniform()) {
      gibs.linger(index);
    }
  }

  @Override
  public Side get(long gfn) {
    PageMap.check(gfn, 1, pages);
    int frame = (int) (gfn >>> ORDER_2M) & Gib.MASK;
    while (true) {
      int seen = version.read();
      int state = gibs.get((int) (gfn >>> ORDER_1G)).get(frame, gfn);
      if (version.holds(seen) && state != Gib.MIXED) {
        return state == 0 ? Side.PRIVATE : Side.SHARED;
      }
    }
  }

  @Override
  public boolean readersMayRace() {
    return true;
  }

  @Override
  public boolean knowsMixed() {
    return true;
  }

  @Override
  public boolean isMixed(long gfn, int order) {
    PageMap.check(gfn, 1, pages);
    PageMap.frameStart(gfn, order);
    Gib gib = gibs.get((int) (gfn >>> ORDER_1G));
    if (order == ORDER_2M) {
      return gib.state((int) (gfn >>> ORDER_2M) & Gib.MASK) == Gib.MIXED;
    }
    boolean isHot = hotFrame != NONE && hotFrame >>> (ORDER_1G - ORDER_2M) == gfn >>> ORDER_1G;
    return !(isHot ? gib.isUniformWith((int) hotFrame & Gib.MASK) : gib.isUniform());
  }

  @Override
  public long runEnd(long gfn, long limit) {
    PageMap.check(gfn, limit - gfn, pages);
    Side side = get(gfn);
    long at = gfn;
    while (at < limit) {
      Gib gib = gibs.get((int) (at >>> ORDER_1G));
      int inGib = (int) at & GIB_MASK;
      int end = gib == Gib.all(side) ? GIB_MASK + 1 : gib.runEnd(inGib, side);
      at += end - inGib;
      if (end <= GIB_MASK) {
        break;
      }
    }
    return Math.min(at, limit);
  }

  @Override
  public long bytes() {
    return gibs.bytes(4, 64);
  }

  /** With pointers of 8 bytes, and no headers of Java objects. */
  @Override
  public long kernelBytes() {
    return gibs.bytes(8, 24);
  }

  @Override
  public long nodeSteps() {
    return nodeSteps + 2 * wordSets;
  }

  @Override
  public long entrySteps() {
    return entrySteps + wordSets + gibs.writes;
  }
}
