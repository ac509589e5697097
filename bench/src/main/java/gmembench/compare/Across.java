// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import gmembench.InputException;
import gmembench.result.Fact;
import java.util.List;

/** The one fact of env.csv that two measured results are meant to differ in. */
public enum Across {
  /** Nothing of the machine: the code of the project is what is compared. */
  NOTHING,
  /** Its memory and the mitigations that it knows follow from the kernel. */
  KERNEL(Fact.KERNEL, Fact.KERNEL_VERSION, Fact.MEMORY_KIB, Fact.MITIGATION),
  HOST(
      Fact.HOST,
      Fact.CPU,
      Fact.CPUS,
      Fact.MICROCODE,
      Fact.MEMORY_KIB,
      Fact.GOVERNOR,
      Fact.CLOCKSOURCE,
      Fact.MITIGATION),
  /** Parameters choose all of these. */
  CMDLINE(
      Fact.CMDLINE,
      Fact.MEMORY_KIB,
      Fact.THP,
      Fact.THP_SHMEM,
      Fact.CLOCKSOURCE,
      Fact.PAGE_REPORTING_ORDER,
      Fact.MITIGATION);

  /** The fact itself first, then those that follow from it. */
  @SuppressWarnings("ImmutableEnumChecker") // it is
  private final List<Fact> allowed;

  Across(Fact... allowed) {
    this.allowed = List.of(allowed);
  }

  public static Across named(String name) {
    for (Across across : values()) {
      if (across != NOTHING && across.fact().equals(name)) {
        return across;
      }
    }
    throw new InputException("--across", "'" + name + "'", "kernel, host or cmdline");
  }

  String fact() {
    return allowed.get(0).key();
  }

  boolean allows(String key) {
    Fact fact = Fact.of(key);
    return fact != null && allowed.contains(fact);
  }
}
