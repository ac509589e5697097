// SPDX-License-Identifier: Apache-2.0
package gmembench;

import gmembench.model.Costs;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import java.nio.file.Path;

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

  public static Costs costs(String name) {
    return Costs.read(path("bench/costs/" + name + ".toml"));
  }
}
