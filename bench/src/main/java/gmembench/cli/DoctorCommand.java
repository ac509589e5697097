// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.Plugins;
import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Support;
import gmembench.linux.Errno;
import gmembench.linux.FreeMemory;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.SecretPages;
import gmembench.linux.Vm;
import gmembench.result.Host;
import gmembench.run.Home;
import gmembench.table.Table;
import gmembench.vcpu.Answers;
import gmembench.vcpu.GuestCall;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What this host can do live, and why not. */
@Command(name = "doctor", description = "What this host can do live, and why not.")
public final class DoctorCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    Table host = Table.leftAligned("host", "");
    Host.facts(Home.here().folder())
        .forEach((key, value) -> host.row("  " + key, value.isEmpty() ? "-" : value));
    out.println(host);
    out.println(kvm());
    out.println(parameters());
    out.println(backings());
    out.println(memory());
    out.println(guests());
    Table answers = Table.leftAligned("kvm answers", "");
    Answers.all().forEach((what, answer) -> answers.row("  " + what, answer));
    out.println(answers);
  }

  private static Table kvm() {
    Table table = Table.leftAligned("kvm", "");
    try (Kvm kvm = Kvm.open()) {
      capabilities().forEach((name, number) -> table.row("  " + name, "" + kvm.capability(number)));
      table.row("  VM of type SW_PROTECTED", tried(() -> kvm.createVm(Vm.SW_PROTECTED).close()));
      table.row("  KVM_SET_MEMORY_ATTRIBUTES", tried(() -> requireAttributes(kvm)));
    } catch (LinuxException e) {
      table.row("  /dev/kvm", "unsupported: " + e.reason());
    }
    return table;
  }

  /** What the modules were loaded with: nested paging, where private attributes are kept. */
  private static Table parameters() {
    Table table = Table.leftAligned("kvm's modules", "");
    Map<String, String> all = Host.moduleParameters("kvm", "kvm_amd", "kvm_intel");
    // both modules are there where they are built in, and one of them found its processor
    table.row("  nested paging: AMD's npt", all.getOrDefault("kvm_amd.npt", "-"));
    table.row("  nested paging: Intel's ept", all.getOrDefault("kvm_intel.ept", "-"));
    String inPlace = all.getOrDefault("kvm.gmem_in_place_conversion", "");
    table.row(
        "  private attributes",
        inPlace.equals("Y")
            ? "the guest_memfd's (gmem_in_place_conversion)"
            : "the VM's (KVM_SET_MEMORY_ATTRIBUTES)");
    all.forEach((name, value) -> table.row("  " + name, value));
    return table;
  }

  private static String tried(Runnable what) {
    try {
      what.run();
      return "supported";
    } catch (LinuxException e) {
      return "unsupported: " + (e.errno() == 0 ? e.reason() : Errno.name(e.errno()));
    }
  }

  /** Asks a VM of the type that has them, if KVM makes one. */
  private static void requireAttributes(Kvm kvm) {
    boolean other = tried(() -> kvm.createVm(Vm.SW_PROTECTED).close()).equals("supported");
    try (Vm vm = kvm.createVm(other ? Vm.SW_PROTECTED : Vm.DEFAULT)) {
      vm.requireAttributes();
    }
  }

  private static Map<String, Integer> capabilities() {
    Map<String, Integer> all = new LinkedHashMap<>();
    all.put("KVM_CAP_NR_MEMSLOTS", Kvm.CAP_NR_MEMSLOTS);
    all.put("KVM_CAP_USER_MEMORY2", Kvm.CAP_USER_MEMORY2);
    all.put("KVM_CAP_MEMORY_FAULT_INFO", Kvm.CAP_MEMORY_FAULT_INFO);
    all.put("KVM_CAP_MEMORY_ATTRIBUTES", Kvm.CAP_MEMORY_ATTRIBUTES);
    all.put("KVM_CAP_GUEST_MEMFD", Kvm.CAP_GUEST_MEMFD);
    all.put("KVM_CAP_GUEST_MEMFD_FLAGS", Kvm.CAP_GUEST_MEMFD_FLAGS);
    all.put("KVM_CAP_VM_TYPES", Kvm.CAP_VM_TYPES);
    all.put("KVM_CAP_PRE_FAULT_MEMORY", Kvm.CAP_PRE_FAULT_MEMORY);
    return all;
  }

  private static Table guests() {
    Table table = Table.leftAligned("guest that calls by", "");
    for (GuestCall call : EnumSet.complementOf(EnumSet.of(GuestCall.NONE))) {
      table.row("  " + call.text(), call.probe());
    }
    return table;
  }

  private static Table backings() {
    Table table = Table.leftAligned("live backings", "");
    for (Backing backing : Plugins.all(Backing.class)) {
      table.row("  " + backing.name(), state(backing));
    }
    return table;
  }

  /** A cell that needs more than this is not run. */
  private static Table memory() {
    Table table = Table.leftAligned("memory that is free", "");
    FreeMemory free = FreeMemory.now();
    table.row("  for live cells", Units.size(free.bytes()) + " (" + free.bound() + ")");
    long locked = SecretPages.lockableBytes();
    boolean isLimited = locked < Long.MAX_VALUE;
    String limit = isLimited ? Units.size(locked) + " (RLIMIT_MEMLOCK: ulimit -l)" : "no limit";
    table.row("  to be locked: secretmem", limit);
    return table;
  }

  private static String state(Backing backing) {
    try {
      return switch (backing.probe()) {
        case Support.Yes _ -> "supported";
        case Support.No(String reason) -> "unsupported: " + reason;
      };
    } catch (LinuxException e) {
      return "fails: " + e.reason();
    }
  }
}
