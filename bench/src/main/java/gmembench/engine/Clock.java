// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

/** Where a replay's time comes from: the host's clock, or the sum of modelled costs. */
sealed interface Clock {
  long ns();

  /** System.nanoTime: CLOCK_MONOTONIC. */
  final class Wall implements Clock {
    @Override
    public long ns() {
      return System.nanoTime();
    }
  }

  /** Moves only when the model says so. */
  final class Virtual implements Clock {
    private long now;

    @Override
    public long ns() {
      return now;
    }

    void advance(long ns) {
      now += ns;
    }
  }
}
