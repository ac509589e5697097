// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import gmembench.Units;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * A VM's slot table when the sides are slots of their own: which slots are deleted and which are
 * set so that a range is on a side. It knows nothing of the kernel, so the model has the same
 * table.
 *
 * <p>The guest is cut into sections, which are its slots at first; slots never cross a section. The
 * kernel changes slots one by one, deleting before setting, since they may not overlap; neighbours
 * on one side become one slot again. Safe from any thread: sections are locked one by one, so that
 * threads in different sections meet in the kernel and not here.
 */
public final class Memslots {
  /**
   * A memslot that is set.
   *
   * @param id its number in KVM
   * @param side private slots have the guest_memfd, shared ones only the shared mapping
   */
  public record Entry(int id, long gfn, long pages, Side side) {
    public long endGfn() {
      return gfn + pages;
    }
  }

  /** What becomes of the kernel's slots; called in the order in which KVM allows it. */
  public interface Changes {
    void remove(Entry slot);

    void set(Entry slot);
  }

  /** Who keeps anything in slots. */
  public interface Watch {
    /** A slot was set, where others were deleted before. */
    void slotSet(long gfn, long pages);
  }

  /** The slots of a section by gfn; also its lock. */
  private static final class Section {
    final long gfn;
    final long endGfn;
    final List<Entry> slots = new ArrayList<>();

    Section(long gfn, long endGfn) {
      this.gfn = gfn;
      this.endGfn = endGfn;
    }
  }

  private final Section[] sections;
  private final long[] starts;
  private final ArrayDeque<Integer> freeIds = new ArrayDeque<>();
  private int ids;
  private Watch watch = (gfn, pages) -> {};

  /**
   * A table without slots.
   *
   * @param firstId slots are numbered from here
   * @param mostIds KVM_CAP_NR_MEMSLOTS
   */
  public Memslots(List<Slot> sections, int firstId, long mostIds) {
    if (sections.size() > mostIds - firstId) {
      throw new LinuxException(
          "slots exhausted: the guest needs "
              + sections.size()
              + (firstId == 0 ? "" : " on top of " + firstId)
              + ", KVM_CAP_NR_MEMSLOTS is "
              + mostIds);
    }
    this.sections =
        sections.stream().map(s -> new Section(s.gfn(), s.endGfn())).toArray(Section[]::new);
    this.starts = sections.stream().mapToLong(Slot::gfn).toArray();
    this.ids = firstId;
  }

  /** Says what is set from now on, to this watch alone. */
  public void watch(Watch watch) {
    this.watch = watch;
  }

  /** Cuts slots into pieces of a size at most; 0 leaves them whole. */
  static List<Slot> cut(List<Slot> slots, long bytes) {
    if (bytes == 0) {
      return slots;
    }
    long most = bytes / Units.PAGE_BYTES;
    List<Slot> all = new ArrayList<>();
    for (Slot slot : slots) {
      for (long at = 0; at < slot.pages(); at += most) {
        long pages = Math.min(most, slot.pages() - at);
        all.add(new Slot(slot.gfn() + at, pages, slot.offsetPages() + at));
      }
    }
    return all;
  }

  /**
   * Puts a range on a side. What is there already stays as it is; what no slot covers gets one.
   *
   * @return slots that were deleted or set
   */
  public long put(long gfn, long pages, Side side, Changes changes) {
    long done = 0;
    long end = gfn + pages;
    for (int i = sectionAt(gfn); i < sections.length && sections[i].gfn < end; i++) {
      Section section = sections[i];
      synchronized (section) {
        done +=
            put(section, Math.max(gfn, section.gfn), Math.min(end, section.endGfn), side, changes);
      }
    }
    return done;
  }

  /** The slot that a gfn is in, if it is in any. */
  @Nullable Entry at(long gfn) {
    int at = sectionAt(gfn);
    if (at == sections.length) {
      return null;
    }
    Section section = sections[at];
    synchronized (section) {
      for (Entry slot : section.slots) {
        if (slot.gfn <= gfn && gfn < slot.endGfn()) {
          return slot;
        }
      }
    }
    return null;
  }

  /** How many slots of a side a range crosses: of private ones, how many bindings of the file. */
  public long crossed(long gfn, long pages, Side side) {
    long count = 0;
    long end = gfn + pages;
    for (int i = sectionAt(gfn); i < sections.length && sections[i].gfn < end; i++) {
      synchronized (sections[i]) {
        for (Entry slot : sections[i].slots) {
          count += slot.side == side && slot.gfn < end && gfn < slot.endGfn() ? 1 : 0;
        }
      }
    }
    return count;
  }

  private int sectionAt(long gfn) {
    int at = Arrays.binarySearch(starts, gfn);
    int before = at >= 0 ? at : Math.max(0, -at - 2);
    return sections[before].endGfn > gfn ? before : before + 1;
  }

  /**
   * [from, to) and its neighbours of that side become one slot; a slot that it cuts, up to three.
   */
  private long put(Section section, long from, long to, Side side, Changes changes) {
    List<Entry> slots = section.slots;
    int first = 0;
    while (first < slots.size() && slots.get(first).endGfn() < from) {
      first++;
    }
    int last = first;
    while (last < slots.size() && slots.get(last).gfn <= to) {
      last++;
    }
    List<Entry> touched = slots.subList(first, last);
    long wideFrom = from;
    long wideTo = to;
    List<Entry> gone = new ArrayList<>(touched.size());
    for (Entry slot : touched) {
      if (slot.side == side && slot.gfn <= from && to <= slot.endGfn()) {
        return 0;
      } else if (slot.side == side) {
        wideFrom = Math.min(wideFrom, slot.gfn);
        wideTo = Math.max(wideTo, slot.endGfn());
        gone.add(slot);
      } else if (slot.gfn < to && from < slot.endGfn()) {
        gone.add(slot);
      }
    }
    return replace(slots, gone, wideFrom, wideTo, side, changes);
  }

  private long replace(
      List<Entry> slots, List<Entry> gone, long from, long to, Side side, Changes changes) {
    List<Entry> fresh = new ArrayList<>(3);
    for (Entry slot : gone) {
      changes.remove(slot);
      release(slot.id);
    }
    for (Entry slot : gone) {
      if (slot.gfn < from) {
        fresh.add(new Entry(takeId(), slot.gfn, from - slot.gfn, slot.side));
      }
    }
    fresh.add(new Entry(takeId(), from, to - from, side));
    for (Entry slot : gone) {
      if (slot.endGfn() > to) {
        fresh.add(new Entry(takeId(), to, slot.endGfn() - to, slot.side));
      }
    }
    int at = 0;
    while (at < slots.size() && slots.get(at).gfn < fresh.getFirst().gfn) {
      at++;
    }
    slots.removeAll(gone);
    slots.addAll(at, fresh);
    fresh.forEach(slot -> {
      changes.set(slot);
      watch.slotSet(slot.gfn, slot.pages);
    });
    return (long) gone.size() + fresh.size();
  }

  /** Deletes every slot: the guest has no memory until {@link #put} gives it some. */
  public void clear(Changes changes) {
    for (Section section : sections) {
      synchronized (section) {
        for (Entry slot : section.slots) {
          changes.remove(slot);
          release(slot.id);
        }
        section.slots.clear();
      }
    }
  }

  private int takeId() {
    synchronized (freeIds) {
      Integer free = freeIds.pollLast();
      return free == null ? ids++ : free;
    }
  }

  private void release(int id) {
    synchronized (freeIds) {
      freeIds.addLast(id);
    }
  }

  /** How many slots there are. */
  public int count() {
    int count = 0;
    for (Section section : sections) {
      synchronized (section) {
        count += section.slots.size();
      }
    }
    return count;
  }

  /** The slots by gfn: for tests and for looking at. */
  public List<Entry> slots() {
    return Arrays.stream(sections).flatMap(s -> s.slots.stream()).toList();
  }
}
