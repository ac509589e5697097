// SPDX-License-Identifier: Apache-2.0
package gmembench;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import module java.base;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The house rules: one direction of flow, FFM in one place, no catch-all names. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("gmembench");

  private static final Path SOURCES = Checkout.path("bench/src/main/java/gmembench");

  private static final String[] COMES_IN = {"guest", "trace", "pattern", "workload"};
  private static final String[] COMES_OUT = {"result", "table", "compare", "chart"};
  private static final String[] GROUND = {"guest", "tracker", "linux", "vcpu", "backing", "result"};

  /** Every arrow that a package may have to another; the root is the ground of all. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          may("root"),
          may("guest"),
          may("linux"),
          may("trace", "guest"),
          may("pattern", "trace", "guest"),
          may("importer", "pattern", "trace", "guest"),
          may("workload", "pattern", "trace", "guest"),
          may("tracker", "guest"),
          may("alignment", "guest"),
          may("vcpu", "linux", "guest", "result"),
          may("backing", "alignment", "vcpu", "linux", "guest", "result"),
          may("strategy", "backing", "tracker", "guest", "result"),
          may("mm", "backing", "tracker", "guest", "result"),
          may("result"),
          may("table", "result"),
          may("compare", "table", "result"),
          may("chart", "compare", "table", "result"),
          may("engine", with(GROUND, COMES_IN, "mm", "strategy")),
          may("live", with(GROUND, COMES_IN, "engine", "mm", "strategy")),
          may("model", with(GROUND, COMES_IN, "engine", "mm", "strategy")),
          may("calibrate", with(GROUND, COMES_IN, "live", "engine", "mm", "strategy", "table")),
          may("jmh", "workload", "trace", "guest", "tracker", "result"),
          may(
              "run",
              with(
                  GROUND,
                  COMES_IN,
                  COMES_OUT,
                  "calibrate",
                  "live",
                  "model",
                  "engine",
                  "mm",
                  "strategy")),
          may(
              "cli",
              with(
                  GROUND,
                  COMES_IN,
                  COMES_OUT,
                  "run",
                  "calibrate",
                  "jmh",
                  "live",
                  "model",
                  "engine",
                  "mm",
                  "strategy",
                  "importer",
                  "alignment")));

  private static Map.Entry<String, Set<String>> may(String from, String... to) {
    return Map.entry(from, Set.of(to));
  }

  private static String[] with(String[] some, String[] others, String... more) {
    return Stream.of(some, others, more).flatMap(Stream::of).distinct().toArray(String[]::new);
  }

  private static String[] with(String[] a, String[] b, String[] c, String... more) {
    return with(with(a, b), c, more);
  }

  @Test
  void everyArrowIsAllowed() {
    SortedSet<String> wrong = new TreeSet<>();
    for (JavaClass from : ALL) {
      for (Dependency arrow : from.getDirectDependenciesFromSelf()) {
        String one = room(from);
        String other = room(arrow.getTargetClass().getBaseComponentType());
        if (!other.isEmpty() && !other.equals("root") && !other.equals(one)) {
          if (!ARROWS.getOrDefault(one, Set.of()).contains(other)) {
            wrong.add(one + " -> " + other + ": " + arrow.getDescription());
          }
        }
      }
    }
    Assertions.assertThat(wrong).isEmpty();
  }

  /** The package below ours, "root" for ours, and nothing for other people's. */
  private static String room(JavaClass type) {
    String name = type.getPackageName();
    if (name.equals("gmembench")) {
      return "root";
    }
    return name.startsWith("gmembench.") ? name.split("\\.", -1)[1] : ""; // JMH generates deeper
  }

  @Test
  void packagesAreFlatAndEachSaysWhatLivesThere() throws IOException {
    SortedSet<String> rooms = new TreeSet<>();
    ALL.forEach(type -> rooms.add(room(type)));
    Assertions.assertThat(rooms).isEqualTo(new TreeSet<>(ARROWS.keySet()));
    Assertions.assertThat(sources()).allMatch(file -> SOURCES.relativize(file).getNameCount() <= 2);
    for (String room : rooms) {
      Path info = SOURCES.resolve(room.equals("root") ? "" : room).resolve("package-info.java");
      Assertions.assertThat(info).exists();
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("gmembench.(**)").should().beFreeOfCycles().check(ALL);
  }

  /** No room above 9 % of the lines. */
  @Test
  void noPackageIsCrowded() throws IOException {
    Map<String, Long> lines = new TreeMap<>();
    for (Path file : sources()) {
      String room = String.valueOf(file.getParent());
      lines.merge(room, (long) Files.readAllLines(file).size(), Long::sum);
    }
    long all = lines.values().stream().mapToLong(Long::longValue).sum();
    Assertions.assertThat(lines)
        .allSatisfy((room, own) -> Assertions.assertThat(own).as(room).isLessThan(all * 9 / 100));
  }

  /** Whoever counts knows how a metric is declared, and nothing of files. */
  @Test
  void countersKnowMetricsOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "gmembench.vcpu", "gmembench.backing", "gmembench.strategy", "gmembench.mm")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("gmembench.result")
                .and(
                    describe(
                        "no metrics",
                        type -> !type.getName().matches(".*\\.(Metric|Declared)[^.]*"))))
        .check(ALL);
  }

  @Test
  void ffmIsOnlyInLinux() {
    noClasses()
        .that()
        .resideOutsideOfPackage("gmembench.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(ALL);
  }

  /** Links, devices and half-written files are thought of in one place. */
  @Test
  void onlyOutputFileOpensFilesForWriting() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(OutputFile.class)
        .should()
        .accessTargetWhere(describe("opens a file for writing", ArchitectureTest::opensForWriting))
        .check(ALL);
  }

  private static boolean opensForWriting(JavaAccess<?> access) {
    String to = access.getTargetOwner().getSimpleName() + "." + access.getName();
    boolean ofPath =
        access.getTarget() instanceof CodeUnitAccessTarget target
            && !target.getRawParameterTypes().isEmpty()
            && target.getRawParameterTypes().get(0).getName().matches("java.(io.File|lang.String)");
    return to.matches(
            "Files.(write.*|new(Out|Buf).*Writer|newOut.*|newByte.*|copy|move|create.*File)")
        || to.matches("(FileOutputStream|FileWriter|RandomAccessFile).<init>|FileChannel.open")
        || (ofPath && to.matches("(PrintWriter|PrintStream|Formatter|HistogramLogWriter).<init>"));
  }

  @Test
  void pluginsAreRecords() {
    classes()
        .that()
        .implement(Plugin.class)
        .and()
        .areNotInterfaces()
        .should()
        .beRecords()
        .check(ALL);
  }

  @Test
  void namesSayWhatThingsAre() {
    noClasses()
        .should()
        .haveSimpleNameStartingWith("Abstract")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .check(ALL);
    for (String name : List.of("util", "common", "impl", "manager", "helper")) {
      noClasses().should().resideInAPackage(".." + name + "..").check(ALL.that(isOurs()));
    }
  }

  private static DescribedPredicate<JavaClass> isOurs() {
    return JavaClass.Predicates.resideInAPackage("gmembench..");
  }

  /** What an engine can do is asked of the engine. */
  @Test
  void nobodyAsksWhichEngineItIs() throws IOException {
    for (Path file : sources()) {
      Assertions.assertThat(Files.readString(file))
          .as(file.toString())
          .doesNotContainPattern("instanceof (Live|Model)\\b");
    }
  }

  @Test
  void filesFitAHead() throws IOException {
    for (Path file : sources(Checkout.path("bench/src"))) {
      Assertions.assertThat(Files.readAllLines(file))
          .as(file.toString())
          .hasSizeLessThanOrEqualTo(300);
    }
  }

  private static List<Path> sources() throws IOException {
    return sources(SOURCES);
  }

  private static List<Path> sources(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(f -> f.toString().endsWith(".java")).toList();
    }
  }
}
