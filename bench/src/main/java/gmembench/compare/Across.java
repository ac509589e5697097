// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import gmembench.InputException;

/** The one fact of env.csv that two measured results are meant to differ in. */
public enum Across {
  /** Nothing of the machine: the code of the project is what is compared. */
  NOTHING("-", "-"),
  /** Its memory and the mitigations that it knows follow from the kernel. */
  KERNEL("kernel", "kernel|kernel_version|memory_kib|mitigation\\..*"),
  HOST("host", "host|cpu|cpus|microcode|memory_kib|governor|clocksource|mitigation\\..*"),
  /** Parameters choose all of these. */
  CMDLINE(
      "cmdline",
      "cmdline|memory_kib|thp|thp_shmem|clocksource|page_reporting_order|mitigation\\..*");

  private final String fact;
  private final String allowed;

  Across(String fact, String allowed) {
    this.fact = fact;
    this.allowed = allowed;
  }

  public static Across named(String name) {
    for (Across across : values()) {
      if (across != NOTHING && across.fact.equals(name)) {
        return across;
      }
    }
    throw new InputException("--across", "'" + name + "'", "kernel, host or cmdline");
  }

  String fact() {
    return fact;
  }

  boolean allows(String key) {
    return key.matches(allowed);
  }
}
