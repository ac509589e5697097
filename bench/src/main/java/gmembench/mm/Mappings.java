// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.PageSet;
import gmembench.guest.PerSide;
import gmembench.guest.Side;

/** Which pages are in page tables. */
public interface Mappings {
  /** The guest touches a range; returns entries that were made. */
  long add(long gfn, long pages, Side side);

  /** A discard or an unmap of a range; returns entries that were zapped. */
  long remove(Verb verb, long gfn, long pages, Side side);

  /** Is a page in page tables? */
  boolean has(long gfn, Side side);

  /** Pages whose entries were zapped last, for the second time. */
  default long activated() {
    return 0;
  }

  /**
   * What one VM maps of one file. The kernel notes a page that was used when its entry is zapped
   * (folio_mark_accessed): the first time as referenced, the second time on the active list.
   */
  final class OfFile {
    private final PageSet mapped;
    private final PageSet referenced;
    private final PageSet active;
    private long activated;

    OfFile(long guestPages) {
      mapped = new PageSet(guestPages);
      referenced = new PageSet(guestPages);
      active = new PageSet(guestPages);
    }

    private long zap(long gfn, long pages) {
      activated = 0;
      long end = gfn + pages;
      for (long from = mapped.next(gfn, end); from < end; ) {
        long to = mapped.nextAbsent(from, end);
        note(from, to);
        from = mapped.next(to, end);
      }
      return mapped.remove(gfn, pages);
    }

    private void note(long gfn, long end) {
      for (long at = gfn; at < end; ) {
        long to = referenced.next(at, end);
        referenced.add(at, to - at);
        at = referenced.nextAbsent(to, end);
        activated += active.add(to, at - to);
      }
    }

    private void free(long gfn, long pages) {
      referenced.remove(gfn, pages);
      active.remove(gfn, pages);
    }
  }

  /** One VM's. */
  final class OfOne implements Mappings {
    private final PerSide<OfFile> files;
    private long activated;

    OfOne(long guestPages, boolean inPlace) {
      files = PerSide.of(inPlace, side -> new OfFile(guestPages));
    }

    @Override
    public long add(long gfn, long pages, Side side) {
      return files.of(side).mapped.add(gfn, pages);
    }

    @Override
    public boolean has(long gfn, Side side) {
      return files.of(side).mapped.contains(gfn);
    }

    @Override
    public long remove(Verb verb, long gfn, long pages, Side side) {
      OfFile file = files.of(side);
      long zapped = file.zap(gfn, pages);
      activated = file.activated;
      if (verb == Verb.DISCARD) {
        file.free(gfn, pages);
      }
      return zapped;
    }

    @Override
    public long activated() {
      return activated;
    }
  }
}
