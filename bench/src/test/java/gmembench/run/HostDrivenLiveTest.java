// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.live.Live;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.tracker.Bitmap;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the host drives, on the kernel; the audit reads every page that was copied. */
@Tag("kernel")
class HostDrivenLiveTest {
  @TempDir Path folder;

  /** 4 pages are read to shared memory and copied; after the first instruction no more. */
  @ParameterizedTest
  @CsvSource({"memfd, copy", "memfd, populate", "guest-memfd, copy", "guest-memfd, populate"})
  void anImageIsCopiedIn(String backing, String how) throws IOException {
    Repetition found =
        run(
            backing,
            """
            0,0,host_touch_shared,8,4
            1,0,%s,8,4
            2,0,start,8,1
            3,0,%s,8,4
            """
                .formatted(how, how));
    if (backing.equals("guest-memfd") && how.equals("populate")) {
      assertThat(found.reason())
          .isEqualTo("a guest_memfd: write: ESPIPE, which the workload needs");
    } else {
      assertThat(found.reason()).isEmpty();
      assertThat(found.metrics().written())
          .containsEntry("images_refused", "1")
          .containsEntry(how.equals("copy") ? "copy_in_pages" : "populate_pages", "4")
          .containsEntry("touch_pages", "1");
    }
  }

  /** A vCPU that runs leaves for its own conversions, and for its touches; never for the host's. */
  @Test
  void aRunningGuestDoesNotLeaveForTheHostsConversions() throws IOException {
    String host =
        """
        0,0,host_to_shared,3,1
        1,0,host_touch_shared,3,1
        2,0,host_to_private,3,1
        """;
    String guest = "3,0,to_shared,5,1\n";
    String port = "guest-memfd-bound:guest=port";
    assertThat(exits(run(port, host))).isEqualTo("0");
    assertThat(exits(run(port, host + guest))).isEqualTo(exits(run(port, guest)));
    assertThat(exits(run(port, guest))).isEqualTo("2");
  }

  private static String exits(Repetition found) {
    assertThat(found.reason()).isEmpty();
    return found.metrics().written().getOrDefault("guest_exit_count", "none");
  }

  private Repetition run(String backing, String events) throws IOException {
    Files.writeString(folder.resolve("t.csv"), "at_ns,vcpu,op,gfn,pages\n" + events);
    Path file = folder.resolve("w.toml");
    Files.writeString(
        file, "# Test.\nguest = \"1MiB\"\nmemory = \"empty\"\n[source]\ntrace = \"t.csv\"\n");
    Backing on = Host.orSkip(Plugins.parse(Backing.class, backing));
    List<Repetition> found = new ArrayList<>();
    new Live(1, 0)
        .run(
            new Block(WorkloadFile.read(file), on, new Bitmap(), List.of(new EagerPunchHole())),
            found::add);
    return found.getFirst();
  }
}
