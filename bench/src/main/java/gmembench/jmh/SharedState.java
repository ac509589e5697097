// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import gmembench.Plugins;
import gmembench.Units;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;

/**
 * What a tracker holds when a workload of the benchmarks has most shared; found beside the timed
 * code, not in it.
 *
 * @param bytes on the Java heap
 * @param kernelBytes of the same state in the kernel's own structure
 * @param hash of the state in the middle and at the end, the same for all trackers
 */
public record SharedState(long guestPages, long bytes, long kernelBytes, long hash) {
  /** Plays a workload once; its name as in results. */
  public static SharedState of(String workload, String tracker) {
    Tracker opened = Plugins.parse(Tracker.class, tracker);
    if (workload.startsWith("init-")) {
      String guest = workload.substring("init-".length());
      PageMap map = opened.open(Units.bytes(guest, workload) / Units.PAGE_BYTES);
      long bytes = map.bytes();
      long kernelBytes = map.kernelBytes();
      map.set(0, map.pages(), Side.SHARED);
      return new SharedState(
          map.pages(),
          Math.max(bytes, map.bytes()),
          Math.max(kernelBytes, map.kernelBytes()),
          map.hash());
    } else if (workload.startsWith("fault-") || workload.startsWith("frame-")) {
      PageMap map = LookupBenchmark.state(opened);
      return new SharedState(map.pages(), map.bytes(), map.kernelBytes(), map.hash());
    }
    return played(Conversions.named(list(workload)), opened);
  }

  private static String list(String workload) {
    return workload.startsWith("readers-") ? "live-ranges" : workload;
  }

  private static SharedState played(Conversions all, Tracker tracker) {
    PageMap map = all.open(tracker);
    long bytes = 0;
    long kernelBytes = 0;
    long hash = 0;
    int parts = 64;
    for (int part = 0; part < parts; part++) {
      all.play(map, at(all, part, parts), at(all, part + 1, parts));
      bytes = Math.max(bytes, map.bytes());
      kernelBytes = Math.max(kernelBytes, map.kernelBytes());
      if (part + 1 == parts / 2 || part + 1 == parts) {
        hash = PageMap.mix(hash, map.hash());
      }
    }
    return new SharedState(all.guestPages(), bytes, kernelBytes, hash);
  }

  private static int at(Conversions all, int part, int parts) {
    return (int) ((long) all.size() * part / parts);
  }
}
