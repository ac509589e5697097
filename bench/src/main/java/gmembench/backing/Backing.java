// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import gmembench.Plugin;
import gmembench.Units;
import gmembench.alignment.AlignmentRule;
import gmembench.alignment.EdgesOnly;
import gmembench.alignment.HugeFrames;
import gmembench.alignment.PageSizes;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.FreeMemory;
import gmembench.linux.HugePool;
import gmembench.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/** A kind of kernel object that guest memory can be made of. */
public interface Backing extends Plugin {
  /** Parses {@code hugetlb-1g} and options; all backings have those of {@link WithAlignment}. */
  static Backing parse(String spec) {
    return WithAlignment.parse(spec);
  }

  /**
   * What a page of a file takes beside itself: entries of two page tables and of an xarray, and of
   * what is allocated for these in whole pages.
   */
  long OVERHEAD_BYTES = 32;

  /** What the JVM may take while a cell runs: its compiler's memory, and classes. */
  long JVM_BYTES = 64 << 20;

  /** Whose files a side's are: its own, unless the two sides are of two kinds. */
  default Backing of(Side side) {
    return this;
  }

  /** Can this host make one now? Tries it for real; leaves nothing behind. */
  default Support probe() {
    try (Memory memory = open(Guest.ofBytes(1 << 20), false)) {
      memory.touch(0, 1, Side.PRIVATE);
      memory.discard(0, 1, Side.PRIVATE);
      return Support.YES;
    } catch (LinuxException e) {
      return Support.no(e);
    }
  }

  /** Order of its largest folios: 0 for 4K, 9 for 2M, 18 for 1G. */
  default int folioOrder() {
    return 0;
  }

  /** In what units memory comes and goes. */
  default Granularity granularity() {
    return Granularity.PAGES;
  }

  /** Where its folios come from if not from free memory; they must be in there before a run. */
  default @Nullable HugePool pool() {
    return null;
  }

  /**
   * Can so many folios be had, from the pool or of the memory that is free? Without it the kernel
   * would end this process, or another.
   *
   * @param privates folios of private sides, all that are open at once; one that is mapped a second
   *     time counts twice
   * @param shareds the same of shared sides
   */
  default Support room(long privates, long shareds) {
    long folios = privates + shareds;
    HugePool pool = pool();
    if (pool == null) {
      long bytes = (folios << folioOrder()) * (Units.PAGE_BYTES + OVERHEAD_BYTES) + JVM_BYTES;
      FreeMemory free = FreeMemory.now();
      return bytes <= free.bytes()
          ? Support.YES
          : Support.lacking(bytes, "of memory", free.bytes(), free.bound());
    } else if (pool.free() >= folios) {
      return Support.YES;
    }
    String needs = "needs " + folios + " pages of " + pool + ", ";
    return new Support.No(
        folios > pool.most()
            ? needs + pool.most() + " can be had in half of the host's memory"
            : needs + pool.free() + " free (--reserve-hugepages)");
  }

  /** Does the kernel say of each file how many pages it has, and give what was asked for only? */
  default boolean countsPages() {
    return false;
  }

  /**
   * Are its huge pages hugetlb's? These are reserved, a punch of a part frees nothing and splits
   * nothing, and most of their struct pages are given back (HugeTLB vmemmap optimisation). Huge
   * pages of another kind are split by such a punch (truncate_inode_partial_folio).
   */
  default boolean isHugetlb() {
    return granularity() == Granularity.FOLIOS;
  }

  /** Has its private memory no entry in the kernel's direct map? */
  default boolean leavesDirectMap() {
    return false;
  }

  /** What its memory can do; anything else is refused before the run. */
  Set<Verb> verbs();

  /** What one side's memory can do of them. */
  default Set<Verb> verbs(Side side) {
    return verbs();
  }

  /** Can its memory do a verb, and if not, why? */
  default Support supports(Verb verb) {
    return verbs().contains(verb) ? Support.YES : new Support.No(name() + " has no " + verb.text());
  }

  /** Verbs without which nobody gets at what a conversion gives him; none where files are all. */
  default Set<Verb> converts() {
    return Set.of();
  }

  /** The parts of a guest that are a memslot each, as long as each is on one side. */
  default List<Slot> slots(Guest guest) {
    return guest.slots();
  }

  /** Which slots KVM takes for it, and what of them may be mapped huge. */
  default AlignmentRule alignment() {
    return new EdgesOnly();
  }

  /** The host's pages and its own. */
  default PageSizes pageSizes() {
    return new PageSizes(PageSizes.X86, 1L << folioOrder(), 1L << folioOrder());
  }

  /** Why KVM refuses a guest's slots (EINVAL), or null if it takes all. */
  default @Nullable String refuses(Guest guest) {
    for (Slot slot : guest.slots()) {
      String reason = alignment().whyNot(slot, guest.filePages(), pageSizes());
      if (reason != null) {
        return "slot " + Units.hex(slot.gpa()) + ": " + reason + " (" + alignment().name() + ")";
      }
    }
    return null;
  }

  /** The parts of a guest's slots that entries of so many pages may map: whole ones of them. */
  default List<Slot> hugeParts(Guest guest, long framePages) {
    List<Slot> parts = new ArrayList<>();
    for (Slot slot : guest.slots()) {
      HugeFrames frames = alignment().frames(slot, framePages);
      if (frames.count() > 0) {
        long from = frames.fromGfn();
        parts.add(new Slot(from, frames.endGfn() - from, slot.page(from)));
      }
    }
    return parts;
  }

  /** How many pages the guest uses all the time, which it maps again when its slots change. */
  default long hotPages() {
    return 0;
  }

  /** Has each VM of a workload a file of its own on one inode? */
  default boolean filePerVm() {
    return false;
  }

  /**
   * Has a memory of it a VM, whose mmu notifier every zap in this process calls from then on, also
   * of another memory?
   */
  default boolean opensVm() {
    return false;
  }

  /**
   * Makes the memory of a guest, empty on both sides.
   *
   * @param inPlace both sides are the same pages
   */
  Memory open(Guest guest, boolean inPlace);
}
