// SPDX-License-Identifier: Apache-2.0
package gmembench;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Documents, Javadoc and output use the field's words, those of the glossary in bench/README.md. A
 * list of words is no proof of good English; it keeps out what was there before.
 */
class WordsTest {
  private static final Path HOME = Checkout.path("");
  private static final List<String> FOLDERS =
      List.of("bench", "results", "workloads", "scripts", ".github");

  /** Each with what is said in its place; a sentence that begins with "Of" lacks its subject. */
  private static final Pattern BANNED =
      Pattern.compile(
          "\\b(dear(?:er)?" // expensive
              + "|told" // reported, distinguished
              + "|somebody" // who or what it is
              + "|besides" // in addition
              + "|allocated twice|twice, most)\\b" // double-allocated
              + "|(?<![\\w.#])Of (?=[a-z{])");

  /** Javadoc and other comments, or a string literal; code is neither. */
  private static final Pattern TEXT =
      Pattern.compile("/\\*.*?\\*/|//[^\\n]*|\"(?:[^\"\\\\\\n]|\\\\.)*\"", Pattern.DOTALL);

  @Test
  void theFieldsWordsAreUsed() throws IOException {
    NavigableSet<String> wrong = new TreeSet<>();
    for (Path file : texts()) {
      String all = Files.readString(file);
      if (file.toString().endsWith(".java")) {
        for (Matcher text = TEXT.matcher(all); text.find(); ) {
          find(file, all, text.start(), text.group(), wrong);
        }
      } else {
        find(file, all, 0, all, wrong);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static void find(
      Path file, String all, int from, String text, NavigableSet<String> wrong) {
    for (Matcher word = BANNED.matcher(text); word.find(); ) {
      long line = 1 + all.substring(0, from + word.start()).chars().filter(c -> c == '\n').count();
      wrong.add(HOME.relativize(file) + ":" + line + ": " + word.group());
    }
  }

  /**
   * Sources but tests', documents, cost profiles and scripts; a workload's hash has its comments.
   */
  private static List<Path> texts() throws IOException {
    NavigableSet<Path> texts = new TreeSet<>();
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.walk(HOME.resolve(folder))) {
        files.filter(WordsTest::isText).forEach(texts::add);
      }
    }
    try (Stream<Path> files = Files.list(HOME)) {
      files.filter(f -> f.toString().endsWith(".md")).forEach(texts::add);
    }
    return List.copyOf(texts);
  }

  private static boolean isText(Path file) {
    String path = HOME.relativize(file).toString();
    return path.matches(".*\\.(java|md|toml|yml|yaml)|scripts/[a-z-]+")
        && !path.matches("bench/(target|out|src/test)/.*|results/.*\\.toml|workloads/[^/]*\\.toml");
  }

  /** The pattern finds what it is there for, and leaves alone what is English. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/** Of the host. */                                   | true",
        "/** Adds it.%n   * Of every call.%n   */               | true",
        "a discard is too dear                                 | true",
        "stays allocated twice                                 | true",
        "a pin that somebody holds, and what KVM is told       | true",
        "read twice; endear; Optional.Of; the Office           | false",
        "/** The order of the host. */                         | false"
      })
  void thePatternIsRight(String text, boolean isBanned) {
    assertThat(BANNED.matcher(text.replace("%n", "\n")).find()).isEqualTo(isBanned);
  }
}
