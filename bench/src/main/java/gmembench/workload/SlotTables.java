// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import module java.base;

import gmembench.InputException;
import gmembench.TomlFile;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.Slot;
import gmembench.trace.TraceBounds;

/**
 * Reads where a workload's memory is: {@code [[slot]]} with gpa, size and offset, or {@code layout}
 * with a VMM's name, or neither, and {@code file}, the size of the file behind it.
 */
final class SlotTables {
  private SlotTables() {}

  static Guest guest(TomlFile toml, long bytes, int vcpus) {
    List<Read> read = layout(toml, bytes);
    for (TomlFile table : toml.tables("slot")) {
      read.add(read(table));
    }
    long file = toml.has("file") ? toml.bytes("file") : bytes;
    if (read.isEmpty()) {
      read.add(new Read(new Slot(0, bytes / Units.PAGE_BYTES, 0), toml.at("guest")));
    }
    check(read, file);
    long sum = read.stream().mapToLong(r -> r.slot().bytes()).sum();
    if (sum != bytes) {
      throw toml.error(
          "guest",
          "guest = \"" + toml.string("guest") + "\" but the slots hold " + Units.exactSize(sum),
          "the sum of the slots' sizes");
    }
    return Guest.of(read.stream().map(Read::slot).toList(), vcpus, file / Units.PAGE_BYTES);
  }

  /** A slot and {@code file:line} of where it was read. */
  private record Read(Slot slot, String at) {
    @Override
    public String toString() {
      return "slot " + Units.hex(slot.gpa()) + ".." + Units.hex(slot.gpa() + slot.bytes());
    }
  }

  private static List<Read> layout(TomlFile toml, long bytes) {
    List<Read> slots = new ArrayList<>();
    if (!toml.has("layout")) {
      return slots;
    }
    String name = toml.string("layout");
    Layout layout =
        Layout.parse(name)
            .orElseThrow(() ->
                toml.error("layout", "unknown layout '" + name + "'", "one of " + Layout.names()));
    if (toml.has("slot")) {
      throw toml.error("slot", "both a layout and [[slot]]", "one of them");
    }
    layout.slots(bytes).forEach(s -> slots.add(new Read(s, toml.at("layout"))));
    return slots;
  }

  private static Read read(TomlFile table) {
    long gpa = wholePages(table, "gpa");
    long size = table.bytes("size");
    long offset = wholePages(table, "offset");
    table.rejectUnknown();
    long most = TraceBounds.MOST_PAGES * Units.PAGE_BYTES;
    if (gpa > most - Math.min(size, most)) {
      throw table.error("gpa", "the slot ends above 64TiB", "slots below 64TiB");
    }
    if (offset > most) {
      throw table.error("offset", "an offset above 64TiB", "files of 64TiB at most");
    }
    return new Read(Slot.ofBytes(gpa, size, offset), table.at());
  }

  /** A size in quotes, which may be 0. */
  private static long wholePages(TomlFile table, String key) {
    String text = table.string(key);
    long bytes = Units.bytes(text, table.at(key));
    if (bytes % Units.PAGE_BYTES != 0) {
      throw table.error(key, key + " = \"" + text + "\"", "whole pages of 4 KiB");
    }
    return bytes;
  }

  /** What KVM would refuse: EEXIST for addresses used twice, EEXIST or EINVAL for the file's. */
  private static void check(List<Read> slots, long fileBytes) {
    for (int i = 0; i < slots.size(); i++) {
      Read slot = slots.get(i);
      Slot s = slot.slot();
      if (s.endOffsetPages() * Units.PAGE_BYTES > fileBytes) {
        throw new InputException(
            slot.at(),
            slot + " ends at " + Units.hex(s.offset() + s.bytes()) + " of the file",
            "at most its size, " + Units.hex(fileBytes));
      }
      for (Read before : slots.subList(0, i)) {
        if (s.overlaps(before.slot())) {
          throw new InputException(
              slot.at(), slot + " overlaps the " + before, "slots apart from each other");
        }
        if (s.sharesFileWith(before.slot())) {
          throw new InputException(
              slot.at(),
              slot + " has pages of the file that the " + before + " has",
              "a part of the file in one slot only");
        }
      }
    }
  }
}
