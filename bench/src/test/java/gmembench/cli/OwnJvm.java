// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.Checkout;

/** A command line in a JVM of its own, which can be sent signals. */
public final class OwnJvm {
  private OwnJvm() {}

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
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dgmembench.home=" + Checkout.path(""),
                "-Dgmembench.hurry=20",
                "-cp",
                System.getProperty("java.class.path"),
                "gmembench.cli.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** kill(1): INT, TERM, KILL. */
  public static void signal(Process process, String signal)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }
}
