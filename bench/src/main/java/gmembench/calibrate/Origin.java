// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.TomlFile;
import gmembench.Units;
import gmembench.linux.CpuCaches;
import gmembench.linux.ReferenceLoop;
import gmembench.mm.HostSizes;

/**
 * Where figures were measured, and how.
 *
 * @param host CPU and kernel, in words
 * @param command that measured them
 * @param day of the measurement
 * @param sizes of the host, by which was counted
 * @param source of the sizes, in words
 * @param referenceNs what the reference loop took, or 0 if that is not known
 */
public record Origin(
    String host, String command, String day, HostSizes sizes, String source, long referenceNs) {
  /**
   * A VM may not see how many CPUs share its last level: a quarter is what one is taken to keep.
   */
  private static final int LLC_SHARES = 4;

  /** Measured here and now. */
  public static Origin here(String host, String command, String day) {
    return found(CpuCaches.here(), host, command, day, ReferenceLoop.ns());
  }

  static Origin found(CpuCaches caches, String host, String command, String day, long referenceNs) {
    HostSizes common = HostSizes.DEFAULT;
    OptionalLong own = caches.bytes(2);
    OptionalLong last = caches.bytes(3);
    OptionalLong ceiling = caches.flushCeiling();
    long l2 = own.orElse(common.l2Bytes());
    long share = last.isPresent() ? last.getAsLong() / LLC_SHARES : common.llcShareBytes();
    List<String> source = new ArrayList<>();
    source.add("l2 " + (own.isPresent() ? "from sysfs" : "by default, sysfs has none"));
    source.add(
        "llc_share "
            + (last.isPresent()
                ? "a quarter of " + Units.exactSize(last.getAsLong()) + " from sysfs"
                : "by default, sysfs has no L3"));
    source.add(
        "flush_ceiling "
            + (ceiling.isPresent() ? "from debugfs" : "the kernel's default, debugfs has none"));
    source.add("gather_bundle as Linux is compiled");
    HostSizes sizes =
        new HostSizes(
            l2,
            Math.max(l2, share / Units.PAGE_BYTES * Units.PAGE_BYTES),
            ceiling.orElse(common.flushCeiling()),
            common.gatherBundle());
    return new Origin(
        host.replace('"', '\''),
        command.replace('"', '\'').replace('\\', '/'),
        day,
        sizes,
        String.join("; ", source),
        referenceNs);
  }

  /** The section {@code [host]} of a profile. */
  String section() {
    return "[host]\n"
        + ("l2 = \"" + Units.exactSize(sizes.l2Bytes()) + "\"\n")
        + ("llc_share = \"" + Units.exactSize(sizes.llcShareBytes()) + "\"\n")
        + ("flush_ceiling = " + sizes.flushCeiling() + "\n")
        + ("gather_bundle = " + sizes.gatherBundle() + "\n")
        + (referenceNs > 0 ? "reference_ns = " + referenceNs + "\n" : "")
        + ("source = \"" + source + "\"\n");
  }

  /** All of it as TOML that {@link #read} reads. */
  String text() {
    return "[measured]\n"
        + ("host = \"" + host + "\"\n")
        + ("command = \"" + command + "\"\n")
        + ("day = \"" + day + "\"\n")
        + section();
  }

  static Origin read(TomlFile file) {
    Origin origin =
        new Origin(
            file.string("measured.host"),
            file.string("measured.command"),
            file.string("measured.day"),
            new HostSizes(
                file.bytes("host.l2"),
                file.bytes("host.llc_share"),
                file.number("host.flush_ceiling", 0),
                file.number("host.gather_bundle", 1)),
            file.string("host.source"),
            file.number("host.reference_ns", 0, 0));
    file.rejectUnknown();
    return origin;
  }
}
