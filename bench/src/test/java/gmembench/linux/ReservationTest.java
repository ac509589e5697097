// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a plain file in place of the pool's knob: reading it, adding and writing are not one step. */
class ReservationTest {
  private static final int PAIRS = 40;

  /** Whichever is first, each takes out what it has added: 10 are left. */
  @Test
  void twoAtOnceLeaveThePoolAsItWas(@TempDir Path temp) throws Exception {
    Path knob = temp.resolve("nr_hugepages");
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      for (int pair = 0; pair < PAIRS; pair++) {
        Files.writeString(knob, "10\n");
        CyclicBarrier start = new CyclicBarrier(2);
        Callable<Long> run =
            () -> {
              start.await();
              try (Reservation own = Reservation.add(knob.toString(), 32)) {
                return own.pages();
              }
            };
        for (Future<Long> added : two.invokeAll(List.of(run, run))) {
          assertThat(added.get()).isEqualTo(32);
        }
        assertThat(knob).as("pair %s", pair).hasContent("10");
      }
    }
  }
}
