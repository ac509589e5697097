// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static gmembench.result.Fact.Use.BESIDE;
import static gmembench.result.Fact.Use.DECIDES;
import static gmembench.result.Fact.Use.LARGEST;
import static gmembench.result.Fact.Use.MEASURED_SHARDS;
import static gmembench.result.Fact.Use.NOTED;
import static gmembench.result.Fact.Use.RESUMED;
import static gmembench.result.Fact.Use.RESUMED_IF_KNOWN;
import static gmembench.result.Fact.Use.SHARDS;

import gmembench.Ticks;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A fact of env.csv, and where it matters; a key that ends with a dot is a group of facts. */
public enum Fact {
  HOST("host", DECIDES, RESUMED, BESIDE),
  KERNEL("kernel", DECIDES, MEASURED_SHARDS, RESUMED, BESIDE),
  KERNEL_VERSION("kernel_version", NOTED, RESUMED_IF_KNOWN),
  ARCH("arch", MEASURED_SHARDS),
  CMDLINE("cmdline", NOTED, RESUMED_IF_KNOWN),
  CPU("cpu", NOTED, MEASURED_SHARDS, RESUMED),
  MICROCODE("microcode", NOTED),
  CPUS("cpus", NOTED, MEASURED_SHARDS),
  MEMORY_KIB("memory_kib", NOTED),
  GOVERNOR("governor", NOTED, MEASURED_SHARDS),
  CLOCKSOURCE("clocksource", NOTED, MEASURED_SHARDS),
  /** Compared, and never forced, by {@code Comparability}. */
  CLOCK(Ticks.FACT, MEASURED_SHARDS, RESUMED_IF_KNOWN),
  THP("thp", NOTED, MEASURED_SHARDS),
  THP_SHMEM("thp_shmem", NOTED, MEASURED_SHARDS),
  PAGE_REPORTING_ORDER("page_reporting_order", NOTED, MEASURED_SHARDS),
  HUGEPAGES_2M_FREE("hugepages_2m_free"),
  HUGEPAGES_1G_FREE("hugepages_1g_free"),
  JVM("jvm", NOTED, MEASURED_SHARDS),
  JVM_OPTIONS("jvm_options", NOTED),
  MITIGATION("mitigation.", NOTED, MEASURED_SHARDS),
  /** Over one minute, when the run began: {@link HostLoad} reads it, as it does the next two. */
  LOAD("load_1m", LARGEST),
  LOAD_END("load_1m_end", LARGEST),
  /** The share of all CPUs' time during the run. */
  STEAL("steal_percent", LARGEST),
  /** What the reference loop took when the run began, and at its end: see {@link HostSpeed}. */
  REFERENCE("reference_ns", LARGEST),
  REFERENCE_END("reference_ns_end", LARGEST),
  COMMIT("commit", SHARDS, RESUMED, BESIDE),
  COMMAND("command"),
  SHARD("shard", RESUMED),
  WORKLOAD("workload.", SHARDS, RESUMED),
  COSTS("costs.", SHARDS, RESUMED_IF_KNOWN);

  /** Where a difference matters. */
  public enum Use {
    /** Measured results of another value are another experiment. */
    DECIDES,
    /** A comparison of measured results notes it. */
    NOTED,
    /** Shards of one run have the same. */
    SHARDS,
    /** They have if anything was measured. */
    MEASURED_SHARDS,
    /** A run is resumed where it is the same. */
    RESUMED,
    /** The same, unless the run that was killed did not have it. */
    RESUMED_IF_KNOWN,
    /** Runs that are put together have the same. */
    BESIDE,
    /** Runs or shards that are put together have the largest number of any. */
    LARGEST
  }

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // it is
  private final Set<Use> uses;

  Fact(String key, Use... uses) {
    this.key = key;
    this.uses = Set.of(uses);
  }

  /** As it stands in env.csv, or what the keys of the group begin with. */
  public String key() {
    return key;
  }

  /** The fact, or the group, of a key. */
  public static @Nullable Fact of(String key) {
    for (Fact fact : values()) {
      if (fact.key.endsWith(".") ? key.startsWith(fact.key) : key.equals(fact.key)) {
        return fact;
      }
    }
    return null;
  }

  /** Does it matter there? What is not declared matters nowhere. */
  public static boolean matters(String key, Use use) {
    Fact fact = of(key);
    return fact != null && fact.uses.contains(use);
  }
}
