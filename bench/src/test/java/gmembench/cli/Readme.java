// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.Checkout;

/** A README of the repository, and the commands that it prints. */
record Readme(Path file, List<String> lines) {
  static final Path HOME = Checkout.path("").toAbsolutePath();
  private static final Set<String> NOT_OURS = Set.of("target", "out", ".git");
  private static final String SHORT = "<!-- short";
  private static final String SLOW = "slow: ";

  /**
   * A line of a fenced {@code sh} block.
   *
   * @param printed what a reader sees, without {@code taskset} and a comment at the end
   * @param shortForm what the test runs in its place; the same where no comment gives one
   * @param isSlow the short form takes long, too: it is run in the thorough form of the tests
   */
  record Printed(Path readme, int line, String printed, String shortForm, boolean isSlow) {
    private static final String LAUNCHER = "scripts/gmembench ";

    /** The arguments, if the command is gmembench's. */
    List<String> arguments() {
      return printed.startsWith(LAUNCHER) ? words(printed.substring(LAUNCHER.length())) : List.of();
    }

    List<String> shortArguments() {
      return words(
          shortForm.startsWith(LAUNCHER) ? shortForm.substring(LAUNCHER.length()) : shortForm);
    }

    private static List<String> words(String command) {
      return List.of(command.strip().split(" +"));
    }

    @Override
    public String toString() {
      return HOME.relativize(readme) + ":" + line + ": " + shortForm;
    }
  }

  /** All READMEs and other Markdown of the repository. */
  static List<Readme> all() {
    try (Stream<Path> files = Files.walk(HOME)) {
      return files
          .filter(f -> f.toString().endsWith(".md"))
          .filter(f -> parts(HOME.relativize(f)).noneMatch(NOT_OURS::contains))
          .sorted()
          .map(Readme::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> parts(Path relative) {
    return Stream.iterate(relative, p -> p != null, Path::getParent)
        .map(p -> p.getFileName().toString());
  }

  static Readme read(Path file) {
    try {
      return new Readme(file, Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a reader sees: all but comments. */
  List<String> visible() {
    List<String> visible = new ArrayList<>();
    boolean comment = false;
    for (String line : lines) {
      comment |= line.startsWith("<!--");
      if (!comment) {
        visible.add(line);
      }
      comment &= !line.endsWith("-->");
    }
    return visible;
  }

  /** The commands of its {@code sh} blocks. */
  List<Printed> commands() {
    List<Printed> commands = new ArrayList<>();
    List<String> shortForms = List.of();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).equals(SHORT)) {
        shortForms = until(i + 1, "-->");
        i += shortForms.size() + 1;
      } else if (lines.get(i).equals("```sh")) {
        List<String> block = until(i + 1, "```");
        add(commands, i + 2, block, shortForms);
        i += block.size() + 1;
        shortForms = List.of();
      } else if (!shortForms.isEmpty()) {
        throw new AssertionError(file + ":" + (i + 1) + ": expected ```sh after the short form");
      }
    }
    return commands;
  }

  private void add(List<Printed> all, int line, List<String> block, List<String> shortForms) {
    if (!shortForms.isEmpty() && shortForms.size() != block.size()) {
      throw new AssertionError(file + ":" + line + ": a short form for each command, or none");
    }
    for (int i = 0; i < block.size(); i++) {
      String printed = block.get(i).replaceFirst(" +# .*", "").replaceFirst("^taskset -c \\d ", "");
      String given = shortForms.isEmpty() ? printed : shortForms.get(i);
      boolean isSlow = given.startsWith(SLOW);
      all.add(
          new Printed(
              file, line + i, printed, isSlow ? given.substring(SLOW.length()) : given, isSlow));
    }
  }

  private List<String> until(int from, String end) {
    List<String> rest = lines.subList(from, lines.size());
    return rest.subList(0, rest.indexOf(end));
  }
}
