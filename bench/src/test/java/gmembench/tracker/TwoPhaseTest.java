// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.guest.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TwoPhaseTest {
  private static final int GUEST = 3000;

  @Test
  void refusesTheOtherSideAndMergesTheSame() {
    PageMap map = new FrameMap().open(GUEST);
    TwoPhase requests = map.twoPhase();
    assertThat(requests.begin(0x10, 0x10, Side.SHARED)).isTrue();
    assertThat(requests.begin(0x1f, 2, Side.PRIVATE)).as("overlaps the last page").isFalse();
    assertThat(requests.isPending(0x20)).as("nothing changed").isFalse();
    assertThat(requests.begin(0x20, 1, Side.PRIVATE)).as("only touches").isTrue();
    assertThat(requests.begin(0x08, 0x10, Side.SHARED)).as("same side").isTrue();
    assertThat(requests.pendingPages()).isEqualTo(0x19);
    assertThat(map.isUniform(0, GUEST)).as("nothing is converted yet").isTrue();

    assertThat(requests.complete(0x0c, 8)).isEqualTo(8);
    assertThat(map.runEnd(0x0c, GUEST)).isEqualTo(0x14);
    assertThat(requests.complete(0x0c, 8)).as("a second time").isZero();
    assertThat(requests.cancel(0, GUEST)).isEqualTo(0x19 - 8);
    assertThat(map.get(0x14)).isEqualTo(Side.PRIVATE);
    assertThat(requests.pendingPages()).isZero();
  }

  @ParameterizedTest
  @MethodSource("gmembench.tracker.TrackerConformanceTest#trackers")
  void equalsANaiveArray(Tracker tracker) {
    SplittableRandom random = new SplittableRandom(11);
    PageMap map = tracker.open(GUEST);
    TwoPhase requests = map.twoPhase();
    Side[] sides = new Side[GUEST];
    Arrays.fill(sides, Side.PRIVATE);
    byte[] pending = new byte[GUEST];
    Operation previous = new Operation(0, 1, Side.SHARED);
    for (int i = 0; i < 30_000; i++) {
      Operation o = Operation.random(random, GUEST, previous);
      previous = o;
      int from = (int) o.gfn();
      int to = (int) (o.gfn() + o.pages());
      switch (random.nextInt(4)) {
        case 0 ->
            assertThat(requests.complete(from, o.pages())).isEqualTo(end(pending, from, to, sides));
        case 1 ->
            assertThat(requests.cancel(from, o.pages())).isEqualTo(end(pending, from, to, null));
        default -> {
          boolean granted = begin(pending, from, to, o.side());
          assertThat(requests.begin(from, o.pages(), o.side())).isEqualTo(granted);
        }
      }
      int page = random.nextInt(GUEST);
      assertThat(requests.isPending(page)).isEqualTo(pending[page] != 0);
      assertThat(map.get(page)).isEqualTo(sides[page]);
    }
    for (int page = 0; page < GUEST; page++) {
      assertThat(requests.isPending(page)).isEqualTo(pending[page] != 0);
      assertThat(map.get(page)).isEqualTo(sides[page]);
    }
  }

  private static boolean begin(byte[] pending, int from, int to, Side side) {
    byte mark = (byte) (side.ordinal() + 1);
    for (int page = from; page < to; page++) {
      if (pending[page] != 0 && pending[page] != mark) {
        return false;
      }
    }
    Arrays.fill(pending, from, to, mark);
    return true;
  }

  private static long end(
      byte[] pending, int from, int to, Side @org.jspecify.annotations.Nullable [] sides) {
    long count = 0;
    for (int page = from; page < to; page++) {
      if (pending[page] != 0) {
        if (sides != null) {
          sides[page] = Side.values()[pending[page] - 1];
        }
        pending[page] = 0;
        count++;
      }
    }
    return count;
  }

  /** Every page is begun by one of the threads only if nobody else has it the other way. */
  @Test
  void vcpusConvertOverlappingRanges() throws InterruptedException {
    PageMap map = new XArrayRange().open(GUEST);
    TwoPhase requests = map.twoPhase();
    List<Thread> vcpus = new ArrayList<>();
    for (int vcpu = 0; vcpu < 4; vcpu++) {
      SplittableRandom random = new SplittableRandom(vcpu);
      Side side = vcpu % 2 == 0 ? Side.SHARED : Side.PRIVATE;
      vcpus.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 20_000; i++) {
                  long gfn = random.nextInt(GUEST - 64);
                  long pages = 1L + random.nextInt(64);
                  if (requests.begin(gfn, pages, side)) {
                    requests.complete(gfn, pages);
                  }
                }
              }));
    }
    for (Thread vcpu : vcpus) {
      vcpu.join();
    }
    assertThat(requests.complete(0, GUEST)).isZero();
    assertThat(requests.begin(0, GUEST, Side.SHARED)).isTrue();
    assertThat(requests.complete(0, GUEST)).isEqualTo(GUEST);
    assertThat(map.isUniform(0, GUEST)).isTrue();
  }
}
