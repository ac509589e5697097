// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Test classes without Maven, as {@code scripts/kernel-lab -- test CLASS...} runs them in a VM;
 * exit code 3 if one fails or nothing ran. Why tests are skipped, {@link Skips} prints.
 */
public final class JunitMain {
  private JunitMain() {}

  public static void main(String[] classes) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(DiscoverySelectors::selectClass).toList())
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(request, listener);
    var summary = listener.getSummary();
    summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 20);
    long passed = summary.getTestsSucceededCount();
    long failed = summary.getTotalFailureCount();
    System.out.printf(
        "%d passed, %d failed, %d skipped%n",
        passed, failed, summary.getTestsFoundCount() - passed - summary.getTestsFailedCount());
    System.exit(failed == 0 && passed > 0 ? 0 : 3);
  }
}
