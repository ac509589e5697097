// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import module java.base;

import gmembench.InputException;
import gmembench.InputFile;
import gmembench.OutputFile;
import gmembench.Plugins;
import gmembench.TomlFile;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.InodeFile;
import gmembench.guest.InodeFile.Role;
import gmembench.pattern.Pattern;
import gmembench.trace.TraceBounds;

/** Reads a workload from TOML; see workloads/README.md for the keys. */
public final class WorkloadFile {
  private static final Map<String, Role> ROLES =
      Map.of(
          "owner", Role.OWNER,
          "reader", Role.READER,
          "successor", Role.SUCCESSOR,
          "destination", Role.DESTINATION);

  private static final int MOST_VCPUS = 4096;
  private static final long GIB_PAGES = (1L << 30) / Units.PAGE_BYTES;
  private static final String TRACE_ENDING = "\\.csv(\\.gz)?$";

  private WorkloadFile() {}

  public static Workload read(Path path) {
    TomlFile toml = TomlFile.read(path);
    String why = toml.why();
    long bytes = toml.bytes("guest");
    if (bytes / Units.PAGE_BYTES > TraceBounds.MOST_PAGES) {
      throw toml.error("guest", "guest = \"" + toml.string("guest") + "\"", "at most 64TiB");
    }
    long vcpus = toml.number("vcpus", 1, 1);
    if (vcpus > MOST_VCPUS) {
      throw toml.error("vcpus", "vcpus = " + vcpus, "at most 4096 (KVM_MAX_VCPUS)");
    }
    Guest guest = SlotTables.guest(toml, bytes, (int) vcpus).with(files(toml, vcpus));
    long seed = toml.number("seed", Long.MIN_VALUE, 1);
    long vms = toml.number("vms", 1, 1);
    if (vms > 10_000) {
      throw toml.error("vms", "vms = " + vms, "at most 10000");
    }
    Workload.Memory memory = memory(toml);
    Workload.Source source = source(toml);
    Workload.Boot boot = toml.keys("boot").isEmpty() ? null : boot(toml);
    toml.rejectUnknown();
    String name = String.valueOf(path.getFileName()).replaceFirst("\\.toml$", "");
    String hash =
        source instanceof Workload.Recorded recorded ? hash(path, recorded.file()) : hash(path);
    return new Workload(name, why, guest, source, boot, seed, (int) vms, memory, hash);
  }

  /** {@code memory = "empty"}: is the guest at its start, or has it run before? */
  private static Workload.Memory memory(TomlFile toml) {
    String memory = toml.string("memory", "used");
    return switch (memory) {
      case "empty" -> Workload.Memory.EMPTY;
      case "used" -> Workload.Memory.USED;
      default -> throw toml.error("memory", "memory = \"" + memory + "\"", "empty or used");
    };
  }

  /**
   * A trace as a workload without a file: a guest of one slot at 0 that ends with the GiB of the
   * highest page, and as many vCPUs as the trace names.
   */
  public static Workload ofTrace(Path path) {
    TraceBounds bounds = TraceBounds.of(TraceBounds.read(path));
    if (bounds.vcpus() > MOST_VCPUS) {
      throw new InputException(
          path.toString(), "vcpu " + (bounds.vcpus() - 1), "vcpus below 4096 (KVM_MAX_VCPUS)");
    }
    long gib = Math.max(1, (bounds.endGfn() + GIB_PAGES - 1) / GIB_PAGES);
    Guest guest = new Guest(gib * GIB_PAGES, Math.max(1, bounds.vcpus()));
    String why =
        Units.format(
            "a trace without a workload: a guest of %d GiB (its highest page, rounded up) and %d %s",
            gib, guest.vcpus(), guest.vcpus() == 1 ? "vCPU" : "vCPUs");
    String name = String.valueOf(path.getFileName()).replaceFirst(TRACE_ENDING, "");
    return new Workload(name, why, guest, new Workload.Bare(path), null, 1, hash(path));
  }

  /** Is this the name of a trace and not of a workload? */
  public static boolean isTrace(String name) {
    return name.matches(".*" + TRACE_ENDING);
  }

  /** {@code [[vm]]}: who has the memory, if it is not one VM. */
  private static List<InodeFile> files(TomlFile toml, long vcpus) {
    List<InodeFile> files = new ArrayList<>();
    long left = vcpus;
    for (TomlFile table : toml.tables("vm")) {
      long own = table.number("vcpus", 1);
      left -= own;
      String role = table.string("role", "owner");
      boolean first = files.isEmpty();
      if (!ROLES.containsKey(role) || (first && !role.equals("owner"))) {
        throw table.error(
            "role",
            "role = \"" + role + "\"",
            first ? "owner, of the first" : "owner, reader, successor or destination");
      }
      String gpa = table.string("gpa", "0");
      long at = Units.bytes(gpa, table.at());
      if (at % Units.PAGE_BYTES != 0 || at / Units.PAGE_BYTES > TraceBounds.MOST_PAGES) {
        throw table.error("gpa", "gpa = \"" + gpa + "\"", "whole pages of 4 KiB, at most 64TiB");
      }
      long largest = largestPages(table, role);
      table.rejectUnknown();
      files.add(new InodeFile((int) own, ROLES.get(role), at / Units.PAGE_BYTES, largest));
    }
    if (!files.isEmpty() && left != 0) {
      throw toml.error(
          "vm", "the VMs have " + (vcpus - left) + " vCPUs", "all of the workload's " + vcpus);
    }
    return files;
  }

  /** {@code largest-page}: of another host alone, for one host has the same for all VMs. */
  private static long largestPages(TomlFile table, String role) {
    if (!table.has("largest-page")) {
      return 1;
    }
    String text = table.string("largest-page");
    if (!List.of("4KiB", "2MiB", "1GiB").contains(text) || !role.equals("destination")) {
      throw table.error(
          "largest-page",
          "largest-page = \"" + text + "\", role = \"" + role + "\"",
          "4KiB, 2MiB or 1GiB, of a destination");
    }
    return Units.bytes(text, table.at()) / Units.PAGE_BYTES;
  }

  private static Workload.Source source(TomlFile toml) {
    if (toml.has("source.trace")) {
      Path trace = toml.path().resolveSibling(toml.string("source.trace"));
      if (!Files.isRegularFile(trace) || !Files.isReadable(trace)) {
        throw toml.error("source.trace", "no trace " + trace, "a readable trace file");
      }
      return new Workload.Recorded(trace);
    }
    String pattern = toml.string("source.pattern");
    Map<String, String> options = toml.options("source", Set.of("pattern"));
    return new Workload.Generated(
        Plugins.make(Pattern.class, pattern, options, toml.at("source.pattern")));
  }

  private static Workload.Boot boot(TomlFile toml) {
    Map<String, Long> published = new TreeMap<>();
    for (String strategy : toml.keys("boot.published_s")) {
      published.put(strategy, toml.seconds("boot.published_s." + strategy));
    }
    return new Workload.Boot(toml.seconds("boot.base_s"), toml.string("boot.source"), published);
  }

  private static String hash(Path... files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        digest(file, digest);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void digest(Path file, MessageDigest digest) {
    InputFile.requireRegular(file, "a trace or a workload"); // a device would never end
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new InputException(
          file.toString(), "cannot be read (" + OutputFile.reason(e) + ")", "a readable file");
    }
  }
}
