// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.Checkout;

/** A command line in a JVM of its own, which can be sent signals. */
public final class OwnJvm {
  /**
   * The classes of this JVM, or what the launcher runs if that is made of them: it starts faster.
   */
  private static final List<String> PROGRAM = program();

  private OwnJvm() {}

  private static List<String> program() {
    Path target = Checkout.path("bench/target");
    Path jar = target.resolve("gmembench.jar");
    String tested = System.getProperty("java.class.path");
    try {
      if (tested.contains("target/classes") && isNewer(jar, target.resolve("classes"))) {
        Path launcher = Checkout.path("scripts/gmembench");
        new ProcessBuilder(launcher.toString(), "--version")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor(); // makes its cache
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(target, "gmembench-*.aot")) {
          for (Path cache : caches) {
            return List.of("-XX:AOTCache=" + cache, "-jar", jar.toString());
          }
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    return List.of("-cp", tested, Main.class.getName());
  }

  private static boolean isNewer(Path jar, Path classes) throws IOException {
    if (!Files.exists(jar)) {
      return false;
    }
    FileTime made = Files.getLastModifiedTime(jar);
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.getLastModifiedTime(file).compareTo(made) > 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** Starts it; what it prints to stderr is in the log, its output nowhere. */
  public static Process gmembench(Path log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(
        "env"); // a build in the background of a shell ignores SIGINT, and so would its child
    command.add("--default-signal=INT,TERM");
    command.addAll(command(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(log.toFile())
        .start();
  }

  /** What starts it. */
  static List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dgmembench.home=" + Checkout.path(""),
                "-Dgmembench.hurry=20"));
    command.addAll(PROGRAM);
    command.addAll(List.of(arguments));
    return command;
  }

  /** kill(1): INT, TERM, KILL. */
  public static void signal(Process process, String signal)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }
}
