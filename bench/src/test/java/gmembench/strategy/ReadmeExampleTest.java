// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The strategy that README.md shows compiles as printed, and keeps a strategy's rules. */
class ReadmeExampleTest {
  private static final Path README = Checkout.path("README.md");
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "`bench/src/main/java/(\\S+/(\\w+)\\.java)`:\n\n```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void theExampleIsAStrategy() throws IOException, ReflectiveOperationException {
    Matcher example = EXAMPLE.matcher(Files.readString(README));
    assertThat(example.find()).isTrue();
    Path source = folder.resolve(example.group(1));
    Files.createDirectories(source.getParent());
    Files.writeString(source, example.group(3));

    assertThat(compile(source)).isEmpty();

    String name = example.group(1).replaceFirst("\\.java$", "").replace('/', '.');
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      Strategy strategy = (Strategy) loader.loadClass(name).getDeclaredConstructor().newInstance();
      assertThat(strategy.name()).isEqualTo("no-private-discard");
      new StrategyConformanceTest().keepsTheRules(strategy);
    }
  }

  /** What the compiler says; nothing if it has nothing to say. */
  private String compile(Path source) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    List<String> options =
        List.of(
            "-Xlint:all,-classfile",
            "-Werror",
            "-proc:none",
            "-d",
            folder.toString(),
            "-cp",
            System.getProperty("java.class.path"));
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean isDone =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      return isDone ? "" : said.toString();
    }
  }
}
