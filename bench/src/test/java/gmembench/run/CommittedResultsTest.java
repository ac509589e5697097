// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.HeatMap;
import gmembench.result.Samples;
import gmembench.result.Summary;
import gmembench.strategy.Strategy;
import gmembench.table.Validation;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The folders of results/ hold what today's gmembench makes: what is derived from their samples,
 * and the rows of the model, which are the same on every machine. {@code scripts/check --results}
 * runs it over all of them; what was found is left in {@code target/results}.
 */
class CommittedResultsTest {
  private static final Path COMMITTED = Checkout.path("results");
  private static final Path FOUND = Checkout.path("bench/target/results");

  /** All of them are asked for by {@code -Dgmembench.thorough=RESULTS}. */
  private static final String QUICK = "hugepages/";

  private static final int MOST_SHOWN = 8;

  static List<String> folders() throws IOException {
    String one = System.getProperty("gmembench.results", "");
    try (Stream<Path> files = Files.walk(COMMITTED)) {
      return files
          .filter(f -> f.endsWith("samples.csv"))
          .map(f -> COMMITTED.relativize(f).toString().replace("/samples.csv", ""))
          .filter(f -> f.startsWith(one))
          .sorted()
          .toList();
    }
  }

  static List<String> modelled() throws IOException {
    return folders().stream()
        .filter(f -> Thorough.RESULTS.isAsked() || f.startsWith(QUICK))
        .filter(f -> !Samples.read(COMMITTED.resolve(f)).only(Cell::isExact).entries().isEmpty())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void tablesAreThoseOfTheSamples(String name) throws IOException {
    Path folder = COMMITTED.resolve(name);
    derived(folder, Samples.read(folder))
        .forEach((file, content) -> {
          List<String> committed = lines(folder.resolve(file));
          assertThat(shown(differences(committed, content.lines().toList())))
              .as("results/%s/%s", name, file)
              .isEmpty();
        });
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("modelled")
  void rowsOfTheModelAreThoseOfToday(String name) throws IOException {
    Path folder = COMMITTED.resolve(name);
    Path found = FOUND.resolve(name);
    FileUtils.deleteDirectory(found.toFile());
    Path today = found.resolve("today");
    Files.createDirectories(found);
    Set<String> ran = run(folder, today);
    for (Kind kind : Kind.values()) {
      write(found, kind.file, kind.refreshed(lines(folder.resolve(kind.file)), today, ran));
    }
    write(
        found,
        "env.csv",
        environment(lines(folder.resolve("env.csv")), lines(today.resolve("env.csv"))));
    Samples samples = Samples.read(found);
    for (Map.Entry<String, String> file : derived(folder, samples).entrySet()) {
      write(found, file.getKey(), file.getValue().lines().toList());
    }
    if (Files.exists(folder.resolve(HeatMap.FILE))) {
      write(found, HeatMap.FILE, lines(today.resolve(HeatMap.FILE)));
    }
    List<String> wrong = new ArrayList<>();
    FileUtils.deleteDirectory(today.toFile());
    try (Stream<Path> files = Files.list(found)) {
      for (Path file : files.sorted().toList()) {
        wrong.addAll(differences(lines(folder.resolve(file.getFileName())), lines(file)));
      }
    }
    assertThat(shown(wrong))
        .as("results/%s; what is made today is in target/results", name)
        .isEmpty();
  }

  /** Files of a folder with a line for each cell or more of them. */
  private enum Kind {
    SAMPLES("samples.csv", 1),
    MEMORY("memory.csv", 0),
    LATENCY("latency.hlog", -1);

    private final String file;
    private final int column;

    Kind(String file, int column) {
      this.file = file;
      this.column = column;
    }

    /** The path of a line's cell; empty for those that are of none. */
    private String path(String line) {
      if (column < 0) {
        return line.startsWith("Tag=") ? line.replaceFirst("Tag=([^,]*)/[^,]*,.*", "$1") : "";
      }
      List<String> columns = List.of(line.split(",", -1));
      return String.join("/", columns.subList(column, column + Cell.COLUMNS.size()));
    }

    /** The committed lines, those of cells that ran replaced; a file cut to its header stays so. */
    List<String> refreshed(List<String> committed, Path today, Set<String> ran) {
      Map<String, List<String>> fresh =
          lines(today.resolve(file)).stream().collect(Collectors.groupingBy(this::path));
      List<String> all = new ArrayList<>();
      Set<String> done = new HashSet<>();
      for (String line : committed) {
        String path = path(line);
        if (!ran.contains(path)) {
          all.add(line);
        } else if (done.add(path)) {
          all.addAll(fresh.getOrDefault(path, List.of()));
        }
      }
      return all;
    }
  }

  /** What is made of samples alone, where it is committed. */
  private static Map<String, String> derived(Path folder, Samples samples) {
    Map<String, String> all = new TreeMap<>();
    all.put("summary.csv", Summary.csv(samples));
    all.put(Validation.FILE, Validation.of(samples).csv());
    all.keySet().removeIf(file -> !Files.exists(folder.resolve(file)));
    return all;
  }

  /**
   * The cells of the model as they were planned, with the profile that they were predicted by; the
   * paths of these. Beside live rows of another trace than today's, the model's stay of that, too.
   */
  private static Set<String> run(Path folder, Path today) {
    Map<Cell, List<Strategy>> blocks = new LinkedHashMap<>();
    Samples all = Samples.read(folder);
    Map<String, Workload> workloads = new TreeMap<>();
    all.cells().forEach(c -> workloads.computeIfAbsent(c.workload(), Checkout::workload));
    Set<String> changed = new TreeSet<>();
    if (!all.cells().stream().allMatch(Cell::isExact)) {
      Environment then = Environment.read(folder);
      workloads.forEach((name, workload) -> {
        if (!then.get("workload." + name + ".hash").equals(workload.hash())) {
          changed.add(name);
        }
      });
      System.out.println(folder + ": to be measured again, of another trace: " + changed);
    }
    Samples modelled = all.only(c -> c.isExact() && !changed.contains(c.workload()));
    modelled
        .cells()
        .forEach(cell ->
            blocks
                .computeIfAbsent(cell.block(), block -> new ArrayList<>())
                .add(Strategy.parse(cell.strategy())));
    List<Plan.Step> steps = new ArrayList<>();
    blocks.forEach((cell, strategies) -> steps.add(step(folder, cell, strategies, workloads)));
    Plan plan = new Plan(steps, Shard.WHOLE);
    Progress quiet = new Progress(plan, new PrintWriter(Writer.nullWriter()), true);
    int jobs = Runtime.getRuntime().availableProcessors();
    String run = modelled.entries().getFirst().run();
    new Session(new Home(Checkout.path("")), plan, today, run, false, "", jobs, quiet).run();
    return modelled.cells().stream().map(Cell::path).collect(Collectors.toSet());
  }

  /** Workloads and fitted costs are today's; what was measured is of the host and time of then. */
  private static List<String> environment(List<String> committed, List<String> today) {
    Map<String, String> byKey = new LinkedHashMap<>();
    committed.forEach(line -> byKey.put(line.replaceAll(",.*", ""), line));
    for (String line : today) {
      if (line.startsWith("workload.") || line.startsWith("costs.")) {
        byKey.put(line.replaceAll(",.*", ""), line);
      }
    }
    return List.copyOf(byKey.values());
  }

  private static Plan.Step step(
      Path folder, Cell cell, List<Strategy> strategies, Map<String, Workload> workloads) {
    Path own = folder.resolve(cell.costs() + ".toml");
    Costs costs = Files.exists(own) ? Costs.read(own) : Checkout.costs(cell.costs());
    int threads = Integer.parseInt(cell.engine().replaceFirst("[^=]*=?", "0"));
    return new Plan.Step(
        new Model(costs, threads),
        new Block(
            Objects.requireNonNull(workloads.get(cell.workload())),
            Backing.parse(cell.backing()),
            Plugins.parse(Tracker.class, cell.tracker()),
            strategies));
  }

  /** Lines that one of them has and the other has not, whatever is inserted between them. */
  private static List<String> differences(List<String> committed, List<String> found) {
    List<String> then = new ArrayList<>(committed);
    then.removeAll(Set.copyOf(found));
    List<String> now = new ArrayList<>(found);
    now.removeAll(Set.copyOf(committed));
    List<String> all = new ArrayList<>();
    for (int i = 0; i < Math.max(then.size(), now.size()); i++) {
      String before = i < then.size() ? then.get(i) : "(nothing)";
      String after = i < now.size() ? now.get(i) : "(nothing)";
      all.add(before + "\n  is today " + after);
    }
    return all.isEmpty() && !committed.equals(found) ? List.of("the order of lines") : all;
  }

  private static String shown(List<String> wrong) {
    return wrong.stream()
        .limit(MOST_SHOWN)
        .map(each -> each.replaceAll("(?m)^(.{160}).*", "$1 ..."))
        .collect(Collectors.joining("\n", wrong.isEmpty() ? "" : wrong.size() + " differ:\n", ""));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file).lines().toList() : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path found, String file, List<String> lines) throws IOException {
    if (!lines.isEmpty()) {
      Files.writeString(found.resolve(file), String.join("\n", lines) + "\n");
    }
  }
}
