// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

import gmembench.model.Costs;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;

/** The files of this checkout, wherever a test is run from. */
public final class Checkout {
  private static final Path HOME = Path.of(System.getProperty("gmembench.home", ".."));

  private Checkout() {}

  /** A file or folder by its path from the root of the checkout. */
  public static Path path(String path) {
    return HOME.resolve(path);
  }

  public static Workload workload(String name) {
    return WorkloadFile.read(path("workloads/" + name + ".toml"));
  }

  /** A workload that replays a trace, of which only the first lines are left. */
  public static Workload beginning(String name, int lines, Path folder) {
    Path file = folder.resolve(name + ".toml");
    try {
      String text = Files.readString(path("workloads/" + name + ".toml"));
      String trace = text.replaceFirst("(?s).*\ntrace = \"([^\"]*)\".*", "$1");
      Files.write(folder.resolve("beginning.csv"), lines(trace).subList(0, lines));
      Files.writeString(file, text.replace(trace, "beginning.csv"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return WorkloadFile.read(file);
  }

  private static List<String> lines(String trace) throws IOException {
    try (InputStream in = Files.newInputStream(path("workloads").resolve(trace));
        InputStream plain = trace.endsWith(".gz") ? new GZIPInputStream(in) : in) {
      return new String(plain.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  public static Costs costs(String name) {
    return Costs.read(path("bench/costs/" + name + ".toml"));
  }
}
