// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.TomlFile;

/**
 * Workloads that are run together, and with what; an empty list means the command line's choice, or
 * its default.
 */
public record Suite(
    String name,
    String why,
    List<String> workloads,
    List<String> engines,
    List<String> strategies,
    List<String> trackers,
    List<String> backings,
    List<String> costs,
    long reps) {

  static Suite read(Path path) {
    TomlFile toml = TomlFile.read(path);
    Suite suite =
        new Suite(
            String.valueOf(path.getFileName()).replaceFirst("\\.toml$", ""),
            toml.why(),
            toml.strings("workloads"),
            strings(toml, "engines"),
            strings(toml, "strategies"),
            strings(toml, "trackers"),
            strings(toml, "backings"),
            strings(toml, "costs"),
            toml.number("reps", 1, 0));
    toml.rejectUnknown();
    return suite;
  }

  private static List<String> strings(TomlFile toml, String key) {
    return toml.has(key) ? toml.strings(key) : List.of();
  }
}
