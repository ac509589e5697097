// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Support;
import gmembench.linux.Errno;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import org.opentest4j.TestAbortedException;

/** What a test needs of this host; where that is missing the test is skipped with the reason. */
public final class Host {
  private Host() {}

  public static <B extends Backing> B orSkip(B backing) {
    if (backing.probe() instanceof Support.No(String reason)) {
      throw skip(backing.name() + ": " + reason);
    }
    return backing;
  }

  /** How a kernel says that it has not got something, or that this user may not have it. */
  private static final Set<String> MISSING =
      Set.of("ENOENT", "ENODEV", "ENOSYS", "EOPNOTSUPP", "ENOTTY", "EACCES", "EPERM");

  /** What the kernel gives, unless it has not got it. An EINVAL, say, is a mistake of ours. */
  public static <T> T openOrSkip(Supplier<T> open) {
    try {
      return open.get();
    } catch (LinuxException e) {
      if (e.errno() == 0 || MISSING.contains(Errno.name(e.errno()))) {
        throw skip(e.reason());
      }
      throw e;
    }
  }

  /** KVM, if it has a guest_memfd that can be mapped. */
  public static Kvm guestMemfdOrSkip() {
    Kvm kvm = openOrSkip(Kvm::open);
    return openOrSkip(() -> {
      kvm.requireMappableGuestMemfd();
      return kvm;
    });
  }

  public static boolean isRoot() {
    return ProcessHandle.current().info().user().orElse("").equals("root");
  }

  public static void rootOrSkip() {
    if (!isRoot()) {
      throw skip("not root");
    }
  }

  /** The first of these programs that is on the PATH. */
  public static Path toolOrSkip(String... names) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(File.pathSeparator, -1)) {
      for (String name : names) {
        Path program = Path.of(folder, name);
        if (Files.isExecutable(program)) {
          return program;
        }
      }
    }
    throw skip("none of " + List.of(names) + " is on the PATH");
  }

  /** To be thrown; {@link Skips} prints the reason. */
  public static TestAbortedException skip(String reason) {
    return new TestAbortedException(reason);
  }
}
