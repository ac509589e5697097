// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.guest.Side;

/**
 * Pages of one side as entries of an XArray: all but how a range is set. Readers may race with the
 * writer, as under RCU.
 */
abstract class XaMap implements PageMap {
  final long pages;
  final Side stored;
  final XaTree tree = new XaTree();

  /**
   * An empty array: all pages are on the other side.
   *
   * @param stored the side whose pages have entries
   */
  XaMap(long pages, Side stored) {
    this.pages = pages;
    this.stored = stored;
  }

  /** With all pages private, as a guest starts. */
  final PageMap started() {
    if (stored == Side.PRIVATE) {
      set(0, pages, Side.PRIVATE);
    }
    return this;
  }

  @Override
  public final long pages() {
    return pages;
  }

  @Override
  public final Side get(long gfn) {
    PageMap.check(gfn, 1, pages);
    return tree.load(gfn) ? stored : stored.other();
  }

  @Override
  public final long runEnd(long gfn, long limit) {
    PageMap.check(gfn, limit - gfn, pages);
    return tree.runEnd(gfn, limit, get(gfn) == stored);
  }

  /** Entry by entry, as far as there are any; to find the next of them is one look. */
  @Override
  public final long looks(long gfn, long count, Side side) {
    return side == stored ? tree.looks(gfn, gfn + count) : 1;
  }

  @Override
  public final boolean readersMayRace() {
    return true;
  }

  @Override
  public final long bytes() {
    return tree.bytes();
  }

  @Override
  public final long kernelBytes() {
    return tree.kernelBytes();
  }

  @Override
  public final long nodeSteps() {
    return tree.nodeSteps;
  }

  @Override
  public final long entrySteps() {
    return tree.entrySteps;
  }
}
