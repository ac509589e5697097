// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import module java.base;

/**
 * Labels for a narrow table: a plug-in without its options, unless two of the table differ only in
 * these; the options are then listed once below it.
 */
public record ShortNames(List<String> labels) {
  public static ShortNames of(Collection<String> labels) {
    return new ShortNames(labels.stream().distinct().toList());
  }

  public String of(String label) {
    long alike = labels.stream().filter(l -> name(l).equals(name(label))).count();
    return alike > 1 ? label : name(label);
  }

  private static String name(String label) {
    int colon = label.indexOf(':');
    return colon < 0 ? label : label.substring(0, colon);
  }

  /** A line for every label that was cut: empty if there is none. */
  public String legend() {
    List<String> cut = new ArrayList<>();
    for (String label : labels) {
      if (!of(label).equals(label)) {
        cut.add("  " + label + "\n");
      }
    }
    return cut.isEmpty() ? "" : "with\n" + cut.stream().collect(Collectors.joining());
  }
}
