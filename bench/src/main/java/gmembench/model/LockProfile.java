// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.Plugin;
import gmembench.Plugins;
import gmembench.TomlFile;
import gmembench.backing.Verb;
import gmembench.tracker.Tracker;

/**
 * A lock of a cost profile: who takes it, and for how much of what he does.
 *
 * <pre>
 * [lock.invalidate_lock]
 * per = "file"                   # how many there are: see {@link Scope}
 * [lock.invalidate_lock.alone]   # percent of a verb's cost during which it is held
 * memfd.discard = 90
 * tracker.xarray = 100           # of the page map's work
 * [lock.invalidate_lock.together]   # the same, by readers: only who takes it alone keeps them out
 * memfd.touch = 20
 * </pre>
 *
 * @param alone percent by {@code backing.verb} or {@code tracker.name}
 * @param together percent by the same, of those who can hold it at the same time
 */
record LockProfile(String name, Scope per, Map<String, Long> alone, Map<String, Long> together) {
  private static final String TABLE = "lock";

  /** What has a lock of its own. */
  enum Scope {
    /** Each VM: slots_lock, mmu_lock. */
    VM,
    /** Each inode, so each side that has its own memory: invalidate_lock. */
    FILE,
    /** The host has one for all VMs. */
    HOST
  }

  /** All locks of a profile, by name. */
  static List<LockProfile> read(TomlFile file) {
    return file.keys(TABLE).stream().sorted().map(name -> read(file, name)).toList();
  }

  private static LockProfile read(TomlFile file, String name) {
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw file.error(TABLE + "." + name, "lock '" + name + "'", "a name such as slots_lock");
    }
    String section = TABLE + "." + name;
    String per = file.string(section + ".per");
    Scope scope =
        switch (per) {
          case "vm" -> Scope.VM;
          case "file" -> Scope.FILE;
          case "host" -> Scope.HOST;
          default ->
              throw file.error(section + ".per", "per = \"" + per + "\"", "vm, file or host");
        };
    Map<String, Long> alone = holders(file, section + ".alone");
    Map<String, Long> together = holders(file, section + ".together");
    for (String both : together.keySet()) {
      if (alone.containsKey(both)) {
        throw file.error(
            section + ".together." + both,
            both + " holds " + name + " alone and together",
            "one of the two");
      }
    }
    if (alone.isEmpty() && together.isEmpty()) {
      throw file.error(section, "nobody takes " + name, "[" + section + ".alone] with holders");
    }
    return new LockProfile(name, scope, alone, together);
  }

  private static Map<String, Long> holders(TomlFile file, String table) {
    Map<String, Long> percents = new TreeMap<>();
    for (String owner : file.keys(table)) {
      for (String what : whats(file, owner)) {
        String key = table + "." + owner + "." + what;
        if (file.has(key)) {
          percents.put(owner + "." + what, percent(file, key));
        }
      }
    }
    return percents;
  }

  /** What may follow a name in a table of holders; anything else is an unknown key. */
  private static Set<String> whats(TomlFile file, String owner) {
    Set<String> whats = new java.util.TreeSet<>();
    if (owner.equals("tracker")) {
      Plugins.all(Tracker.class).stream().map(Plugin::name).forEach(whats::add);
    } else {
      for (Verb verb : Verb.values()) {
        if (file.has(owner + "." + verb.text())) {
          whats.add(verb.text());
        }
      }
    }
    return whats;
  }

  private static long percent(TomlFile file, String key) {
    long percent = file.number(key, 1);
    if (percent > 100) {
      throw file.error(key, key + " = " + percent, "percent, at most 100");
    }
    return percent;
  }
}
