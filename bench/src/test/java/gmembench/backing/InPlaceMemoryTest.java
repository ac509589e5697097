// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.linux.InPlaceKernel;
import gmembench.linux.MappedFile;
import gmembench.result.Metrics;
import gmembench.strategy.Converter;
import gmembench.strategy.InPlaceAttribute;
import gmembench.strategy.InPlaceAttribute.Held;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A memfd whose in-place ioctl is {@link InPlaceKernel}: no kernel that is released has it. */
class InPlaceMemoryTest {
  private static final int PAGES = 64;

  private final InPlaceKernel ioctl = new InPlaceKernel(PAGES);

  private InPlaceMemory open() {
    MappedFile file = MappedFile.memfd("test", PAGES * 4096L);
    Guest guest = new Guest(PAGES, 1);
    return new InPlaceMemory(new FileMemory(guest, PerSide.both(file)), file, guest, ioctl);
  }

  /** By hand: page 9 is held by a device for ever; a range with it is refused by each policy. */
  @ParameterizedTest
  @CsvSource({"FAIL, 1", "WAIT, 2", "RETRY, 4"})
  void everyPolicyLeavesARefusedRangeAsItWas(Held held, int calls) {
    try (InPlaceMemory memory = open()) {
      PageMap map = new Bitmap().open(PAGES);
      Converter converter = new InPlaceAttribute(held, 100_000, 3).open(memory, map);
      assertThat(converter.convert(8, 4, Side.SHARED)).isTrue();
      memory.touch(8, 4, Side.SHARED);
      memory.apply(Verb.PIN, 9, 1, Side.SHARED);
      ioctl.holders[9] = 1;
      ioctl.calls.clear();
      assertThat(converter.convert(8, 4, Side.PRIVATE)).isFalse();
      assertThat(ioctl.calls).hasSize(calls).containsOnly("private 8+4");
      assertThat(map.get(8)).isEqualTo(Side.SHARED);
      assertThat(ioctl.isPrivate[8]).isFalse();
      assertThat(converter.convert(10, 2, Side.PRIVATE)).as("beside it").isTrue();
      Metrics metrics = new Metrics();
      converter.report(metrics);
      assertThat(metrics.written()).containsEntry("held_count", "" + calls);
      assertThat(Long.parseLong(metrics.written().get("held_wait_ns")) > 0)
          .isEqualTo(held == Held.WAIT);
    }
  }

  /** It is let go while the conversion waits, and the second call converts. */
  @Test
  void waitAsksAgainOnceThePageIsFree() {
    try (InPlaceMemory memory = open()) {
      PageMap map = new Bitmap().open(PAGES);
      ioctl.holders[3] = 1;
      Memory lets =
          new Around() {
            @Override
            public Memory memory() {
              return memory;
            }

            @Override
            public long apply(Verb verb, long gfn, long pages, Side side) {
              ioctl.holders[3] = verb == Verb.CHECK ? 0 : ioctl.holders[3];
              return memory.apply(verb, gfn, pages, side);
            }
          };
      Converter converter = new InPlaceAttribute().open(lets, map);
      assertThat(converter.convert(3, 1, Side.SHARED)).isTrue();
      ioctl.calls.clear();
      assertThat(converter.convert(3, 1, Side.PRIVATE)).isTrue();
      assertThat(ioctl.calls).containsExactly("private 3+1", "private 3+1");
      assertThat(map.get(3)).isEqualTo(Side.PRIVATE);
    }
  }

  /**
   * All is private at first and after a restart; that is asked for once, and not if nothing
   * changed.
   */
  @Test
  void itStartsPrivate() {
    try (InPlaceMemory memory = open()) {
      assertThat(ioctl.isPrivate).containsOnly(true);
      memory.restart();
      assertThat(ioctl.calls).containsExactly("private 0+64");
      memory.apply(Verb.ATTRIBUTE_IN_PLACE, 1, 1, Side.SHARED);
      memory.restart();
      assertThat(ioctl.calls).containsExactly("private 0+64", "shared 1+1", "private 0+64");
    }
  }

  /** This kernel lacks it, or its default VMs do; the reason says which call. */
  @Test
  @Tag("kernel")
  void theProbeSaysWhy() {
    Backing backing = new GuestMemfdInPlace();
    if (backing.probe() instanceof Support.No(String reason)) {
      assertThat(reason)
          .containsAnyOf(
              "/dev/kvm",
              "KVM_CAP_GUEST_MEMFD is 0",
              "KVM_SET_MEMORY_ATTRIBUTES2: ENOTTY (not in this kernel",
              "KVM_CREATE_VM type 1: EINVAL");
      assertThatThrownBy(() -> backing.open(new Guest(PAGES, 1), true).close()).isNotNull();
    }
  }
}
