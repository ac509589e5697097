// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.result.Metric;
import gmembench.result.MetricSource;

/** Shmem with 2M folios, as MADV_HUGEPAGE and MADV_COLLAPSE make them: see {@link ThpMemory}. */
@AutoService({Backing.class, MetricSource.class})
public record MemfdThp() implements Backing, MetricSource {
  static final Metric KERNEL_SPLIT_COUNT =
      Metric.times(
              "kernel_split_count",
              "memfd-thp: thp_split_page of /proc/vmstat over the replay; like the next three of"
                  + " the whole system, so nothing else should use huge pages")
          .measured();

  static final Metric KERNEL_COLLAPSE_COUNT =
      Metric.times("kernel_collapse_count", "memfd-thp: thp_collapse_alloc").measured();

  static final Metric HUGE_FAULT_COUNT =
      Metric.times("huge_fault_count", "memfd-thp: thp_file_alloc").measured();

  static final Metric HUGE_FALLBACK_COUNT =
      Metric.times("huge_fallback_count", "memfd-thp: thp_file_fallback").measured();

  static final Metric KERNEL_COLLAPSE_REFUSED_COUNT =
      Metric.times(
              "kernel_collapse_refused_count",
              "memfd-thp: MADV_COLLAPSE calls that returned EAGAIN, EBUSY or ENOMEM")
          .measured();

  private static final long PROBE_BYTES = 2 << 20;

  @Override
  public List<Metric> metrics() {
    return List.of(
        KERNEL_SPLIT_COUNT,
        KERNEL_COLLAPSE_COUNT,
        HUGE_FAULT_COUNT,
        HUGE_FALLBACK_COUNT,
        KERNEL_COLLAPSE_REFUSED_COUNT);
  }

  @Override
  public String why() {
    return "two shmem files with 2M folios: a 4K punch splits one, a collapse makes it whole";
  }

  @Override
  public int folioOrder() {
    return 9;
  }

  @Override
  public Granularity granularity() {
    return Granularity.FOLIOS_THEN_PAGES;
  }

  /** A folio is faulted in, split and collapsed for real, and seen in smaps. */
  @Override
  public Support probe() {
    Guest guest = Guest.ofBytes(PROBE_BYTES);
    try (ThpMemory memory = new ThpMemory(guest, true)) {
      memory.touch(0, 1, Side.PRIVATE);
      if (memory.hugeMappedBytes() < PROBE_BYTES) {
        return new Support.No(
            "the kernel maps no huge page of shmem: needs CAP_SYS_ADMIN for a tmpfs mount with"
                + " huge=advise, or /sys/kernel/mm/transparent_hugepage/shmem_enabled=advise");
      }
      memory.apply(Verb.SHATTER, 0, guest.pages(), Side.PRIVATE);
      memory.apply(Verb.MERGE, 0, guest.pages(), Side.PRIVATE);
      return Support.YES;
    } catch (LinuxException e) {
      return Support.no(e);
    }
  }

  /** With what {@link ThpMemory#recycle} passes through. */
  @Override
  public Support room(long privates, long shareds) {
    return Backing.super.room(privates + ThpMemory.MOST_SPARE_BYTES / PROBE_BYTES, shareds);
  }

  @Override
  public Set<Verb> verbs() {
    return ThpMemory.VERBS;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return new ThpMemory(guest, inPlace);
  }
}
