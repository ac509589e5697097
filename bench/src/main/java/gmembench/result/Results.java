// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.OutputFile;

/**
 * A results folder, or a folder of these whose runs belong together, as a comparison's side.
 *
 * @param isComplete whether every run came to its end
 */
public record Results(Path folder, Samples samples, Environment env, boolean isComplete) {
  public static Results read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder.toString(), "is no folder", "a results folder of gmembench");
    }
    List<Path> parts = Files.exists(folder.resolve("samples.csv")) ? List.of() : parts(folder);
    if (parts.isEmpty()) {
      return one(folder);
    }
    List<Results> all = parts.stream().map(Results::one).toList();
    Map<String, String> facts = new LinkedHashMap<>();
    for (Results result : all) {
      result.checkBelongsTo(new Environment(facts));
      result
          .env()
          .facts()
          .forEach(
              (key, value) -> facts.merge(key, value, (a, b) -> Environment.ofBoth(key, a, b)));
    }
    Environment env = new Environment(facts);
    List<Repetition> entries = new ArrayList<>();
    all.forEach(r -> entries.addAll(r.samples().entries()));
    checkDistinct(folder, entries);
    boolean complete = all.stream().allMatch(Results::isComplete);
    return new Results(folder, new Samples(folder, entries), env, complete);
  }

  /** A results folder that is a single run. */
  public static Results one(Path folder) {
    return new Results(
        folder,
        Samples.read(folder),
        Environment.read(folder),
        Files.exists(folder.resolve("summary.csv")));
  }

  private static List<Path> parts(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(c -> Files.exists(c.resolve("samples.csv"))).sorted().toList();
    } catch (IOException e) {
      throw new InputException(
          folder.toString(), "cannot be read (" + OutputFile.reason(e) + ")", "a folder");
    }
  }

  private void checkBelongsTo(Environment first) {
    for (String key : env.facts().keySet()) {
      boolean matters = Fact.matters(key, Fact.Use.BESIDE) || isWorkloadHash(key);
      if (matters && first.facts().containsKey(key) && !first.get(key).equals(env.get(key))) {
        throw new NotComparableException(
            folder + ": " + key + " '" + env.get(key) + "' is not that of the runs beside it");
      }
    }
  }

  static boolean isWorkloadHash(String key) {
    return key.startsWith(Fact.WORKLOAD.key()) && key.endsWith(".hash");
  }

  private static void checkDistinct(Path folder, List<Repetition> entries) {
    Set<List<Object>> seen = new HashSet<>();
    for (Repetition e : entries) {
      if (!seen.add(List.of(e.run(), e.cell(), e.rep()))) {
        throw new InputException(
            folder.toString(),
            "run '" + e.run() + "' of " + e.cell().path() + " twice",
            "another --run label for each run");
      }
    }
  }
}
