// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import module java.base;

import gmembench.Plugins;
import gmembench.Units;
import gmembench.guest.Side;
import gmembench.trace.Footprint;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.openjdk.jmh.annotations.CompilerControl;

/**
 * The conversions that trackers are compared on, as lists that leave the map as they found it, so
 * that they can be played any number of times.
 */
public final class Conversions {
  private static final long GIB = 1L << PageMap.ORDER_1G;
  private static final int FRAME = 1 << PageMap.ORDER_2M;

  /** Conversions in the measured boot, see facts in workloads/ovmf-boot.toml. */
  public static final int OVMF_BOOT = 10_002;

  /** Ranges that are shared at any time, and how many come and go in a pass. */
  public static final int LIVE = 64;

  /** Every second frame of a GiB, both ways. */
  public static final int HALF_SHARED = 512;

  static final int FLIPS = 4096;
  public static final int LIVE_RANGES = 2 * FLIPS;
  public static final long LIVE_GUEST = GIB;

  public static final long BULK_GUEST = 64 * GIB;
  public static final int BULK_SHARE = 32_768;

  public static final long ALTERNATING_GUEST = 16 * GIB;
  public static final int ALTERNATING_PAGES = 4_194_304;

  private final long guestPages;
  private final long[] gfn;
  private final int[] pages;
  private final Side[] side;
  private int size;
  private long stride;
  private int stridePages;

  private Conversions(long guestPages, int capacity) {
    this.guestPages = guestPages;
    this.gfn = new long[capacity];
    this.pages = new int[capacity];
    this.side = new Side[capacity];
  }

  private void add(long gfn, long pages, Side side) {
    this.gfn[size] = gfn;
    this.pages[size] = Math.toIntExact(pages);
    this.side[size++] = side;
  }

  public int size() {
    return size;
  }

  public long guestPages() {
    return guestPages;
  }

  /**
   * A list by its name, as in the workload column of results: {@code spread-16GiB} and {@code
   * half-shared-16GiB} come in any size.
   */
  public static Conversions named(String name) {
    return switch (name) {
      case "ovmf-boot" -> ovmfBoot();
      case "live-ranges" -> liveRanges();
      case "bulk-share" -> strided(BULK_GUEST, 2 * FRAME, FRAME);
      case "alternating-pages" -> strided(ALTERNATING_GUEST, 2, 1);
      default -> sized(name);
    };
  }

  private static Conversions sized(String name) {
    for (String kind : List.of("spread-", "half-shared-")) {
      if (name.startsWith(kind)) {
        long pages = Units.bytes(name.substring(kind.length()), name) / Units.PAGE_BYTES;
        return kind.equals("spread-") ? liveRanges(pages) : strided(pages, 2 * FRAME, FRAME);
      }
    }
    throw new IllegalArgumentException(name + ": no list of conversions");
  }

  /** The flips of the measured boot in a 1 GiB guest, in their order. */
  static Conversions ovmfBoot() {
    Workload boot = WorkloadFile.read(home().resolve("workloads/ovmf-boot.toml"));
    long count = Footprint.of(boot.trace(), boot.guest()).conversions();
    Conversions all = new Conversions(boot.guest().pages(), Math.toIntExact(count));
    boot.trace()
        .forEach((atNs, vcpu, op, gfn, pages) -> {
          if (op.isConversion()) {
            all.add(gfn, pages, op.side());
          }
        });
    return all;
  }

  /** The launcher says where the checkout is; tests run in its bench folder. */
  static Path home() {
    Path home = Path.of(System.getProperty("gmembench.home", "."));
    return Files.isDirectory(home.resolve("workloads")) ? home : home.resolve("..");
  }

  /** 64 ranges of 1 or 2 pages are shared at any time; the oldest goes, one anywhere comes. */
  static Conversions liveRanges() {
    return liveRanges(LIVE_GUEST);
  }

  private static Conversions liveRanges(long guestPages) {
    SplittableRandom random = new SplittableRandom(64);
    long[] starts = random.longs(FLIPS, 0, guestPages - 1).toArray();
    Conversions all = new Conversions(guestPages, LIVE_RANGES);
    for (int i = 0; i < FLIPS; i++) {
      int oldest = Math.floorMod(i - LIVE, FLIPS);
      all.add(starts[oldest], 1 + oldest % 2, Side.PRIVATE);
      all.add(starts[i], 1 + i % 2, Side.SHARED);
    }
    return all;
  }

  /**
   * Every so many pages some are shared, from the bottom up; then all are made private again. These
   * are computed as they are played: to read millions of them would be measured as well.
   */
  private static Conversions strided(long guestPages, int stride, int pages) {
    Conversions all = new Conversions(guestPages, 0);
    all.stride = stride;
    all.stridePages = pages;
    all.size = 2 * Math.toIntExact(guestPages / stride);
    return all;
  }

  /**
   * In a guest whose every second frame is shared, 256 of these all over it are made private and
   * shared again.
   */
  static Conversions framesOfHalf(long guestPages) {
    Conversions all = new Conversions(guestPages, HALF_SHARED);
    long stride = guestPages / (HALF_SHARED / 2);
    for (Side side : List.of(Side.PRIVATE, Side.SHARED)) {
      for (int i = 0; i < HALF_SHARED / 2; i++) {
        all.add(i * stride, FRAME, side);
      }
    }
    return all;
  }

  PageMap open(Tracker tracker) {
    return tracker.open(guestPages);
  }

  PageMap open(String tracker) {
    return open(Plugins.parse(Tracker.class, tracker));
  }

  void play(PageMap map) {
    play(map, 0, size);
  }

  void play(PageMap map, int from, int to) {
    if (stride > 0) {
      int half = size / 2;
      playStrided(map, from, Math.min(to, half), Side.SHARED);
      playStrided(map, Math.max(from, half) - half, to - half, Side.PRIVATE);
      return;
    }
    for (int i = from; i < to; i++) {
      set(map, gfn[i], pages[i], side[i]);
    }
  }

  private void playStrided(PageMap map, int from, int to, Side target) {
    for (int i = from; i < to; i++) {
      set(map, i * stride, stridePages, target);
    }
  }

  /** A call of its own: in a loop, the compiler would keep a map's fields in registers. */
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static void set(PageMap map, long gfn, long pages, Side side) {
    map.set(gfn, pages, side);
  }
}
