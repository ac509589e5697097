// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import module java.base;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What READMEs print is what the commands print; what they name is there. */
class ReadmeTextTest {
  private static final Path GOLDEN =
      Readme.HOME.resolve("bench/src/test/resources/golden/reproduce-exact.txt");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
  private static final Pattern METHOD = Pattern.compile("`([A-Z]\\w+)\\.([a-z]\\w+)`");
  private static final Pattern TYPE = Pattern.compile("`([a-z]+/[A-Z]\\w+)(?:\\.java)?`");
  private static final Pattern TOML = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL);
  private static final Set<String> OF_RUN_ALONE = Set.of("--reserve-hugepages", "--resume", "-q");
  private static final String GENERATED = "<!-- generated: ";

  static List<Readme> readmes() {
    return Readme.all();
  }

  static Stream<Readme.Printed> commands() {
    return Readme.all().stream().flatMap(r -> r.commands().stream());
  }

  @Test
  void readmeIsShort() {
    List<String> visible = Readme.read(Readme.HOME.resolve("README.md")).visible();
    assertThat(visible).hasSizeLessThanOrEqualTo(200);
    assertThat(visible.stream().flatMap(l -> Stream.of(l.split("\\s+"))))
        .filteredOn(w -> w.matches(".*\\w.*"))
        .hasSizeLessThanOrEqualTo(1500);
    assertThat(visible).anyMatch(l -> l.matches("!\\[.+\\]\\(.+\\.svg\\)"));
  }

  /** The options, names and paths of a command are right also where only a short form is run. */
  @ParameterizedTest
  @MethodSource("commands")
  void whatIsPrintedIsACommand(Readme.Printed command) {
    List<String> arguments = command.arguments();
    if (arguments.isEmpty()) {
      String program = command.printed().split(" ", 2)[0];
      assertThat(program.equals("mvn") || Files.isExecutable(Readme.HOME.resolve(program)))
          .as(command.toString())
          .isTrue();
      return;
    }
    // with --help picocli would not mind an unknown option
    assertThatCode(() -> Main.line().parseArgs(arguments.toArray(String[]::new)))
        .as(command.toString())
        .doesNotThrowAnyException();
    assertThat(command.shortArguments().get(0)).isEqualTo(arguments.get(0));
    if (arguments.get(0).equals("run") && arguments.stream().noneMatch(a -> a.endsWith(".toml"))) {
      assertRuns(plan(arguments));
    }
  }

  private static List<String> plan(List<String> run) {
    List<String> plan = new ArrayList<>(run);
    plan.set(0, "plan");
    plan.removeIf(OF_RUN_ALONE::contains);
    for (String ofRun : List.of("--out", "--run")) {
      int at = plan.indexOf(ofRun);
      if (at >= 0) {
        plan.subList(at, at + 2).clear();
      }
    }
    return plan;
  }

  private static void assertRuns(List<String> arguments) {
    InProcess run = InProcess.gmembench(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
  }

  /** What differs is left, whole, in target/golden. */
  @ParameterizedTest
  @MethodSource("readmes")
  void generatedPartsAreUpToDate(Readme readme) throws IOException {
    StringBuilder now = new StringBuilder();
    boolean isOld = false;
    for (String line : readme.lines()) {
      isOld &= !line.equals("<!-- end -->");
      now.append(isOld ? "" : line + "\n");
      if (line.startsWith(GENERATED)) {
        now.append(generated(line.substring(GENERATED.length(), line.indexOf(" -->"))));
        isOld = true;
      }
    }
    if (!now.toString().equals(Files.readString(readme.file()))) {
      Path left = Readme.HOME.resolve("bench/target/golden");
      left = left.resolve(Readme.HOME.relativize(readme.file()));
      Files.createDirectories(left.getParent());
      Files.writeString(left, now);
      assertThat(readme.file()).as("now: %s", left).hasContent(now.toString());
    }
  }

  private static String generated(String what) throws IOException {
    List<String> words = Arrays.asList(what.split(" "));
    return switch (words.get(0)) {
      case "list" -> table(words.get(1));
      case "names" ->
          words.stream().skip(1).map(ReadmeTextTest::names).collect(Collectors.joining());
      case "reproduce" -> fenced(paragraphs(words.size() == 1 ? "1-99" : words.get(1)));
      default -> throw new AssertionError(what);
    };
  }

  /** The output of {@code list KIND} as pairs of a name without options and its why. */
  private static List<String[]> listed(String kind) {
    return InProcess.gmembench("list", kind)
        .out()
        .lines()
        .filter(l -> l.startsWith("  "))
        .map(l -> l.strip().split(" {2,}", 2))
        .map(row -> new String[] {"`" + row[0].split(":", -1)[0] + "`", row[1]})
        .toList();
  }

  private static String table(String kind) {
    StringBuilder table = new StringBuilder("| " + kind + " | |\n|---|---|\n");
    listed(kind).forEach(row -> table.append("| " + row[0] + " | " + row[1] + " |\n"));
    return table.toString();
  }

  private static String names(String kind) {
    return listed(kind).stream()
        .map(row -> row[0])
        .collect(Collectors.joining(", ", "- " + kind + ": ", "\n"));
  }

  private static String paragraphs(String range) throws IOException {
    String[] ends = range.split("-", -1);
    return Arrays.stream(Files.readString(GOLDEN).strip().split("\n\n"))
        .skip(Long.parseLong(ends[0]) - 1)
        .limit(Long.parseLong(ends[1]) - Long.parseLong(ends[0]) + 1)
        .collect(Collectors.joining("\n\n", "", "\n"));
  }

  private static String fenced(String text) {
    return "```\n" + text + "```\n";
  }

  @ParameterizedTest
  @MethodSource("readmes")
  void linksLeadSomewhere(Readme readme) {
    for (String line : readme.lines()) {
      for (Matcher link = LINK.matcher(line); link.find(); ) {
        assertThat(readme.file().resolveSibling(link.group(1)))
            .as(readme.file() + ": " + line)
            .exists();
      }
    }
  }

  /** Every `Type.method` and `package/Type` in the map of the code is there. */
  @Test
  void theMapOfTheCodeNamesWhatThereIs() throws IOException {
    Path sources = Readme.HOME.resolve("bench/src/main/java/gmembench");
    Map<String, Path> types;
    try (Stream<Path> files = Files.walk(sources)) {
      types =
          files
              .filter(f -> f.toString().endsWith(".java") && !f.endsWith("package-info.java"))
              .collect(Collectors.toMap(ReadmeTextTest::typeOf, f -> f));
    }
    String text = Files.readString(Readme.HOME.resolve("bench/README.md"));
    for (Matcher name = METHOD.matcher(text); name.find(); ) {
      assertThat(types).containsKey(name.group(1));
      assertThat(Files.readString(types.get(name.group(1))))
          .containsPattern("\\b" + name.group(2) + "\\(");
    }
    for (Matcher name = TYPE.matcher(text); name.find(); ) {
      assertThat(sources.resolve(name.group(1) + ".java")).exists();
    }
  }

  private static String typeOf(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  /** The workloads that are shown can be copied. */
  @Test
  void tomlThatIsShownIsAWorkload(@TempDir Path folder) throws IOException {
    String text = Files.readString(Readme.HOME.resolve("workloads/README.md"));
    Path copy = folder.resolve("copied.toml");
    int shown = 0;
    for (Matcher toml = TOML.matcher(text); toml.find(); shown++) {
      Files.writeString(copy, toml.group(1));
      assertRuns(List.of("plan", copy.toString(), "--engine", "model"));
    }
    assertThat(shown).isEqualTo(2);
  }
}
