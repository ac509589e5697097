// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.InputException;
import gmembench.InputFile;
import gmembench.Plugins;
import gmembench.Text;
import gmembench.backing.Backing;
import gmembench.model.Costs;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;

/** The checkout's own files: workloads, suites and cost profiles by name, or any file by path. */
public record Home(Path folder) {
  private static final String ENDING = ".toml";
  private static final int MOST_SHOWN = 8;

  /** The launcher says where; without it, the working directory is the checkout. */
  public static Home here() {
    return new Home(Path.of(System.getProperty("gmembench.home", ".")));
  }

  public Path workloadFolder() {
    return folder.resolve("workloads");
  }

  public Path suiteFolder() {
    return workloadFolder().resolve("suites");
  }

  public Path costsFolder() {
    return folder.resolve("bench").resolve("costs");
  }

  public Workload workload(String name) {
    if (WorkloadFile.isTrace(name) && Files.isRegularFile(Path.of(name))) {
      return WorkloadFile.ofTrace(named(Path.of(name)));
    }
    return WorkloadFile.read(find(workloadFolder(), name, "workload"));
  }

  public Costs costs(String name) {
    Costs costs = Costs.read(find(costsFolder(), name, "cost profile"));
    for (String backing : costs.backings()) { // or it says where, and what there is
      Plugins.make(Backing.class, backing, Map.of(), costs.at(backing));
    }
    return costs;
  }

  boolean isSuite(String name) {
    return Files.isRegularFile(suiteFolder().resolve(name + ENDING));
  }

  public Suite suite(String name) {
    return Suite.read(find(suiteFolder(), name, "suite"));
  }

  /** What is run is called after its file, in every table and file of the results. */
  private static Path named(Path file) {
    Text.requireName(String.valueOf(file.getFileName()), file.toString());
    return file;
  }

  /** A name without its ending, or the path of a file of the user's own. */
  private Path find(Path among, String name, String kind) {
    Path own = Path.of(name);
    if (name.endsWith(ENDING) && Files.isRegularFile(own)) {
      return named(own);
    }
    Path path = among.resolve(name + ENDING);
    if (!name.contains("/") && Files.isRegularFile(path)) {
      return path;
    }
    if (name.endsWith(ENDING) && Files.exists(own)) {
      InputFile.requireRegular(own, "a " + kind);
    }
    String traces = among.equals(workloadFolder()) ? ", a trace (.csv, .csv.gz) or" : " or";
    throw new InputException(
        name,
        "unknown " + kind,
        "a .toml file" + traces + " one of " + closest(name, names(among)));
  }

  /** Names that begin alike come first: there are too many for a line. */
  private static String closest(String name, List<String> known) {
    char[] typed = name.toCharArray();
    Comparator<String> alike =
        Comparator.comparingInt((String k) -> Arrays.mismatch(typed, k.toCharArray())).reversed();
    String shown = known.stream().sorted(alike).limit(MOST_SHOWN).collect(Collectors.joining(", "));
    return known.size() > MOST_SHOWN ? shown + " ... (gmembench list has all)" : shown;
  }

  /** The names of the TOML files in a folder, sorted. */
  public static List<String> names(Path among) {
    try (Stream<Path> files = Files.list(among)) {
      return files
          .map(p -> String.valueOf(p.getFileName()))
          .filter(n -> n.endsWith(ENDING))
          .map(n -> n.substring(0, n.length() - ENDING.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
