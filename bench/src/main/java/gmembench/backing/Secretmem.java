// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.linux.SecretPages;
import gmembench.result.Metric;
import gmembench.result.MetricSource;

/**
 * Private pages have no entry in the kernel's direct map (memfd_secret), shared ones do. What is
 * split of the direct map for it stays split until the host is booted anew, on most kernels.
 */
@AutoService({Backing.class, MetricSource.class})
public record Secretmem() implements Backing, MetricSource {
  static final Metric LEVEL2_SPLITS =
      Metric.number(
              "direct_map_level2_splits",
              "secretmem: 2M entries of the kernel's direct map that were split, by /proc/vmstat; of the"
                  + " whole system")
          .measured();

  static final Metric LEVEL3_SPLITS =
      Metric.number("direct_map_level3_splits", "secretmem: the same, 1G entries").measured();

  @Override
  public List<Metric> metrics() {
    return List.of(LEVEL2_SPLITS, LEVEL3_SPLITS);
  }

  @Override
  public String why() {
    return "private pages without a direct-map entry (memfd_secret); splits the host's direct map for good";
  }

  /** Every page is a file and a mapping of its own, which takes about half as much again. */
  @Override
  public Support room(long privates, long shareds) {
    long bytes = privates * SecretPages.PAGE;
    return SecretPages.canLock(bytes)
        ? Backing.super.room(privates + privates / 2, shareds)
        : Support.lacking(
            bytes, "of locked memory", SecretPages.lockableBytes(), "RLIMIT_MEMLOCK: ulimit -l");
  }

  @Override
  public boolean leavesDirectMap() {
    return true;
  }

  @Override
  public Set<Verb> verbs() {
    return SecretMemory.VERBS;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return new SecretMemory(guest, inPlace);
  }
}
