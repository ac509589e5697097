// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.backing.Verb;
import gmembench.engine.Clock;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.InodeFile;
import gmembench.guest.InodeFile.Role;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.mm.Mappings;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * Several VMs on one {@link Inode}, or one for each side: every VM maps pages by itself, at its own
 * gfns and with its own permissions, and a discard zaps what any of them has. Ranges are pages of
 * the inode. Who takes over does so when the first of its vCPUs runs: it begins when the VM before
 * it is done, and the trace's pause between the two, and the hand-over, are over.
 */
final class InodeMappings implements Mappings {
  private final PerSide<List<Inode.View>> views;
  private final List<InodeFile> files;
  private final List<Slot> slots;
  private final Clock.Virtual clock;
  private final int vcpus;
  private final int[] fileOfVcpu;
  private final int[] firstVcpu;
  private final boolean[] waits;

  /** Who has the memory: its VMM is the one that calls fallocate. */
  private int owner;

  private long pauseNs;
  private final HandOver handOver = new HandOver();

  /**
   * Binds every VM's slots; what a VM may not do, the trace may not ask for.
   *
   * @param slots the first VM's; the others have the same, at their own gfns
   * @param clock says whose turn it is
   */
  InodeMappings(Guest guest, List<Slot> slots, boolean inPlace, Clock.Virtual clock) {
    this.files = guest.files();
    this.slots = slots;
    this.clock = clock;
    this.vcpus = guest.vcpus();
    this.fileOfVcpu = new int[vcpus];
    this.firstVcpu = new int[files.size() + 1];
    this.waits = new boolean[files.size()];
    int vcpu = 0;
    for (int file = 0; file < files.size(); file++) {
      waits[file] = files.get(file).role().follows();
      firstVcpu[file] = vcpu;
      for (int i = 0; i < files.get(file).vcpus(); i++) {
        fileOfVcpu[vcpu++] = file;
      }
    }
    firstVcpu[files.size()] = vcpu;
    this.views = PerSide.of(inPlace, side -> open(Math.toIntExact(guest.filePages())));
  }

  private List<Inode.View> open(int pages) {
    Inode inode = new Inode(pages);
    List<Inode.View> open = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      InodeFile file = files.get(i);
      inode = file.role() == Role.DESTINATION ? new Inode(pages) : inode;
      Inode.View view =
          file.role() == Role.SUCCESSOR
              ? open.get(i - 1).handTo(i)
              : inode.open(i, file.role() != Role.READER);
      slots.forEach(s -> view.bind(new Slot(s.gfn() + file.gfn(), s.pages(), s.offsetPages())));
      open.add(view);
    }
    return open;
  }

  private int file() {
    return fileOfVcpu[clock.vcpu() % vcpus];
  }

  private Inode.View view(Side side) {
    return views.of(side).get(file());
  }

  /** Where the VM whose turn it is has a page. */
  private long gfn(long page) {
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (slot.offsetPages() <= page && page < slot.endOffsetPages()) {
        return page - slot.page(0) + files.get(file()).gfn();
      }
    }
    throw new IllegalArgumentException("no slot has page " + page);
  }

  @Override
  public long add(long page, long pages, Side side) {
    Inode.View view = view(side);
    long made = 0;
    for (long at = page; at < page + pages; at++) {
      long gfn = gfn(at);
      made += view.isMapped(gfn) ? 0 : 1;
      if (view.mayWrite()) {
        view.write(gfn, Canary.of(at, side));
      } else {
        view.read(gfn);
      }
    }
    return made;
  }

  @Override
  public boolean has(long page, Side side) {
    return view(side).isMapped(gfn(page));
  }

  @Override
  public long remove(Verb verb, long page, long pages, Side side) {
    Inode.View view = views.of(side).get(owner);
    return verb == Verb.DISCARD ? view.punch(page, pages) : view.inode().unmap(page, pages);
  }

  /** Throws if the VM whose turn it is may only read, or has no memory any more. */
  void requireOwner(String call) {
    view(Side.PRIVATE).requireOwner(call);
  }

  /** Must the VM whose turn it is take over first? */
  boolean mustTakeOver() {
    return waits[file()];
  }

  /** The trace pauses: what lies before a VM takes over is part of its blackout. */
  void idle(long ns) {
    pauseNs = mustTakeOver() ? ns : 0;
  }

  /** Who is to take over, as the workload has it. */
  InodeFile next() {
    return files.get(file());
  }

  /**
   * It takes over: none of its vCPUs has run before the last of the other VM's is done. Returns
   * entries that were zapped in that VM. Throws with EINVAL if its slots are not the same.
   */
  long takeOver() {
    int file = file();
    waits[file] = false;
    owner = file;
    long sourceEnd = clock.lastNs(firstVcpu[file - 1], firstVcpu[file]);
    clock.hold(firstVcpu[file], firstVcpu[file + 1], sourceEnd + pauseNs);
    long mapped = 0;
    for (List<Inode.View> each : views.all()) {
      Inode.View source = each.get(file - 1);
      mapped += source.mappedPages();
      if (files.get(file).role() == Role.SUCCESSOR) {
        each.get(file).takeOver();
      } else {
        source.revoke();
      }
    }
    return mapped;
  }

  /** It has taken over, by its first vCPU: the others begin then. */
  void tookOver(long zapped, long moved, long realigned, long ns) {
    int file = file();
    clock.hold(firstVcpu[file], firstVcpu[file + 1], clock.ns());
    handOver.add(zapped, moved, realigned, ns, Math.addExact(pauseNs, ns));
    pauseNs = 0;
  }

  /** A touch made so many entries, all of pages that were there: a refault, if a VM took over. */
  void refaulted(long entries, long ns) {
    if (entries > 0 && files.get(file()).role().follows()) {
      handOver.refaulted(entries, ns);
    }
  }

  /** What is counted starts from here. */
  void restart() {
    handOver.restart();
  }

  void report(Metrics metrics) {
    metrics.put(Declared.FILES, files.size());
    handOver.report(metrics);
  }
}
