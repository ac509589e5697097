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
    String tested = System.getProperty("java.class.path");
    Path target = Checkout.path("bench/target");
    if (tested.contains("target/classes")) {
      try {
        String launcher = Checkout.path("scripts/gmembench").toString();
        new ProcessBuilder(launcher, "--version")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor(); // the jar is of today's sources then, and has its cache
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(target, "gmembench-*.aot")) {
          for (Path cache : caches) {
            if (Files.size(cache) > 0) {
              return List.of("-XX:AOTCache=" + cache, "-jar", target + "/gmembench.jar");
            }
          }
        }
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return List.of("-cp", tested, Main.class.getName());
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
