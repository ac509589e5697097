// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * The page sizes of a host, in pages of 4K, rising: 1, 512 and 262144 on x86-64; and those of a
 * file.
 *
 * @param pages powers of two, the first of them the host's own page
 * @param filePage the size of the file's pages
 * @param boundPage what it was when the slots were set: it may be raised afterwards
 */
public record PageSizes(List<Long> pages, long filePage, long boundPage) {
  /** Those of x86-64. */
  public static final List<Long> X86 = List.of(1L, 512L, 1L << 18);

  public PageSizes {
    pages = List.copyOf(pages);
    if (!pages.contains(filePage) || !pages.contains(boundPage)) {
      throw new IllegalArgumentException("a file's pages of one of the host's sizes");
    }
    if (pages.size() < 2) {
      throw new IllegalArgumentException("the host's own page and a larger one, or more");
    }
    for (int i = 0; i < pages.size(); i++) {
      long size = pages.get(i);
      if (Long.bitCount(size) != 1 || size < 1 || (i > 0 && size <= pages.get(i - 1))) {
        throw new IllegalArgumentException("powers of two of 4KiB or more, rising");
      }
    }
  }

  /** The file's pages are the host's largest. */
  public PageSizes(List<Long> pages) {
    this(pages, pages.getLast(), pages.getLast());
  }

  /** The sizes in {@code 4K,2M,1G}. */
  public static PageSizes parse(String text, String where) {
    List<Long> pages = new ArrayList<>();
    for (String size : text.split(",", -1)) {
      long bytes = Units.bytes(size, where);
      pages.add(bytes % Units.PAGE_BYTES == 0 ? bytes / Units.PAGE_BYTES : 0);
    }
    try {
      return new PageSizes(pages);
    } catch (IllegalArgumentException e) {
      throw new InputException(where, "'" + text + "'", String.valueOf(e.getMessage()));
    }
  }

  /**
   * The same host, with a file's pages of a size.
   *
   * @param file the host's largest if null
   * @param bound as the file's if null
   */
  public PageSizes with(@Nullable String file, @Nullable String bound) {
    long ofFile = file == null ? pages.getLast() : one(file, "--file-page");
    return new PageSizes(pages, ofFile, bound == null ? ofFile : one(bound, "--bound-at"));
  }

  private long one(String text, String where) {
    long size = Units.bytes(text, where) / Units.PAGE_BYTES;
    if (!pages.contains(size)) {
      throw new InputException(where, "'" + text + "'", "one of --pages");
    }
    return size;
  }

  /** Why a slot's offset must be a multiple of so many pages and is not, or null. */
  static @Nullable String refuses(Slot slot, long page, String why) {
    return slot.offsetPages() % page == 0
        ? null
        : "offset is no multiple of " + text(page) + ", " + why;
  }

  public long base() {
    return pages.getFirst();
  }

  /** The sizes above the host's own page. */
  public List<Long> huge() {
    return pages.subList(1, pages.size());
  }

  /** The largest that is not larger than this. */
  long largestIn(long slotPages) {
    return pages.reversed().stream().filter(p -> p <= slotPages).findFirst().orElse(base());
  }

  public static String text(long pages) {
    return Units.exactSize(pages * Units.PAGE_BYTES);
  }
}
