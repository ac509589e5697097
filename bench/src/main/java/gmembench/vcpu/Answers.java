// SPDX-License-Identifier: Apache-2.0
package gmembench.vcpu;

import module java.base;

import gmembench.guest.Side;
import gmembench.linux.Errno;
import gmembench.linux.InPlaceAttributes;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.Vm;

/** What this KVM answers where kernels differ, by asking it: one line for people each. */
public final class Answers {
  private static final long BYTES = 1 << 20;
  private static final long LIMIT_NS = 400_000_000;

  private Answers() {}

  public static SequencedMap<String, String> all() {
    SequencedMap<String, String> all = new LinkedHashMap<>();
    all.put("a range of a guest_memfd bound twice", answer(Answers::bindTwice));
    all.put("dirty logging of a guest_memfd's slot", answer(Answers::logDirtyPages));
    all.put("KVM_SET_MEMORY_ATTRIBUTES2", answer(Answers::setInPlace));
    all.put("private access to a slot that has no private memory", answer(Answers::faultPrivate));
    all.put("KVM_PRE_FAULT_MEMORY", answer(Answers::preFault));
    return all;
  }

  private static String answer(Runnable question) {
    try {
      question.run();
      return "done";
    } catch (LinuxException e) {
      return e.reason();
    }
  }

  /** A VM in which a guest_memfd can be bound: any, or of the type that has private memory. */
  private static Vm vm(Kvm kvm) {
    try {
      return kvm.createVm(Vm.SW_PROTECTED);
    } catch (LinuxException e) {
      return kvm.createVm(Vm.DEFAULT);
    }
  }

  private static void bindTwice() {
    try (Kvm kvm = Kvm.open();
        Vm vm = vm(kvm);
        MappedFile shared = MappedFile.memfd("gmembench-probe", BYTES);
        MappedFile file = vm.guestMemfd(BYTES, 0)) {
      vm.bind(0, 0, BYTES, shared, file, 0);
      try {
        vm.bind(1, BYTES, BYTES, shared, file, 0);
      } catch (LinuxException e) {
        throw new LinuxException(Errno.name(e.errno()));
      }
    }
  }

  private static void logDirtyPages() {
    try (Kvm kvm = Kvm.open();
        Vm vm = vm(kvm);
        MappedFile shared = MappedFile.memfd("gmembench-probe", BYTES);
        MappedFile file = vm.guestMemfd(BYTES, 0)) {
      vm.bind(0, 0, BYTES, shared, file, 0);
      try {
        vm.setSlot(0, Vm.LOG_DIRTY_PAGES, 0, BYTES, shared, 0);
      } catch (LinuxException e) {
        throw new LinuxException(Errno.name(e.errno()));
      }
    }
  }

  private static void setInPlace() {
    try (Kvm kvm = Kvm.open();
        Vm vm = vm(kvm);
        MappedFile file = vm.guestMemfd(BYTES, 0)) {
      new InPlaceAttributes(file, InPlaceAttributes.KERNEL).require();
    }
  }

  /** The page is private by its attribute, and its slot has shared memory only. */
  private static void faultPrivate() {
    withGuest(
        Vm.SW_PROTECTED,
        false,
        (vm, guest) -> {
          vm.requireAttributes();
          vm.setAttributes(0, BYTES, true);
          guest.touch(1, 1, Side.PRIVATE, false);
        });
  }

  private static void preFault() {
    withGuest(Vm.DEFAULT, true, (vm, guest) -> guest.touch(0, 4, Side.PRIVATE, false));
  }

  private static void withGuest(int type, boolean preFaults, BiConsumer<Vm, TinyGuest> use) {
    TinyGuest.Options options =
        new TinyGuest.Options(GuestCall.PORT, 3, 0, LIMIT_NS, false, preFaults);
    try (Kvm kvm = Kvm.open();
        Vm vm = kvm.createVm(type);
        MappedFile memory = MappedFile.memfd("gmembench-probe", BYTES)) {
      vm.setSlot(0, 0, 0, BYTES, memory, 0);
      try (TinyGuest guest = TinyGuest.open(vm, BYTES, 1, options)) {
        use.accept(vm, guest);
      }
    }
  }
}
