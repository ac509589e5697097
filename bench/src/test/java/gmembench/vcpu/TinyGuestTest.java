// SPDX-License-Identifier: Apache-2.0
package gmembench.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Host;
import gmembench.Units;
import gmembench.guest.Canary;
import gmembench.guest.Side;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Signals;
import gmembench.linux.Vm;
import gmembench.result.Metrics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A vCPU of this host's KVM; skipped with the reason if the guest does not run. */
@Tag("kernel")
class TinyGuestTest {
  private static final long BYTES = 8 << 20;
  private static final int PAGES = (int) (BYTES / Units.PAGE_BYTES);

  /** A VM with a guest_memfd at 0 and a memfd as the shared side. */
  private static final class Machine implements AutoCloseable {
    final Kvm kvm = Kvm.open();
    final Vm vm = kvm.createVm(Vm.DEFAULT);
    final MappedFile privateFile =
        vm.guestMemfd(BYTES, Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED);
    final MappedFile sharedFile = MappedFile.memfd("test", BYTES);

    Machine() {
      vm.bind(0, 0, BYTES, privateFile, privateFile, 0);
      vm.setSlot(1, 0, TinyGuest.sharedGpa(BYTES), BYTES, sharedFile, 0);
    }

    TinyGuest guest(GuestCall call, int privilege, long hotPages) {
      return TinyGuest.open(
          vm, BYTES, 2, new TinyGuest.Options(call, privilege, hotPages, 300_000_000, true, false));
    }

    MappedFile file(Side side) {
      return side == Side.PRIVATE ? privateFile : sharedFile;
    }

    @Override
    public void close() {
      privateFile.close();
      sharedFile.close();
      vm.close();
      kvm.close();
    }
  }

  /** Random touches and discards against a plain array; what the host reads must be the array's. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void theGuestWritesWhatItShallAndNothingElse(GuestCall call) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    long[][] expected = new long[2][PAGES];
    try (Machine machine = machineOrSkip();
        TinyGuest guest = guestOrSkip(machine, call)) {
      for (int i = 0; i < 300; i++) {
        Side side = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
        int gfn = random.nextInt(PAGES);
        int pages = 1 + random.nextInt(Math.min(20, PAGES - gfn));
        boolean touch = random.nextInt(3) > 0;
        if (touch) {
          guest.ask(gfn, pages, side);
          guest.touch(gfn, pages, side, side == Side.SHARED);
        } else {
          machine.file(side).punchHole(gfn * Units.PAGE_BYTES, pages * Units.PAGE_BYTES);
        }
        for (int page = gfn; page < gfn + pages; page++) {
          expected[side.ordinal()][page] = touch ? Canary.of(page, side) : 0;
        }
      }
      for (Side side : Side.values()) {
        for (int page = 0; page < PAGES; page++) {
          assertThat(machine.file(side).getLong(page * Units.PAGE_BYTES))
              .as("seed %d, %s page %d", seed, side, page)
              .isEqualTo(expected[side.ordinal()][page]);
        }
      }
    }
  }

  /** A page that no slot has is an MMIO exit, which this guest did not mean: it must be said. */
  @Test
  void aTouchThatNoSlotTakesIsAnError() {
    try (Machine machine = machineOrSkip();
        TinyGuest guest = guestOrSkip(machine, GuestCall.PORT)) {
      machine.vm.removeSlot(1);
      assertThatThrownBy(() -> guest.touch(1, 1, Side.SHARED, true))
          .isInstanceOf(LinuxException.class)
          .hasMessageContaining("KVM_EXIT_MMIO gpa 0x100001000");
    }
  }

  /** What it reads is the or of the words, by hand: 0x11 in the first and 0x200 in the last one. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void itReadsAllOfAPage(GuestCall call) {
    try (Machine machine = machineOrSkip();
        TinyGuest guest = guestOrSkip(machine, call)) {
      machine.privateFile.setLong(5 * Units.PAGE_BYTES, 0x11);
      machine.privateFile.setLong(6 * Units.PAGE_BYTES - 8, 0x200);
      machine.privateFile.setLong(6 * Units.PAGE_BYTES, -1);
      assertThat(guest.read(5, 1)).isEqualTo(0x11);
      assertThat(guest.read(5, 512)).isEqualTo(0x211);
      assertThat(guest.read(4, 512)).isZero();
      guest.touch(4, 1, Side.PRIVATE, false);
      assertThat(guest.read(4, 1)).isEqualTo(Canary.of(4, Side.PRIVATE));
    }
  }

  /** A hypercall at CPL 3 is answered by KVM itself, so this guest goes round for ever. */
  @Test
  void aGuestThatNeverLeavesIsStopped() {
    for (int i = 0; i < 2; i++) {
      try (Machine machine = machineOrSkip()) {
        assertThatThrownBy(() -> machine.guest(GuestCall.HYPERCALL, 3, 0))
            .isInstanceOf(LinuxException.class)
            .hasMessage("vmmcall is answered with -1 and no exit");
      }
      try (Machine machine = machineOrSkip();
          TinyGuest guest = guestOrSkip(machine, GuestCall.PORT)) {
        guest.touch(0, 1, Side.PRIVATE, false);
      }
    }
  }

  @Test
  void whatItCostsIsCounted() {
    try (Machine machine = machineOrSkip();
        TinyGuest guest = guestOrSkip(machine, GuestCall.PORT)) {
      guest.restart();
      guest.ask(0, 1, Side.PRIVATE);
      guest.slotsChanged();
      guest.touch(0, 16, Side.PRIVATE, false);
      Metrics reported = new Metrics();
      guest.report(reported);
      Map<String, String> metrics = reported.written();
      assertThat(metrics)
          .containsEntry("guest_exit_count", "3")
          .containsEntry("refault_count", "1");
      assertThat(metrics.values()).allSatisfy(v -> assertThat(Long.parseLong(v)).isPositive());
    }
  }

  /** As many vCPUs as threads are in the guest at once, and each thread's writes are its own. */
  @Test
  void threadsHaveVcpusOfTheirOwn() throws InterruptedException {
    try (Machine machine = machineOrSkip();
        TinyGuest guest = guestOrSkip(machine, GuestCall.PORT)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int first = i * 600;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int gfn = first; gfn < first + 600; gfn += 6) {
                    guest.ask(gfn, 6, Side.PRIVATE);
                    guest.touch(gfn, 6, Side.PRIVATE, false);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (int gfn = 0; gfn < 1800; gfn++) {
        assertThat(machine.privateFile.getLong(gfn * Units.PAGE_BYTES))
            .as("page %d", gfn)
            .isEqualTo(Canary.of(gfn, Side.PRIVATE));
      }
    }
  }

  /** EINTR: the vCPU is entered again, and neither a touch nor an exit is lost or done twice. */
  @Test
  void signalsDoNotDisturbTheGuest() throws IOException, InterruptedException {
    Signals.installHandler();
    try (Machine machine = machineOrSkip();
        TinyGuest guest = guestOrSkip(machine, GuestCall.PORT)) {
      AtomicInteger threadId = new AtomicInteger();
      CountDownLatch ready = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      Thread runner =
          Thread.ofPlatform()
              .start(() -> {
                threadId.set(Signals.threadId());
                guest.restart();
                ready.countDown();
                for (int i = 0; i < 500; i++) {
                  machine.privateFile.punchHole(0, 64 * Units.PAGE_BYTES);
                  guest.touch(0, 64, Side.PRIVATE, false);
                }
                awaitQuietly(end);
              });
      ready.await();
      for (int i = 0; i < 100; i++) {
        Signals.interrupt(threadId.get());
        Thread.sleep(1);
      }
      end.countDown();
      runner.join();
      Metrics reported = new Metrics();
      guest.report(reported);
      Map<String, String> metrics = reported.written();
      assertThat(metrics).containsEntry("guest_exit_count", "500");
      for (int gfn = 0; gfn < 64; gfn++) {
        assertThat(machine.privateFile.getLong(gfn * Units.PAGE_BYTES))
            .isEqualTo(Canary.of(gfn, Side.PRIVATE));
      }
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Descriptors, mappings and threads are as they were, also after a guest that fails. */
  @Test
  void nothingIsLeftOpen() throws IOException, InterruptedException {
    openAndClose(10);
    long files = count("/proc/self/fd");
    long mappings = mappings();
    openAndClose(200);
    assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(files + 5);
    assertThat(mappings()).isLessThanOrEqualTo(mappings + 50);
    for (int i = 0; i < 100 && kickers() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(kickers()).isZero();
  }

  private static void openAndClose(int times) {
    for (int i = 0; i < times; i++) {
      try (Machine machine = machineOrSkip();
          TinyGuest guest = guestOrSkip(machine, GuestCall.PORT)) {
        guest.touch(0, 1, Side.SHARED, true);
        machine.vm.removeSlot(1);
        assertThatThrownBy(() -> machine.guest(GuestCall.PORT, 3, 0))
            .isInstanceOf(LinuxException.class);
      }
    }
  }

  private static long kickers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().equals("vcpu-kick"))
        .count();
  }

  private static long count(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.count();
    }
  }

  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(l -> !l.contains("[")).count();
    }
  }

  private static Machine machineOrSkip() {
    Host.guestMemfdOrSkip().close();
    return new Machine();
  }

  private static TinyGuest guestOrSkip(Machine machine, GuestCall call) {
    return Host.openOrSkip(() -> machine.guest(call, call.privilege(), 16));
  }
}
