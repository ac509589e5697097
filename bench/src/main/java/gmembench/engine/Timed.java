// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.Side;

/** Times every verb that a strategy calls. */
public record Timed(Memory memory, Clock clock, Recorder recorder) implements Watch {
  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    long start = clock.ns();
    long done = memory.apply(verb, gfn, pages, side);
    recorder.verb(verb, pages, clock.ns() - start);
    return done;
  }
}
