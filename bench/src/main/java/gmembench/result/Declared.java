// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static gmembench.result.MetricList.add;
import static gmembench.result.MetricList.always;
import static gmembench.result.MetricList.bytes;
import static gmembench.result.MetricList.family;
import static gmembench.result.MetricList.ns;
import static gmembench.result.MetricList.number;
import static gmembench.result.MetricList.pages;
import static gmembench.result.MetricList.times;

import module java.base;

import gmembench.result.Metric.Better;
import gmembench.result.Metric.Compared;
import gmembench.result.Metric.Family;
import gmembench.result.Metric.OverVms;
import gmembench.result.Metric.Unit;

/**
 * Every metric but those that only one plug-in reports, in the order of the table in
 * results/README.md, which is made from this.
 */
public final class Declared {
  public static final Metric TOTAL_NS =
      always(
          Metric.ns("total_ns", "the replay, touches included; model: when the last vCPU is done"));
  // live it is a constant plus total_ns, so its changes would look smaller than they are
  public static final Metric BOOT_S =
      add(
          Metric.ns("boot_s", "boot base + total - total of snp in the same round")
              .in(Unit.SECONDS)
              .compared(Compared.IF_EXACT));
  public static final Metric WORK_NS =
      ns("work_ns", "model, several vCPUs: sum of all vCPUs' busy time");
  public static final Metric FIRST_INSTRUCTION_NS =
      add(
          Metric.ns(
                  "first_instruction_ns", "trace op `start`: the guest's first instruction is done")
              .over(OverVms.MAX));
  public static final Metric IMAGES_REFUSED =
      number("images_refused", "trace ops `copy` and `populate` after `start`: KVM takes none");
  public static final Metric CONVERSIONS = number("conversions", "conversions that were done");
  public static final Metric CONVERSIONS_REFUSED =
      number("conversions_refused", "conversions that were refused; absent if none was");
  public static final Metric CONVERT_P50_NS =
      ns("convert_p50_ns", "median from request to answer, without the touch that follows");
  public static final Metric CONVERT_P99_NS = ns("convert_p99_ns", "99th percentile of that");
  public static final Metric CONVERT_P999_NS = ns("convert_p999_ns", "99.9th percentile");
  public static final Metric CONVERT_MAX_NS = ns("convert_max_ns", "maximum; 3 digits, like all");

  public static final Family VERB_COUNT =
      family(
          Metric.times("<verb>_count", "calls of a verb that was used: `touch`, `discard`, ..."));
  public static final Family VERB_PAGES =
      family(Metric.pages("<verb>_pages", "pages that these calls were for"));
  public static final Family VERB_TOTAL_NS =
      family(Metric.ns("<verb>_total_ns", "time of these calls; model: what they were charged"));

  public static final Metric PENDING_COUNT =
      times("pending_count", "`two-phase=true`: conversions that were marked as pending");
  public static final Metric PENDING_TOTAL_NS =
      ns("pending_total_ns", "`two-phase=true`: how long these were pending, summed");
  public static final Metric PENDING_EXIT_COUNT =
      times("pending_exit_count", "`two-phase=true`: exits: requests, those again, and faults");
  public static final Metric PENDING_REFUSED_COUNT =
      times("pending_refused_count", "`two-phase=true`: requests that met a pending page (EAGAIN)");
  public static final Metric PENDING_CANCELLED_COUNT =
      times("pending_cancelled_count", "`two-phase=true`: marked, and not converted");
  public static final Metric PENDING_WAIT_COUNT =
      times("pending_wait_count", "`two-phase=true`: touches that met a pending page, and waited");
  public static final Metric PENDING_WAIT_NS =
      ns("pending_wait_ns", "`two-phase=true`: how long these waited, summed");

  public static final Metric PINS_REFUSED =
      times("pins_refused", "`pins=refuse-longterm`: pins that were not had");
  public static final Metric BOUNCED_BYTES =
      bytes("bounced_bytes", "`pins=refuse-longterm` and `bounce`: copied for a device instead");
  public static final Metric MIGRATED_PEAK_BYTES =
      bytes("migrated_peak_bytes", "`pins=migrate`: out of the file while pinned, at the peak");
  public static final Metric UNSAFE_CONVERSIONS =
      number("unsafe_conversions", "`check=`: to private, of what was held or mapped still");
  public static final Metric REFUSED_FOR_NOTHING =
      number("refused_for_nothing", "`check=refcount-undrained`: by a page in an LRU batch alone");
  public static final Metric LRU_DRAINS =
      number("lru_drains", "model: checks that drained the LRU batch of their own CPU");
  public static final Metric LRU_DRAINS_OF_ALL =
      number("lru_drains_of_all", "model: checks that drained those of all CPUs");
  public static final Metric FAULT_WAIT_COUNT =
      times("fault_wait_count", "model: faults of a folio whose conversion waited for a pin");
  public static final Metric FAULT_WAIT_NS =
      ns("fault_wait_ns", "model: how long these waited, summed");

  public static final Metric THREADS =
      add(Metric.number("threads", "`live:threads=N`: host threads as vCPUs").over(OverVms.SAME));
  public static final Metric CONVERSIONS_PER_S =
      add(
          Metric.ns("conversions_per_s", "`live:threads=N`: conversions by all of them")
              .in(Unit.PER_SECOND)
              .better(Better.HIGHER));
  public static final Metric LOCK_WAIT_TOTAL_NS =
      ns("lock_wait_total_ns", "model: what vCPUs waited for locks, if the profile has any");
  public static final Family LOCK_WAIT_COUNT =
      family(Metric.times("<lock>_wait_count", "model: acquisitions that had to wait for it"));
  public static final Family LOCK_WAIT_NS =
      family(Metric.ns("<lock>_wait_total_ns", "model: what vCPUs waited for this lock alone"));
  public static final Family LOCK_HELD_NS =
      family(Metric.ns("<lock>_held_total_ns", "model: how long this lock was held"));

  public static final Metric PRIVATE_PEAK_BYTES =
      always(Metric.bytes("private_peak_bytes", "resident private pages, at the peak"));
  public static final Metric SHARED_PEAK_BYTES =
      always(Metric.bytes("shared_peak_bytes", "resident shared pages, at the peak"));
  public static final Metric DOUBLE_ALLOCATED_PEAK_BYTES =
      always(
          Metric.bytes("double_allocated_peak_bytes", "pages resident on both sides, at the peak"));
  public static final Metric PRIVATE_END_BYTES =
      bytes("private_end_bytes", "resident private pages, at the end");
  public static final Metric SHARED_END_BYTES =
      bytes("shared_end_bytes", "resident shared pages, at the end");
  public static final Metric DOUBLE_ALLOCATED_END_BYTES =
      bytes("double_allocated_end_bytes", "pages resident on both sides, at the end");
  public static final Metric ALLOCATED_PEAK_BYTES =
      always(
          Metric.bytes(
              "allocated_peak_bytes",
              "pages of both sides and orphans, at the peak: the most that is allocated at once"));
  public static final Metric OUTSIDE_END_BYTES =
      bytes(
          "outside_end_bytes",
          "huge pages, and slots that show but a part of the file: allocated and in no slot, at the end");
  public static final Metric STRAY_PAGES =
      pages(
          "stray_pages",
          "budgets: pages touched on the side that they are not on, and so left there to discard");
  public static final Metric STRAY_REFUSED_PAGES =
      pages("stray_refused_pages", "`seal=true`: pages of such touches that were refused");
  public static final Metric ORPHAN_PEAK_BYTES =
      bytes(
          "orphan_peak_bytes",
          "punched while pinned, so in no file but allocated until the last unpin, at the peak");
  public static final Metric ORPHAN_END_BYTES = bytes("orphan_end_bytes", "the same, at the end");
  public static final Metric STALE_PIN_PAGES =
      pages(
          "stale_pin_pages",
          "pins, by page, whose page was punched under them: the device's mapping is stale");

  public static final Family HUGE_MAPPED_BYTES =
      family(
          Metric.bytes(
                  "huge_mapped_<when>_bytes",
                  "what entries of 2M or 1G can map (model), or do map on both sides (live, by"
                      + " smaps): at `start`, `least` (model only), `end`")
              .better(Better.HIGHER));
  public static final Family HUGE_MAPPED_1G_BYTES =
      family(
          Metric.bytes("huge_mapped_1g_<when>_bytes", "hugetlb-1g: what of that entries of 1G map")
              .better(Better.HIGHER));
  public static final Metric FOLIO_SPLIT_COUNT =
      times("folio_split_count", "model: folios split, of whatever size");
  public static final Metric FOLIO_MERGE_COUNT =
      times("folio_merge_count", "model: folios made whole again");
  public static final Metric FOLIO_REFUSED_COUNT =
      times("folio_refused_count", "model: folios neither split nor merged, a page being pinned");
  public static final Metric VMEMMAP_LOST_PEAK_BYTES =
      always(
          Metric.bytes(
              "vmemmap_lost_peak_bytes",
              "model, hugetlb: struct pages that exist only because folios are split, at the peak"
                  + " (28 KiB for 2M, 16 MiB less 4 KiB for 1G)"));
  public static final Metric VMEMMAP_LOST_END_BYTES =
      bytes("vmemmap_lost_end_bytes", "the same, at the end");

  public static final Metric DIRECT_MAP_2M_SPLIT_COUNT =
      times("direct_map_2m_split_count", "model: 2M entries of the direct map that were split");
  public static final Metric DIRECT_MAP_1G_SPLIT_COUNT =
      times("direct_map_1g_split_count", "model: the same, 1G entries");
  public static final Metric DIRECT_MAP_JOIN_COUNT =
      times("direct_map_join_count", "model, `io=rejoin`: tables of 512 entries made one again");
  public static final Metric KERNEL_FLUSH_COUNT =
      times(
          "kernel_flush_count", "model: flushes of the kernel's TLB, each on all CPUs of the host");
  public static final Metric PIN_EFAULT_COUNT =
      times("pin_efault_count", "pins refused, a page being without a direct-map entry (EFAULT)");
  public static final Family DIRECT_MAP_HUGE_BYTES =
      family(
          Metric.bytes(
                  "direct_map_huge_<when>_bytes",
                  "model: guest memory under direct-map entries of 2M or 1G, present or not: at"
                      + " `start`, `end`")
              .better(Better.HIGHER));
  public static final Metric REACHABLE_PEAK_BYTES =
      bytes(
          "reachable_peak_bytes",
          "model, memory without a direct map: what of the guest the host's kernel can read, by an"
              + " entry, a mapping or a copy, at the peak");
  public static final Metric REACHABLE_BYTE_S =
      add(
          Metric.number(
                  "reachable_byte_s",
                  "model: the same summed over time, in byte-seconds of the trace's pauses and of verbs")
              .better(Better.LOWER));

  public static final Metric SLOT_OPERATIONS =
      number("slot_operations", "KVM memslots deleted or set; model: only if any were");
  public static final Metric SLOTS_END = number("slots_end", "memslots at the end");
  public static final Metric FILES =
      number("files", "guest-memfd-linked: VMs with a file of their own on the inode");
  public static final Metric HAND_OVER_COUNT =
      times("hand_over_count", "migration: times that the target took over");
  public static final Metric HAND_OVER_PAGES =
      pages("hand_over_pages", "migration: entries that the source lost");
  public static final Metric HAND_OVER_TOTAL_NS =
      ns("hand_over_total_ns", "what they and the target's slots cost, within its first touch");
  public static final Metric BLACKOUT_NS =
      ns(
          "blackout_ns",
          "from the last vCPU of the source to the first of the target: the trace's pause and"
              + " hand_over_total_ns");
  public static final Metric MOVED_BYTES =
      bytes("moved_bytes", "migration to another host: contents that were copied");
  public static final Metric REALIGNED_BYTES =
      bytes(
          "realigned_bytes",
          "how many of these had to go to another offset of the file, whose pages are larger there");
  public static final Metric AFTER_HAND_OVER_PAGES =
      pages("after_hand_over_pages", "resident pages that the target had to map again");
  public static final Metric AFTER_HAND_OVER_TOTAL_NS =
      ns("after_hand_over_total_ns", "what those touches cost");

  public static final Metric GUEST_EXIT_COUNT =
      times("guest_exit_count", "a guest that really runs: VM exits");
  public static final Metric GUEST_EXIT_TOTAL_NS =
      ns("guest_exit_total_ns", "its time in KVM_RUN in which it did not touch memory");
  public static final Metric GUEST_TOUCH_TOTAL_NS =
      ns("guest_touch_total_ns", "by the guest's clock: touching pages, faults included");
  public static final Metric GUEST_CONVERT_TOTAL_NS =
      ns("guest_convert_total_ns", "by the guest's clock: from asking to going on after it");
  public static final Metric REFAULT_COUNT =
      times("refault_count", "touches of all its hot pages because slots had changed");
  public static final Metric REFAULT_TOTAL_NS = ns("refault_total_ns", "time of these");
  public static final Metric HOT_TOUCH_NS =
      add(
          Metric.ns("hot_touch_ns", "one touch of all hot pages, nothing having changed")
              .over(OverVms.MAX));
  public static final Metric GUEST_EMPTY_EXIT_NS =
      add(
          Metric.ns("guest_empty_exit_ns", "median of 101 exits that do nothing, after the replay")
              .over(OverVms.MAX));

  public static final Metric FAULTS = number("faults", "`--inject`: calls that failed");
  public static final Metric FAULT_RETRIES =
      number("fault_retries", "`--inject`: calls made again (fallocate after EINTR)");
  public static final Metric FAULT_DELAYS =
      number("fault_delays", "`--inject`: calls that were held up");
  public static final Metric CONVERSIONS_WITH_FAULTS =
      number(
          "conversions_with_faults", "`--on-fault continue`: conversions in which a call failed");

  public static final Metric NS_PER_OP =
      always(
          Metric.ns(
                  "ns_per_op",
                  "`scale`: wall time of a conversion on the model, the opening of the guest"
                      + " included; `micro`: an iteration of JMH")
              .in(Unit.NS_PER_OP));
  public static final Metric ALLOC_BYTES_PER_OP =
      always(
          Metric.ns("alloc_bytes_per_op", "what that allocates; `micro`: with `-prof gc`")
              .in(Unit.BYTES_PER_OP));
  public static final Metric TRACKER_BYTES =
      always(Metric.bytes("tracker_bytes", "what the page map holds on the heap"));
  public static final Metric TRACKER_KERNEL_BYTES =
      always(
          Metric.bytes(
              "tracker_kernel_bytes", "what the same state takes in the kernel's structure"));
  public static final Metric STATE_HASH =
      add(
          Metric.number("state_hash", "hash of the final private/shared state; the last metric")
              .in(Unit.TEXT)
              .over(OverVms.SAME));

  private Declared() {}

  /** In the order of the table. */
  static List<Metric> all() {
    return MetricList.all();
  }
}
