// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import module java.base;

import gmembench.InputException;
import gmembench.Units;

/**
 * The page sizes of a host, in pages of 4K, rising: 1, 512 and 262144 on x86-64.
 *
 * @param pages powers of two, the first of them the host's own page
 */
public record PageSizes(List<Long> pages) {
  public PageSizes {
    pages = List.copyOf(pages);
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
