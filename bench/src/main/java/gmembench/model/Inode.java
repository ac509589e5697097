// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.Errno;
import gmembench.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * A guest_memfd as it may become: the inode is the storage, with each page's content and side, and
 * a file is one VM's view of it, with slots and permissions of its own. A model without costs; the
 * kernel has one file an inode, and links to other VMs' files are an RFC. Pages live as long as any
 * view does, so memory may outlive the VM that filled it.
 *
 * <p>Not for several threads: in the kernel all this is under the inode's invalidate_lock.
 */
public final class Inode {
  private final long pages;
  private final long[] words;
  private final BitSet allocated = new BitSet();
  private final BitSet shared = new BitSet();
  private final List<View> views = new ArrayList<>();

  /** All private, nothing allocated. */
  public Inode(int pages) {
    this.pages = pages;
    this.words = new long[pages];
  }

  /** A file for a VM. */
  public View open(int vm, boolean mayWrite) {
    return new View(vm, mayWrite, null);
  }

  public long allocatedPages() {
    return allocated.cardinality();
  }

  public Side side(long page) {
    return shared.get((int) page) ? Side.SHARED : Side.PRIVATE;
  }

  /** What a mapping in the host's userspace shows; private pages cannot be mapped there. */
  public long hostRead(long page) {
    if (side(page) == Side.PRIVATE) {
      throw error("fault", Errno.EACCES, "the page is private");
    }
    allocated.set((int) page);
    return words[(int) page];
  }

  /** Pages go to a side, in every VM, and keep their content; returns mappings that were zapped. */
  private long convert(long page, long count, Side to) {
    shared.set((int) page, (int) (page + count), to == Side.SHARED);
    return zap(page, count);
  }

  /** Takes pages out of every VM's page tables; their content stays. Returns what was zapped. */
  public long unmap(long page, long count) {
    return zap(page, count);
  }

  private long zap(long page, long count) {
    long zapped = 0;
    for (View view : views) {
      zapped += view.mapped.get((int) page, (int) (page + count)).cardinality();
      view.mapped.clear((int) page, (int) (page + count));
    }
    return zapped;
  }

  /** Frees pages in every VM; they read zero. Returns mappings that were zapped. */
  public long punch(long page, long count) {
    allocated.clear((int) page, (int) (page + count));
    java.util.Arrays.fill(words, (int) page, (int) (page + count), 0);
    return zap(page, count);
  }

  private static LinuxException error(String call, int errno, String hint) {
    return new LinuxException(call, errno, hint);
  }

  /** One VM's file. */
  public final class View implements AutoCloseable {
    private final int vm;
    private final boolean mayWrite;
    private final List<Slot> slots = new ArrayList<>();

    /** Pages of the inode that this VM has in its page tables. */
    private final BitSet mapped = new BitSet();

    /** Whom this is to take over from, until it has. */
    private @Nullable View source;

    private boolean revoked;

    private View(int vm, boolean mayWrite, @Nullable View source) {
      this.vm = vm;
      this.mayWrite = mayWrite;
      this.source = source;
      views.add(this);
    }

    public int vm() {
      return vm;
    }

    public boolean mayWrite() {
      return mayWrite;
    }

    /** The storage behind this file. */
    Inode inode() {
      return Inode.this;
    }

    /**
     * fallocate with PUNCH_HOLE, by pages of the file: frees them in every VM. Owners only.
     *
     * @return mappings that were zapped, in all VMs
     */
    public long punch(long page, long count) {
      requireOwner("fallocate");
      return Inode.this.punch(page, count);
    }

    /** fallocate: pages of the file are there before anyone touches them. Owners only. */
    public void allocate(long page, long count) {
      requireOwner("fallocate");
      allocated.set((int) page, (int) (page + count));
    }

    /**
     * KVM_SET_USER_MEMORY_REGION2, with its errors in KVM's order: addresses before anything of the
     * file (kvm_check_memslot_overlap), then kvm_gmem_bind's. Pages that are in another slot were
     * EINVAL up to Linux 7.1.
     */
    public void bind(Slot slot) {
      if (slots.stream().anyMatch(slot::overlaps)) {
        throw error("bind", Errno.EEXIST, "the VM has a slot at these addresses");
      }
      if (slot.endOffsetPages() > pages) {
        throw error("bind", Errno.EINVAL, "past the end of the file");
      }
      if (slots.stream().anyMatch(slot::sharesFileWith)) {
        throw error("bind", Errno.EEXIST, "the VM has these pages in another slot");
      }
      slots.add(slot);
    }

    /** The guest writes a word to a page; faults it in. */
    public void write(long gfn, long word) {
      if (!mayWrite) {
        throw error("fault", Errno.EACCES, "this VM's file is read-only");
      }
      words[fault(gfn)] = word;
    }

    /** The guest reads a word of a page; faults it in. */
    public long read(long gfn) {
      return words[fault(gfn)];
    }

    private int fault(long gfn) {
      if (source != null || revoked) {
        throw error("fault", Errno.EPERM, revoked ? "handed over" : "not handed over yet");
      }
      int page = (int) page(gfn, 1);
      allocated.set(page);
      mapped.set(page);
      return page;
    }

    private long page(long gfn, long count) {
      for (Slot slot : slots) {
        if (slot.gfn() <= gfn && gfn + count <= slot.endGfn()) {
          return gfn - slot.gfn() + slot.offsetPages();
        }
      }
      throw error("fault", Errno.EFAULT, "no slot of this VM is there");
    }

    /**
     * The guest asks for a range to be put on a side; it is so for every VM.
     *
     * @return mappings that were zapped, in all VMs
     */
    public long convert(long gfn, long count, Side to) {
      requireOwner("convert");
      return Inode.this.convert(page(gfn, count), count, to);
    }

    /** Throws if this VM may only read, or the memory is another's by now or still. */
    void requireOwner(String call) {
      if (!mayWrite || source != null || revoked) {
        throw error(call, mayWrite ? Errno.EPERM : Errno.EACCES, "not this VM's to " + call);
      }
    }

    /** Has this VM a gfn in its page tables? */
    public boolean isMapped(long gfn) {
      return mapped.get((int) page(gfn, 1));
    }

    public int mappedPages() {
      return mapped.cardinality();
    }

    /**
     * Intra-host migration begins: a file for the target VM on the same inode. It can be bound, but
     * nothing can be mapped through it before {@link #takeOver}; until then this VM goes on.
     */
    public View handTo(int targetVm) {
      if (source != null || revoked) {
        throw error("link", Errno.EPERM, "this file is not the owner");
      }
      return new View(targetVm, mayWrite, this);
    }

    /** The target goes on with the memory as it is, and the source can map nothing any more. */
    public void takeOver() {
      View from = source;
      if (from == null || from.revoked) {
        throw error("take over", Errno.EPERM, "nobody hands over");
      }
      if (!from.layout().equals(layout())) {
        throw error("take over", Errno.EINVAL, "the slots are not those of the source");
      }
      from.revoke();
      source = null;
    }

    /** The VM stops for good: it can map nothing any more, and has nothing mapped. */
    void revoke() {
      revoked = true;
      mapped.clear();
    }

    private List<Slot> layout() {
      return slots.stream().sorted(Comparator.comparingLong(Slot::gfn)).toList();
    }

    /** The VM is gone. Its pages go with the last view. */
    @Override
    public void close() {
      views.remove(this);
      if (views.isEmpty()) {
        Inode.this.punch(0, pages);
        shared.clear();
      }
    }
  }
}
