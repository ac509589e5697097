// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import module java.base;

import gmembench.guest.Side;

/** The map of {@link FrameMap}. */
final class Frames implements PageMap {
  private static final int FRAME = 1 << ORDER_2M;
  private static final int FRAME_MASK = FRAME - 1;
  private static final int GIB = 1 << ORDER_1G;
  private static final int GIB_MASK = GIB - 1;
  private static final int GIB_FRAMES = GIB / FRAME;
  private static final int CHUNK_ORDER = ORDER_2M + 3;
  private static final int CHUNK_FRAMES = 1 << (CHUNK_ORDER - ORDER_2M);
  private static final int GIB_CHUNKS = GIB_FRAMES / CHUNK_FRAMES;
  private static final int CHUNK_WORDS = (1 << CHUNK_ORDER) / Long.SIZE;
  private static final int FRAME_WORDS = FRAME / Long.SIZE;
  private static final long[] NO_CHUNK = {};

  private final long pages;

  /** What lies behind the last page goes with it, so that no frame is partial. */
  private final long lastPage;

  private final long lastFrame;

  private final short[] counts; // shared pages of each 2M frame
  private final int[] shared; // and of each GiB

  private final long[][] chunks;
  private long present; // chunks with bits
  private long nodeSteps;
  private long entrySteps;

  /** Sets of pages of one word, each of which visits two nodes and writes a word and two counts. */
  private long wordSets;

  /** The frame of the last of these: what is set there next writes its word only. */
  private long hotFrame = -1;

  private long hotSets; // those that did, and are not counted yet

  Frames(long pages) {
    this.pages = pages;
    this.lastPage = pages - 1;
    this.lastFrame = lastPage & -FRAME;
    this.shared = new int[Math.toIntExact((lastPage >>> ORDER_1G) + 1)];
    this.counts = new short[Math.multiplyExact(shared.length, GIB_FRAMES)];
    this.chunks = new long[counts.length / CHUNK_FRAMES][];
    Arrays.fill(chunks, NO_CHUNK);
  }

  @Override
  public long pages() {
    return pages;
  }

  @Override
  public void set(long gfn, long count, Side side) {
    boolean isInWord = Long.compareUnsigned(count - 1, ~gfn & 63) <= 0;
    if (isInWord && gfn >>> ORDER_2M == hotFrame) {
      long[] chunk = chunks[(int) (gfn >>> CHUNK_ORDER)];
      write(chunk, (int) gfn >>> 6 & (CHUNK_WORDS - 1), mask(gfn, count), side);
      hotSets++;
    } else if (isInWord && Long.compareUnsigned(gfn, lastFrame) < 0) {
      setInWord(gfn, count, side);
    } else {
      setRange(gfn, count, side);
    }
  }

  /** Pages of one word, before the last frame: no more to check. */
  private void setInWord(long gfn, long count, Side side) {
    long[] chunk = chunks[(int) (gfn >>> CHUNK_ORDER)];
    int at = (int) gfn >>> 6 & (CHUNK_WORDS - 1);
    if (Integer.compareUnsigned(at, chunk.length) >= 0) {
      setRange(gfn, count, side);
      return;
    }
    settle();
    hotFrame = gfn >>> ORDER_2M;
    count(gfn, write(chunk, at, mask(gfn, count), side));
    wordSets++;
  }

  private static long mask(long gfn, long count) {
    return ((2L << (count - 1)) - 1) << gfn;
  }

  /** Puts the pages of a mask in a word on a side; how many more are shared then. */
  private static int write(long[] chunk, int at, long mask, Side side) {
    long before = chunk[at];
    long after = side == Side.SHARED ? before | mask : before & ~mask;
    chunk[at] = after;
    return Long.bitCount(after) - Long.bitCount(before);
  }

  private void count(long gfn, int more) {
    int frame = (int) (gfn >>> ORDER_2M);
    counts[frame] = (short) (counts[frame] + more);
    shared[(int) (gfn >>> ORDER_1G)] += more;
  }

  /** Counts what was written in the hot frame; none is hot any more. */
  private void settle() {
    if (hotSets != 0) {
      count(hotFrame << ORDER_2M, uncounted());
      nodeSteps += hotSets + 1;
      entrySteps += hotSets + 2;
      hotSets = 0;
    }
    hotFrame = -1;
  }

  /** How many more of the hot frame's pages are shared than its count says. */
  private int uncounted() {
    if (hotSets == 0) {
      return 0;
    }
    long[] chunk = chunks[(int) hotFrame / CHUNK_FRAMES];
    int first = (int) hotFrame % CHUNK_FRAMES * FRAME_WORDS;
    int sum = 0;
    for (int i = first; i < first + FRAME_WORDS; i++) {
      sum += Long.bitCount(chunk[i]);
    }
    return sum - counts[(int) hotFrame];
  }

  private void setRange(long gfn, long count, Side side) {
    PageMap.check(gfn, count, pages);
    settle();
    long last = gfn + count - 1;
    long end = last == lastPage ? last | GIB_MASK : last;
    nodeSteps++;
    for (long at = gfn; at <= end; ) {
      long next = (at | FRAME_MASK) + 1;
      if ((at & FRAME_MASK) != 0 || next > end + 1) {
        setPages(at, Math.min(next - 1, end), side);
      } else if ((at & GIB_MASK) == 0 && at + GIB_MASK <= end) {
        next = (at | GIB_MASK) + 1;
        setGib((int) (at >>> ORDER_1G), side);
      } else {
        setFrame((int) (at >>> ORDER_2M), side);
      }
      at = next;
    }
  }

  /** Pages within a frame, not all of it. */
  private void setPages(long gfn, long last, Side side) {
    int index = (int) (gfn >>> CHUNK_ORDER);
    if (chunks[index].length == 0) {
      if (counts[(int) (gfn >>> ORDER_2M)] == FRAME * side.ordinal()) {
        return;
      }
      addChunk(index);
    }
    nodeSteps++;
    for (long at = gfn; at <= last; at = (at | 63) + 1) {
      long mask = mask(at, Math.min(last, at | 63) - at + 1);
      count(at, write(chunks[index], (int) at >>> 6 & (CHUNK_WORDS - 1), mask, side));
      entrySteps++;
    }
    entrySteps += 2;
  }

  private void addChunk(int index) {
    long[] chunk = new long[CHUNK_WORDS];
    for (int i = 0; i < CHUNK_WORDS; i++) {
      chunk[i] = counts[index * CHUNK_FRAMES + i / FRAME_WORDS] == 0 ? 0 : -1;
    }
    VarHandle.releaseFence(); // a reader who finds the chunk finds its bits
    chunks[index] = chunk;
    present++;
    entrySteps++;
  }

  private void setFrame(int frame, Side side) {
    int count = FRAME * side.ordinal();
    shared[frame / GIB_FRAMES] += count - counts[frame];
    counts[frame] = (short) count;
    entrySteps += 2;
    long[] chunk = chunks[frame / CHUNK_FRAMES];
    if (chunk.length > 0) {
      int first = frame % CHUNK_FRAMES * FRAME_WORDS;
      Arrays.fill(chunk, first, first + FRAME_WORDS, -(long) side.ordinal());
      entrySteps += FRAME_WORDS;
    }
  }

  /** A whole GiB, which needs no bits then. */
  private void setGib(int gib, Side side) {
    int frame = gib * GIB_FRAMES;
    Arrays.fill(counts, frame, frame + GIB_FRAMES, (short) (FRAME * side.ordinal()));
    VarHandle.releaseFence(); // a reader who finds no chunk finds the counts
    for (int index = gib * GIB_CHUNKS; index < (gib + 1) * GIB_CHUNKS; index++) {
      present -= chunks[index].length / CHUNK_WORDS;
      chunks[index] = NO_CHUNK;
    }
    shared[gib] = GIB * side.ordinal();
    entrySteps += GIB_FRAMES + GIB_CHUNKS + 1;
  }

  @Override
  public Side get(long gfn) {
    PageMap.check(gfn, 1, pages);
    int at = (int) (gfn >>> 6) & (CHUNK_WORDS - 1);
    while (true) {
      VarHandle.loadLoadFence(); // nothing that was read before is used again
      long[] chunk = chunks[(int) (gfn >>> CHUNK_ORDER)];
      if (Integer.compareUnsigned(at, chunk.length) < 0) {
        return (chunk[at] >>> gfn & 1) == 0 ? Side.PRIVATE : Side.SHARED;
      }
      VarHandle.loadLoadFence();
      int count = counts[(int) (gfn >>> ORDER_2M)];
      if ((count & FRAME_MASK) == 0) { // else it has a chunk by now
        return count == 0 ? Side.PRIVATE : Side.SHARED;
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
    if (order == ORDER_2M) {
      return (count(gfn) & FRAME_MASK) != 0;
    }
    int more = hotFrame / GIB_FRAMES == gfn >>> ORDER_1G ? uncounted() : 0;
    return ((shared[(int) (gfn >>> ORDER_1G)] + more) & GIB_MASK) != 0;
  }

  private int count(long gfn) {
    long frame = gfn >>> ORDER_2M;
    return counts[(int) frame] + (frame == hotFrame ? uncounted() : 0);
  }

  @Override
  public long runEnd(long gfn, long limit) {
    PageMap.check(gfn, limit - gfn, pages);
    int side = get(gfn).ordinal();
    long at = gfn;
    while (at < limit) {
      int count = count(at);
      if (count == FRAME * side) {
        at = (at | FRAME_MASK) + 1;
      } else if ((count & FRAME_MASK) == 0) {
        return at;
      } else {
        long word = chunks[(int) (at >>> CHUNK_ORDER)][(int) (at >>> 6) & (CHUNK_WORDS - 1)];
        long others = (word ^ -side) & -1L << at;
        if (others != 0) {
          return Math.min(limit, (at & -Long.SIZE) + Long.numberOfTrailingZeros(others));
        }
        at = (at | 63) + 1;
      }
    }
    return limit;
  }

  @Override
  public long bytes() {
    return bytes(4, 16);
  }

  /** With pointers of 8 bytes, and no headers of Java objects. */
  @Override
  public long kernelBytes() {
    return bytes(8, 0);
  }

  private long bytes(int reference, int header) {
    return 4L * shared.length
        + 2L * counts.length
        + (long) reference * chunks.length
        + present * (header + 8L * CHUNK_WORDS);
  }

  @Override
  public long nodeSteps() {
    return nodeSteps + 2 * wordSets + hotSets;
  }

  @Override
  public long entrySteps() {
    return entrySteps + 3 * wordSets + hotSets;
  }
}
