// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;

/** A headless browser, if the machine has one. */
record Chromium(Path program) {
  /** Skips the test, and says why, where there is none. */
  static Chromium orSkip() {
    return new Chromium(
        Host.toolOrSkip("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"));
  }

  /** Opens a page and returns what its scripts made of it; {@code log} gets the console. */
  String dom(Path page, Path log, String... options) throws IOException, InterruptedException {
    Path out = log.resolveSibling("dom.html");
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + log.resolveSibling("profile"),
                "--enable-logging=stderr",
                "--virtual-time-budget=5000"));
    command.addAll(Arrays.asList(options));
    command.addAll(List.of("--dump-dom", page.toUri().toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(log.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("chromium ended").isTrue();
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
