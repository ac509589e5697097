// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.trace.Batch;
import gmembench.trace.Op;

/**
 * Eager punches of a guest in slots: an array of the file's pages a side, and one of the guest's
 * gfns. 2M pages come whole, and go if one call punches all of one.
 */
final class NaiveSlots {
  private static final int FOLIO = 512;

  private final List<Slot> slots;
  private final int filePages;
  private final boolean[] isHuge;
  private final boolean[][] resident;
  private final boolean[][] mapped;
  private final boolean[] shared;
  private final long[] peaks = new long[3];
  private long zapped;
  private final Map<String, Long> figures = new TreeMap<>();

  NaiveSlots(Guest guest, boolean privateHuge, boolean sharedHuge) {
    this.slots = guest.slots();
    this.filePages = (int) guest.filePages();
    this.isHuge = new boolean[] {privateHuge, sharedHuge};
    this.resident = new boolean[2][filePages];
    this.mapped = new boolean[2][filePages];
    this.shared = new boolean[(int) guest.pages() + 1];
  }

  /** Page of the file behind a gfn, -1 in a hole. */
  private int page(long gfn) {
    for (Slot slot : slots) {
      if (gfn >= slot.gfn() && gfn < slot.gfn() + slot.pages()) {
        return (int) (slot.offsetPages() + gfn - slot.gfn());
      }
    }
    return -1;
  }

  void run(Batch events) {
    Set<Long> used = new TreeSet<>();
    for (int i = 0; i < events.size; i++) {
      for (long gfn = events.gfn[i] - 1; gfn <= events.gfn[i] + events.pages[i]; gfn++) {
        if (page(gfn) >= 0) {
          used.add(gfn);
        }
      }
    }
    used.forEach(gfn -> touch(gfn, 0));
    notePeaks();
    figures.put("huge_mapped_start_bytes", hugeMapped());
    for (int i = 0; i < events.size; i++) {
      int to = Op.of(events.op[i]).side() == Side.SHARED ? 1 : 0;
      punch(events.gfn[i], events.gfn[i] + events.pages[i], 1 - to);
      for (long gfn = events.gfn[i]; gfn < events.gfn[i] + events.pages[i]; gfn++) {
        touch(gfn, to);
        shared[(int) gfn] = to == 1;
      }
      notePeaks();
    }
    figures.put("huge_mapped_end_bytes", hugeMapped());
    String[] names = {"private_peak_bytes", "shared_peak_bytes", "double_allocated_peak_bytes"};
    for (int i = 0; i < 3; i++) {
      figures.put(names[i], peaks[i] * 4096);
    }
    if (isHuge[0]) {
      figures.put("outside_end_bytes", outside());
    } else {
      figures.put("total_ns", zapped);
    }
  }

  Map<String, Long> figures() {
    return figures;
  }

  private void touch(long gfn, int side) {
    int page = page(gfn);
    mapped[side][page] = true;
    int from = isHuge[side] ? page / FOLIO * FOLIO : page;
    int end = isHuge[side] ? from + FOLIO : page + 1;
    Arrays.fill(resident[side], from, end, true);
  }

  /** One call for what is in one piece in the file. */
  private void punch(long gfn, long end, int side) {
    for (long from = gfn, to; from < end; from = to) {
      to = from + 1;
      while (to < end && page(to) == page(to - 1) + 1) {
        to++;
      }
      for (long at = from; at < to; at++) {
        int page = page(at);
        if (!isHuge[side]) {
          zapped += mapped[side][page] ? 1 : 0;
          mapped[side][page] = false;
          resident[side][page] = false;
          continue;
        }
        int folio = page / FOLIO * FOLIO;
        if (folio >= page(from) && folio + FOLIO <= page(to - 1) + 1) {
          resident[side][page] = false;
        }
      }
    }
  }

  private void notePeaks() {
    long both = 0;
    long[] one = new long[2];
    for (int page = 0; page < filePages; page++) {
      one[0] += resident[0][page] ? 1 : 0;
      one[1] += resident[1][page] ? 1 : 0;
      both += resident[0][page] && resident[1][page] ? 1 : 0;
    }
    peaks[0] = Math.max(peaks[0], one[0]);
    peaks[1] = Math.max(peaks[1], one[1]);
    peaks[2] = Math.max(peaks[2], both);
  }

  /** Bytes of the file that are there and no gfn's; -1, which is no figure, if slots show all. */
  private long outside() {
    boolean[] shown = new boolean[filePages];
    long count = 0;
    for (Slot slot : slots) {
      Arrays.fill(shown, (int) slot.offsetPages(), (int) (slot.offsetPages() + slot.pages()), true);
      count += slot.pages();
    }
    long outside = 0;
    for (int page = 0; page < filePages; page++) {
      outside += !shown[page] && resident[0][page] ? 1 : 0;
      outside += !shown[page] && resident[1][page] ? 1 : 0;
    }
    return count == filePages ? -1 : outside * 4096;
  }

  /**
   * As kvm_alloc_memslot_metadata does for level 2M, with the file's offset where it has the
   * userspace address: an entry of lpage_info for each frame that the slot touches; the first and
   * the last are disallowed if the slot's edge is in them, and all if base and offset differ.
   */
  private long hugeMapped() {
    long bytes = 0;
    for (Slot slot : slots) {
      long base = slot.gfn();
      long npages = slot.pages();
      int lpages = (int) (((base + npages - 1) >> 9) - (base >> 9) + 1);
      boolean[] disallow = new boolean[lpages];
      if ((base & 511) != 0) {
        disallow[0] = true;
      }
      if (((base + npages) & 511) != 0) {
        disallow[lpages - 1] = true;
      }
      if (((base ^ slot.offsetPages()) & 511) != 0) {
        Arrays.fill(disallow, true);
      }
      for (int i = 0; i < lpages; i++) {
        bytes += !disallow[i] && isUniform(((base >> 9) + i) << 9) ? FOLIO * 4096L : 0;
      }
    }
    return isHuge[0] ? bytes : -1;
  }

  /** All of a frame is on one side, whose file is huge. */
  private boolean isUniform(long gfn) {
    for (long at = gfn; at < gfn + FOLIO; at++) {
      if (shared[(int) at] != shared[(int) gfn]) {
        return false;
      }
    }
    return isHuge[shared[(int) gfn] ? 1 : 0];
  }
}
