// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.backing.Backing;
import gmembench.backing.Memfd;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Engine;
import gmembench.engine.Fault;
import gmembench.engine.Faults;
import gmembench.engine.Faults.Policy;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.live.Live;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.model.NaiveFolios;
import gmembench.pattern.IoInPlace;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.InPlaceLazySplit;
import gmembench.strategy.InPlaceWait;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole replays in which verbs fail, those of the guest and of devices too: model and live. */
class FaultyReplayTest {
  private static final int IOS = 200;
  private static final Workload IO =
      new Workload(
          "io",
          "pins round each conversion",
          Guest.ofBytes(8 << 20),
          new Workload.Generated(new IoInPlace(16, 64 << 10, 4, IOS, true, 1000)),
          null,
          1,
          "-");
  private static final Set<Verb> ALL =
      EnumSet.of(
          Verb.TOUCH,
          Verb.DISCARD,
          Verb.UNMAP,
          Verb.CHECK,
          Verb.PIN,
          Verb.UNPIN,
          Verb.SPLIT,
          Verb.MERGE,
          Verb.SHATTER);

  private static Model model(String backing) {
    StringBuilder costs = new StringBuilder("# A nanosecond a call.\n");
    ALL.forEach(verb -> costs.append("[" + backing + "." + verb.text() + "]\nfixed_ns = 1\n"));
    return new Model(Costs.of("test", costs.toString()));
  }

  private static Repetition run(
      Engine engine, Backing backing, Strategy strategy, String fault, Policy policy) {
    Faults faults = new Faults(List.of(Fault.parse(fault)), policy);
    Block block = new Block(IO, backing, new Bitmap(), List.of(strategy), faults);
    List<Repetition> found = new ArrayList<>();
    engine.run(block, () -> Subject.of(IO), (cell, rep) -> true, found::add);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).cell().backing()).contains(":inject=" + fault.replaceAll(":.*", ""));
    return found.get(0);
  }

  private static void check(Engine engine, Backing backing, Strategy strategy, String verb) {
    boolean isRare = verb.equals("split");
    String fault = verb + ":error=ENOMEM:when=" + (isRare ? "1" : "3..5");
    Repetition failed = run(engine, backing, strategy, fault, Policy.FAIL);
    assertThat(failed.status()).as(failed.reason()).isEqualTo(Status.FAILED);
    assertThat(failed.reason()).isEqualTo(verb + ": ENOMEM (injected)");
    assertThat(failed.metrics().written()).as("a time that means nothing").isEmpty();

    Repetition went = run(engine, backing, strategy, fault, Policy.CONTINUE);
    assertThat(went.status()).as(went.reason()).isEqualTo(Status.OK);
    Map<String, String> metrics = went.metrics().written();
    assertThat(metrics)
        .containsEntry("faults", isRare ? "1" : "3")
        .containsEntry("fault_retries", "0");
    long refused = Long.parseLong(metrics.getOrDefault("conversions_refused", "0"));
    assertThat(Long.parseLong(metrics.getOrDefault("conversions", "0")) + refused)
        .as("each is done or refused")
        .isEqualTo(2 * IOS);
  }

  @ParameterizedTest
  @CsvSource({"touch", "pin", "unpin", "unmap", "check", "split"})
  void onTheModelInPlace(String verb) {
    Backing backing = new NaiveFolios(9, true);
    check(model(backing.name()), backing, new InPlaceLazySplit(), verb);
  }

  @ParameterizedTest
  @CsvSource({"touch", "pin", "unpin", "discard"})
  void onTheModelWithTwoSides(String verb) {
    check(model("memfd"), new Memfd(), new EagerPunchHole(), verb);
  }

  /** Memfd's files really lack the pages, and the audit still finds every page as it must be. */
  @Tag("kernel")
  @ParameterizedTest
  @CsvSource({"touch", "pin", "unpin", "discard"})
  void liveWithTwoSides(String verb) {
    assumeMemfd();
    check(new Live(1, 0), new Memfd(), new EagerPunchHole(), verb);
  }

  @Tag("kernel")
  @ParameterizedTest
  @CsvSource({"touch", "pin", "unpin", "unmap", "check"})
  void liveInPlace(String verb) {
    assumeMemfd();
    check(new Live(1, 0), new Memfd(), new InPlaceWait(1_000_000), verb);
  }

  @Tag("kernel")
  @Test
  void aSignalAndADelayChangeNothingButTheTime() {
    assumeMemfd();
    for (String fault : List.of("discard:error=EINTR:when=3..5", "discard:delay=1ms:when=3..5")) {
      Repetition o = run(new Live(1, 0), new Memfd(), new LazyDiscard(0), fault, Policy.FAIL);
      assertThat(o.status()).as(o.reason()).isEqualTo(Status.OK);
      assertThat(o.metrics().written())
          .containsEntry("faults", "0")
          .containsEntry(fault.contains("EINTR") ? "fault_retries" : "fault_delays", "3")
          .containsEntry("conversions", "" + 2 * IOS);
    }
  }

  private static void assumeMemfd() {
    Host.orSkip(new Memfd());
  }
}
