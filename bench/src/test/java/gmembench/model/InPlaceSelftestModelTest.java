// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Clock;
import gmembench.engine.InPlaceSelftest;
import gmembench.engine.InPlaceSelftest.Case;
import gmembench.engine.PinSchedule;
import gmembench.guest.Guest;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernel's in-place self-tests on the model, which has no contents: sides, refusals, offsets.
 * Folios of 4K and 2M, by profiles that charge folios alone and that count entries as well.
 */
class InPlaceSelftestModelTest {
  private static final String VERBS =
      "touch discard unmap check pin unpin split shatter merge direct_map";

  static Stream<Arguments> cases() {
    return Stream.of("memfd", "memfd-thp", "hugetlb-2m")
        .map(name -> Plugins.parse(Backing.class, name))
        .flatMap(backing ->
            Plugins.all(Strategy.class).stream()
                .filter(s -> s.inPlace() && backing.verbs().containsAll(s.needs()))
                .filter(s -> s.needs().contains(Verb.CHECK))
                .flatMap(s ->
                    Stream.of("fixed_ns = 1", "fixed_ns = 1\nper_map_ns = 1")
                        .map(ns -> Arguments.of(backing, s, ns))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void convertsInPlaceAsTheKernelTestsIt(Backing backing, Strategy strategy, String ns) {
    Costs costs =
        Costs.of(
            "test",
            "# Test.\n"
                + Arrays.stream(VERBS.split(" "))
                    .map(verb -> "[" + backing.name() + "." + verb + "]\n" + ns + "\n")
                    .collect(Collectors.joining()));
    for (Case test : Case.values()) {
      InPlaceSelftest.run(
          test,
          (guest, pinned) -> open(backing, strategy, costs, guest, pinned),
          strategy,
          backing.folioOrder(),
          false);
    }
  }

  private static Memory open(
      Backing backing, Strategy strategy, Costs costs, Guest guest, int pinned) {
    long gfn = (long) pinned << backing.folioOrder();
    Batch events = new Batch(2);
    events.add(0, 0, Op.PIN, gfn, 1);
    events.add(1_000_000_000, 0, Op.UNPIN, gfn, 1);
    PinSchedule pins = PinSchedule.of(Trace.of(events));
    Clock.Virtual clock = new Clock.Virtual(1, 1);
    Contention time = new Contention(clock, List.of(), backing, "bitmap", true, new HashMap<>());
    return new ModelMemory(guest, strategy, costs, backing, pins, time, clock);
  }
}
