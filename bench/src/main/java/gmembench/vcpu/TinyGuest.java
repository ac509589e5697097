// SPDX-License-Identifier: Apache-2.0
package gmembench.vcpu;

import module java.base;

import gmembench.Units;
import gmembench.backing.GuestMemfdBound;
import gmembench.guest.Canary;
import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vcpu;
import gmembench.linux.VcpuExit;
import gmembench.linux.Vm;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * A guest of a few instructions that really runs on vCPUs, in 64-bit mode. It touches pages on
 * request, so that a fault is its own and goes through KVM, and it asks for conversions.
 *
 * <p>Its physical addresses; {@code bit} is a power of two above the guest's memory, 4 GiB at
 * least:
 *
 * <pre>
 *   0         the guest's memory by gfn: private, or what a memslot puts there
 *   1 * bit   shared memory by gfn, as the shared bit of a TDX guest's addresses
 *   2 * bit   this class's own slot: program, mailboxes, page tables, pages that are kept hot
 *   3 * bit   no slot: a write here is an exit (MMIO)
 * </pre>
 *
 * Two addresses for a page, since without KVM_SET_MEMORY_ATTRIBUTES a slot shows one memory only: a
 * slot with a guest_memfd that can be mapped shows that file for every access. The caller sets the
 * slots of the first two. Safe from any thread: each gets a vCPU, the one it had before if it can.
 */
public final class TinyGuest implements AutoCloseable {
  private static final long LOWEST_BIT = 1L << 32;
  private static final long LEAF_BYTES = 2 << 20;
  private static final int MOST_VCPUS = 64;
  private static final long TASK_STATE = Units.PAGE_BYTES;
  private static final long MAILBOXES = 2 * Units.PAGE_BYTES;
  private static final long TABLES = MAILBOXES + MOST_VCPUS * Units.PAGE_BYTES;
  private static final long STEP = Canary.of(1, Side.PRIVATE) - Canary.of(0, Side.PRIVATE);

  /**
   * How it is to be: see {@link GuestMemfdBound}.
   *
   * @param looks it reads its pages for a host that cannot
   * @param preFaults KVM maps private pages before it touches them
   */
  public record Options(
      GuestCall call,
      int privilege,
      long hotPages,
      long limitNs,
      boolean looks,
      boolean preFaults) {}

  private final Vm vm;
  private final Options options;
  private final long bit;
  private final MappedFile control;
  private final long root;
  private final long hotGpa;
  private final List<GuestVcpu> vcpus = new CopyOnWriteArrayList<>();
  private final AtomicBoolean isCold = new AtomicBoolean();

  private TinyGuest(Vm vm, long guestBytes, Options options) {
    this.vm = vm;
    this.options = options;
    this.bit = sharedGpa(guestBytes);
    long hotBytes = options.hotPages * Units.PAGE_BYTES;
    long tableBytes = GuestTables.bytes(2 * guestBytes + hotBytes);
    this.control = MappedFile.memfd("gmembench-guest", TABLES + tableBytes + hotBytes);
    this.hotGpa = 2 * bit + TABLES + tableBytes;
    GuestTables tables = new GuestTables(control, 2 * bit, TABLES);
    tables.map(0, guestBytes);
    tables.map(bit, guestBytes);
    tables.map(2 * bit, control.bytes());
    tables.map(3 * bit, LEAF_BYTES);
    this.root = tables.root();
    control.setBytes(0, GuestProgram.code(options.call, options.looks));
  }

  /** Where a guest of so many bytes sees its shared memory. */
  public static long sharedGpa(long guestBytes) {
    return Math.max(LOWEST_BIT, Long.highestOneBit(2 * guestBytes));
  }

  /**
   * Makes it ready and lets it leave once.
   *
   * @param slot a free slot, for its own memory
   */
  public static TinyGuest open(Vm vm, long guestBytes, int slot, Options options) {
    TinyGuest guest = new TinyGuest(vm, guestBytes, options);
    try {
      vm.setSlot(slot, 0, 2 * guest.bit, guest.control.bytes(), guest.control, 0);
      if (options.call == GuestCall.HYPERCALL) {
        vm.exitOnMapGpaRange();
      }
      guest.use(GuestVcpu::leave);
      return guest;
    } catch (LinuxException e) {
      guest.close();
      throw e;
    }
  }

  private interface Use {
    void of(GuestVcpu vcpu);
  }

  private void use(Use use) {
    GuestVcpu vcpu = take();
    try {
      use.of(vcpu);
    } finally {
      vcpu.giveBack();
    }
  }

  /** The vCPU that this thread had before, or any free one, or a new one. */
  private GuestVcpu take() {
    long thread = Thread.currentThread().threadId();
    for (GuestVcpu vcpu : vcpus) {
      if (vcpu.wasTakenBy(thread) && vcpu.take(thread)) {
        return vcpu;
      }
    }
    for (GuestVcpu vcpu : vcpus) {
      if (vcpu.take(thread)) {
        return vcpu;
      }
    }
    return create(thread);
  }

  private synchronized GuestVcpu create(long thread) {
    int id = vcpus.size();
    if (id == MOST_VCPUS) {
      throw new LinuxException("the guest has " + MOST_VCPUS + " vCPUs, and all are running");
    }
    long mailbox = MAILBOXES + id * Units.PAGE_BYTES;
    Vcpu vcpu = Vcpu.open(vm, id, options.limitNs);
    try {
      vcpu.enterLongMode(options.privilege, root, 2 * bit + TASK_STATE);
      vcpu.start(2 * bit, 2 * bit + mailbox, 3 * bit);
      GuestVcpu made = new GuestVcpu(options.call, control, mailbox, 3 * bit, vcpu);
      made.take(thread);
      vcpus.add(made);
      return made;
    } catch (LinuxException e) {
      vcpu.close();
      throw e;
    }
  }

  /**
   * The guest writes the canary of a side to every page, and comes back.
   *
   * @param atSharedAddress where shared memory is, not where the gfn is
   */
  public void touch(long gfn, long pages, Side side, boolean atSharedAddress) {
    GuestVcpu vcpu = take();
    try {
      if (options.hotPages > 0 && isCold.getAndSet(false)) {
        vcpu.touchAgain(hotGpa, options.hotPages);
      }
      long address = gfn * Units.PAGE_BYTES + (atSharedAddress ? bit : 0);
      if (options.preFaults && side == Side.PRIVATE) {
        vcpu.preFault(address, pages * Units.PAGE_BYTES);
      }
      vcpu.touch(address, pages, Canary.of(gfn, side), STEP);
    } finally {
      vcpu.giveBack();
    }
  }

  /** The bitwise or of the first words of a page, as the guest finds it by gfn. */
  public long read(long gfn, long words) {
    GuestVcpu vcpu = take();
    try {
      return vcpu.look(gfn * Units.PAGE_BYTES, words);
    } finally {
      vcpu.giveBack();
    }
  }

  /** The guest asks for a conversion. */
  public void ask(long gfn, long pages, Side to) {
    GuestVcpu vcpu = take();
    try {
      long attributes = to == Side.PRIVATE ? VcpuExit.ENCRYPTED : 0;
      vcpu.ask(gfn * Units.PAGE_BYTES, pages, attributes);
    } finally {
      vcpu.giveBack();
    }
  }

  /** Slots changed: when the guest runs next, it touches its hot pages before anything else. */
  public void slotsChanged() {
    isCold.set(true);
  }

  /** Median time from KVM_RUN to KVM_RUN of a guest that does nothing but leave. */
  long emptyExitNs() {
    GuestVcpu vcpu = take();
    try {
      return vcpu.emptyExitNs();
    } finally {
      vcpu.giveBack();
    }
  }

  /** A replay begins, with hot pages. */
  public void restart() {
    if (options.hotPages > 0) {
      use(vcpu -> vcpu.touchAgain(hotGpa, options.hotPages));
    }
    isCold.set(false);
    vcpus.forEach(GuestVcpu::restart);
  }

  /**
   * What the guest cost since {@link #restart}: {@code guest_exit_total_ns} is the time in KVM_RUN
   * in which it did not touch memory, {@code guest_convert_total_ns} is conversions as the guest
   * sees them; both and the touches are by the guest's own clock (RDTSC).
   */
  public void report(Metrics metrics) {
    long touchNs = sum(GuestVcpu::touchNs);
    long refaultNs = sum(GuestVcpu::refaultNs);
    metrics.put(Declared.GUEST_EXIT_COUNT, sum(GuestVcpu::exits));
    metrics.put(Declared.GUEST_EXIT_TOTAL_NS, sum(GuestVcpu::runNs) - touchNs - refaultNs);
    metrics.put(Declared.GUEST_TOUCH_TOTAL_NS, touchNs);
    metrics.put(Declared.GUEST_CONVERT_TOTAL_NS, sum(GuestVcpu::convertNs));
    if (options.hotPages > 0) {
      metrics.put(Declared.REFAULT_COUNT, sum(GuestVcpu::refaults));
      metrics.put(Declared.REFAULT_TOTAL_NS, refaultNs);
      metrics.put(Declared.HOT_TOUCH_NS, hotTouchNs());
    }
    metrics.put(Declared.GUEST_EMPTY_EXIT_NS, emptyExitNs());
  }

  /** What touching the hot pages takes if nothing was taken from them. */
  private long hotTouchNs() {
    use(vcpu -> vcpu.touchAgain(hotGpa, options.hotPages));
    long before = sum(GuestVcpu::refaultNs);
    use(vcpu -> vcpu.touchAgain(hotGpa, options.hotPages));
    return sum(GuestVcpu::refaultNs) - before;
  }

  private long sum(ToLongFunction<GuestVcpu> of) {
    return vcpus.stream().mapToLong(of).sum();
  }

  @Override
  public void close() {
    vcpus.forEach(GuestVcpu::close);
    control.close();
  }
}
