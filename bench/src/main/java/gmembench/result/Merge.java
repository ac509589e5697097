// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.Units;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Joins the results of all shards of one plan into the folder that one run of the whole plan would
 * have left: rows in the order of the plan, each block from the one shard that had it. Nothing is
 * written unless every cell is there, once, and from where it belongs.
 */
public final class Merge {
  private final TreeMap<Integer, Part> parts = new TreeMap<>();
  private final List<PlannedCell> plan;
  private final int shards;

  /** The results of one shard. */
  private record Part(
      Path folder, int number, int of, List<PlannedCell> plan, Environment env, Samples samples) {
    static Part read(Path folder) {
      Environment env = Environment.read(folder);
      String[] shard = env.get("shard").split("/", -1);
      try {
        return new Part(
            folder,
            Integer.parseInt(shard[0]),
            Integer.parseInt(shard[1]),
            PlannedCell.read(folder),
            env,
            Samples.read(folder));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new InputException(
            folder.resolve("env.csv").toString(),
            "shard is '" + env.get("shard") + "'",
            "results of run --shard I/N");
      }
    }

    String name() {
      return "shard " + number + "/" + of;
    }
  }

  private Merge(List<Part> all) {
    Part first = all.get(0);
    this.plan = first.plan;
    this.shards = first.of;
    for (Part part : all) {
      if (part.of != shards || !part.plan.equals(plan)) {
        throw foreign(part, "its plan is not that of " + first.folder);
      }
      Part twin = parts.putIfAbsent(part.number, part);
      if (twin != null) {
        throw new NotComparableException(
            "duplicate: " + part.name() + " is in " + twin.folder + " and in " + part.folder);
      }
    }
  }

  /** Joins folders, or folders of these, into a new one, and returns what is in it. */
  public static Samples of(List<Path> folders, Path out) {
    Merge merge = new Merge(folders.stream().flatMap(f -> shardsIn(f).stream()).toList());
    merge.checkNoneMissing();
    merge.checkEachBelongs();
    merge.checkAllWhole();
    return merge.write(out, new MergedFacts(merge.plan).of(merge.environments()));
  }

  private static List<Part> shardsIn(Path folder) {
    if (Files.exists(folder.resolve("samples.csv"))) {
      return List.of(Part.read(folder));
    }
    try (Stream<Path> children = Files.list(folder)) {
      List<Part> parts =
          children
              .filter(c -> Files.exists(c.resolve("samples.csv")))
              .sorted()
              .map(Part::read)
              .toList();
      if (!parts.isEmpty()) {
        return parts;
      }
    } catch (IOException e) {
      // said below
    }
    throw new InputException(
        folder.toString(), "holds no samples.csv", "results of run --shard, or a folder of these");
  }

  private void checkNoneMissing() {
    Map<Integer, List<PlannedCell>> missing =
        plan.stream()
            .filter(c -> !parts.containsKey(c.shard()))
            .collect(Collectors.groupingBy(PlannedCell::shard, TreeMap::new, Collectors.toList()));
    if (!missing.isEmpty()) {
      throw new NotComparableException(
          "missing: shard "
              + missing.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))
              + " of "
              + shards
              + ", "
              + missing.values().stream().mapToInt(List::size).sum()
              + " cells, the first is "
              + missing.values().iterator().next().get(0).cell().path());
    }
  }

  private void checkEachBelongs() {
    Map<Cell, Integer> owner = new HashMap<>();
    plan.forEach(c -> owner.put(c.cell(), c.shard()));
    String run = "";
    for (Part part : parts.values()) {
      for (Repetition e : part.samples.entries()) {
        Integer shard = owner.get(e.cell());
        if (shard == null) {
          throw foreign(part, e.cell().path() + " is not in the plan");
        } else if (shard != part.number) {
          throw foreign(part, e.cell().path() + " is of shard " + shard + "/" + shards);
        }
        run = run.isEmpty() ? e.run() : run;
        if (!e.run().equals(run)) {
          throw foreign(part, "its run is labelled '" + e.run() + "', another '" + run + "'");
        }
      }
    }
  }

  /** Every repetition is there, or a row that says why the cell gave none. */
  private void checkAllWhole() {
    Map<Cell, Integer> done = new HashMap<>();
    for (Part part : parts.values()) {
      for (Repetition e : part.samples.entries()) {
        done.merge(e.cell(), e.rep() == 0 ? Integer.MAX_VALUE / 2 : 1, Integer::sum);
      }
    }
    List<PlannedCell> cut =
        plan.stream().filter(c -> done.getOrDefault(c.cell(), 0) < c.reps()).toList();
    if (!cut.isEmpty()) {
      PlannedCell first = cut.get(0);
      throw new NotComparableException(
          Units.format(
              "missing: %d cells are not complete, the first is %s with %d of %d repetitions"
                  + " (run --resume in %s)",
              cut.size(),
              first.cell().path(),
              done.getOrDefault(first.cell(), 0),
              first.reps(),
              part(first.shard()).folder));
    }
  }

  private Part part(int number) {
    Part part = parts.get(number);
    if (part == null) {
      throw new IllegalStateException("shard " + number + " was checked to be there");
    }
    return part;
  }

  private Map<Path, Environment> environments() {
    Map<Path, Environment> all = new LinkedHashMap<>();
    parts.values().forEach(p -> all.put(p.folder, p.env));
    return all;
  }

  private Samples write(Path out, Map<String, String> facts) {
    Map<String, Cell> blockByPath = new HashMap<>();
    plan.forEach(c -> blockByPath.put(c.cell().path(), c.cell().block()));
    Map<Cell, List<Repetition>> byBlock = new HashMap<>();
    Rows memory = new Rows();
    Rows latency = new Rows();
    for (Part part : parts.values()) {
      for (Repetition r : part.samples.entries()) {
        byBlock.computeIfAbsent(r.cell().block(), b -> new ArrayList<>()).add(r);
      }
      Path points = part.folder.resolve(ResultFolder.MEMORY);
      for (CSVRecord row : Environment.rows(points, ResultFolder.MEMORY_COLUMNS)) {
        String path = String.join("/", row.toList().subList(0, 6));
        memory.add(blockByPath.get(path), ResultFolder.line(row.toList()));
      }
      LatencyLog.read(part.folder).stream()
          .filter(LatencyLog::isHistogram)
          .forEach(h -> latency.add(blockByPath.get(h.path()), h.text() + "\n"));
    }
    List<Cell> blocks = plan.stream().map(c -> c.cell().block()).distinct().toList();
    try (ResultFolder folder = ResultFolder.create(out, "")) {
      folder.append(
          blocks.stream().flatMap(b -> byBlock.getOrDefault(b, List.of()).stream()).toList(),
          memory.inOrderOf(blocks),
          latency.inOrderOf(blocks));
      folder.plan(plan.stream().map(c -> new PlannedCell(1, c.cell(), c.reps())).toList());
      folder.environment(facts);
      return folder.finish().samples();
    }
  }

  /** The lines of a file by the block that they are of; what is of none was cut off by a kill. */
  private static final class Rows {
    private final Map<Cell, StringBuilder> byBlock = new HashMap<>();

    void add(@Nullable Cell block, String rows) {
      if (block != null) {
        byBlock.computeIfAbsent(block, b -> new StringBuilder()).append(rows);
      }
    }

    String inOrderOf(List<Cell> blocks) {
      return blocks.stream()
          .map(b -> byBlock.getOrDefault(b, new StringBuilder()))
          .collect(Collectors.joining());
    }
  }

  private static NotComparableException foreign(Part part, String why) {
    return new NotComparableException("foreign: " + part.folder + ": " + why);
  }
}
