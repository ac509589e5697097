// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Support;
import gmembench.linux.HugePool;
import gmembench.linux.Reservation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Huge pages for a test. Their pools and counters are the host's, so as an extension this lets one
 * test at a time have them, whatever builds run on the host.
 */
public final class OwnHugePages implements BeforeEachCallback, AfterEachCallback {
  private static final Path LOCK =
      Path.of(System.getProperty("java.io.tmpdir"), "gmembench-test-huge-pages.lock");

  private @Nullable FileChannel held;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    FileChannel channel =
        FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.lock();
    held = channel;
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    if (held != null) {
      held.close();
    }
  }

  /** So many free pages. */
  public static Reservation orSkip(HugePool pool, long pages) {
    Reservation reserved = Host.openOrSkip(() -> Reservation.of(pool, pages));
    if (pool.free() < pages) {
      reserved.close();
      throw Host.skip("memory has no " + pages + " free pages of " + pool);
    }
    return reserved;
  }

  /** The pages that so many folios of a backing need, or none if it takes them elsewhere. */
  public static @Nullable Reservation orSkip(Backing backing, long folios) {
    HugePool pool = backing.pool();
    Reservation reserved = pool == null ? null : orSkip(pool, folios);
    if (reserved != null && backing.probe() instanceof Support.No) {
      reserved.close();
    }
    Host.orSkip(backing);
    return reserved;
  }
}
