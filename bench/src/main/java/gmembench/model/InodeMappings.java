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
 * gfns and with its own permissions, and a discard zaps what any of them has. Pages of the inode
 * are the trace's gfns. Who takes over does so when the first of its vCPUs runs.
 */
final class InodeMappings implements Mappings {
  /** An inode, and every VM's view of it. */
  private record Storage(Inode inode, List<Inode.View> views) {}

  private final PerSide<Storage> storage;
  private final List<InodeFile> files;
  private final Clock.Virtual clock;
  private final int vcpus;
  private final int[] fileOfVcpu;
  private final boolean[] waits;
  private long handOvers;
  private long handOverNs;
  private long zapped;
  private long refaults;
  private long refaultNs;

  /**
   * Binds every VM's slots; what a VM may not do, the trace may not ask for.
   *
   * @param slots the first VM's; the others have the same, at their own gfns
   * @param clock says whose turn it is
   */
  InodeMappings(Guest guest, List<Slot> slots, boolean inPlace, Clock.Virtual clock) {
    this.files = guest.files();
    this.clock = clock;
    this.vcpus = guest.vcpus();
    this.fileOfVcpu = new int[vcpus];
    this.waits = new boolean[files.size()];
    int vcpu = 0;
    for (int file = 0; file < files.size(); file++) {
      waits[file] = files.get(file).role() == Role.SUCCESSOR;
      for (int i = 0; i < files.get(file).vcpus(); i++) {
        fileOfVcpu[vcpu++] = file;
      }
    }
    this.storage =
        PerSide.of(inPlace, side -> open(new Inode(Math.toIntExact(guest.pages())), slots));
  }

  private Storage open(Inode inode, List<Slot> slots) {
    List<Inode.View> open = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      InodeFile file = files.get(i);
      Inode.View view =
          waits[i] ? open.get(i - 1).handTo(i) : inode.open(i, file.role() == Role.OWNER);
      slots.forEach(s -> view.bind(new Slot(s.gfn() + file.gfn(), s.pages(), s.gfn())));
      open.add(view);
    }
    return new Storage(inode, open);
  }

  private int file() {
    return fileOfVcpu[clock.vcpu() % vcpus];
  }

  private Inode.View view(Side side) {
    return storage.of(side).views.get(file());
  }

  @Override
  public long add(long gfn, long pages, Side side) {
    Inode.View view = view(side);
    long from = gfn + files.get(file()).gfn();
    long made = 0;
    for (long page = 0; page < pages; page++) {
      made += view.isMapped(from + page) ? 0 : 1;
      if (view.mayWrite()) {
        view.write(from + page, Canary.of(gfn + page, side));
      } else {
        view.read(from + page);
      }
    }
    return made;
  }

  @Override
  public boolean has(long gfn, Side side) {
    return view(side).isMapped(gfn + files.get(file()).gfn());
  }

  @Override
  public long remove(Verb verb, long gfn, long pages, Side side) {
    Inode inode = storage.of(side).inode;
    return verb == Verb.DISCARD ? inode.punch(gfn, pages) : inode.unmap(gfn, pages);
  }

  /** Throws if the VM whose turn it is may not convert, or has no memory any more. */
  void requireMayConvert() {
    view(Side.PRIVATE).requireMayConvert();
  }

  /** Must the VM whose turn it is take over first? */
  boolean mustTakeOver() {
    return waits[file()];
  }

  /**
   * It takes over; returns entries that were zapped in the VM before it. Throws with EINVAL if its
   * slots are not the same.
   */
  long takeOver() {
    int file = file();
    waits[file] = false;
    long mapped = 0;
    for (Storage each : storage.all()) {
      mapped += each.views.get(file - 1).mappedPages();
      each.views.get(file).takeOver();
    }
    handOvers++;
    zapped += mapped;
    return mapped;
  }

  /** What the last hand-over cost. */
  void tookOver(long ns) {
    handOverNs = Math.addExact(handOverNs, ns);
  }

  /** A touch made so many entries, all of pages that were there: a refault, if a VM took over. */
  void refaulted(long entries, long ns) {
    if (entries > 0 && files.get(file()).role() == Role.SUCCESSOR) {
      refaults += entries;
      refaultNs = Math.addExact(refaultNs, ns);
    }
  }

  /** What is counted starts from here. */
  void restart() {
    handOvers = 0;
    handOverNs = 0;
    zapped = 0;
    refaults = 0;
    refaultNs = 0;
  }

  void report(Metrics metrics) {
    metrics.put(Declared.FILES, files.size());
    if (handOvers > 0) {
      metrics.put(Declared.HAND_OVER_COUNT, handOvers);
      metrics.put(Declared.HAND_OVER_PAGES, zapped);
      metrics.put(Declared.HAND_OVER_TOTAL_NS, handOverNs);
      metrics.put(Declared.AFTER_HAND_OVER_PAGES, refaults);
      metrics.put(Declared.AFTER_HAND_OVER_TOTAL_NS, refaultNs);
    }
  }
}
