// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.guest.Guest;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.trace.TraceAnonymiser;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceCheck;
import gmembench.trace.TraceCut;
import gmembench.trace.TraceFile;
import gmembench.trace.TraceHeat;
import gmembench.trace.TraceScale;
import gmembench.trace.TraceStat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceToolsTest {
  private static final Guest GUEST = Guest.ofBytes(1L << 30);

  @TempDir private Path folder = Path.of("");

  /** The figures of the boot that were counted when it was recorded. */
  @Test
  void statOfTheMeasuredBoot() {
    TraceStat stat = TraceStat.of(recorded(), GUEST);
    Map<String, String> figures = stat.figures();

    assertThat(figures)
        .containsEntry("to_shared", "5001 (14774 pages)")
        .containsEntry("pages ever shared", "1404 of 262144 (0.5 %)")
        .containsEntry("2M frames ever shared", "9 of 512 (1.8 %)")
        .containsEntry("ranges that start where an earlier did", "4945 of 5001 (98.9 %)")
        .containsEntry("runs shared at the end", "0 (0 pages)");
    assertThat(stat.sizes()).containsEntry(1L, 3955L).containsEntry(8L, 973L);
    assertThat(stat.hottestFrames().entrySet().iterator().next().getValue()).isEqualTo(3145);
  }

  /**
   * Shared at the end: 0x10, 0x14 and 0x18, 4 pages each, touch and are one run with a hole at
   * 0x12, so two, of 11 pages; 0x100 was taken back. It was shared for 1.5 s, the three are so
   * still.
   */
  @Test
  void runsThatAreSharedAtTheEndAreCountedApart() {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 0x10, 4);
    events.add(0, 0, Op.TO_SHARED, 0x14, 4);
    events.add(0, 0, Op.TO_SHARED, 0x18, 4);
    events.add(500_000_000, 0, Op.TO_SHARED, 0x100, 1);
    events.add(1_000_000_000, 0, Op.TO_PRIVATE, 0x12, 1);
    events.add(2_000_000_000, 0, Op.TO_PRIVATE, 0x100, 1);
    assertThat(TraceStat.of(Trace.of(events), GUEST).figures())
        .containsEntry("runs shared at the end", "2 (11 pages)")
        .containsEntry("duration", "2.00 s")
        .containsEntry("shared for, longest", "1.50 s");
  }

  @Test
  void checkFindsWhatIsOdd() {
    Batch odd = new Batch(8);
    odd.add(0, 0, Op.TO_SHARED, 0, 2);
    odd.add(1, 0, Op.TO_SHARED, 1, 2);
    odd.add(2, 0, Op.PIN, 0, 1);
    odd.add(3, 0, Op.TO_PRIVATE, 0, 1);
    odd.add(4, 0, Op.TOUCH_SHARED, 0, 1);
    odd.add(5, 0, Op.UNPIN, 0, 2);
    assertThat(TraceCheck.of(Trace.of(odd), GUEST).values())
        .containsExactly(1L, 1L, 1L, 1L, 2L, 0L);
    assertThat(TraceCheck.of(recorded(), GUEST).values()).containsOnly(0L);
  }

  @Test
  void cutBeginsWithWhatIsShared() {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 0x100, 4);
    events.add(10, 0, Op.TO_PRIVATE, 0x101, 1);
    events.add(20, 1, Op.TO_PRIVATE, 0x100, 4);
    events.add(30, 0, Op.TO_SHARED, 0x100, 1);
    assertThat(lines(new TraceCut(15, 30, 0, 0x103).of(Trace.of(events), GUEST)))
        .containsExactly(
            "0 0 to_shared 0x100+1", "0 0 to_shared 0x102+1", "5 1 to_private 0x100+3");
  }

  @Test
  void wholeWindowIsTheWholeTrace() {
    TraceCut all = new TraceCut(0, Long.MAX_VALUE, 0, Long.MAX_VALUE);
    assertThat(PatternTest.hash(all.of(recorded(), GUEST))).isEqualTo(PatternTest.hash(recorded()));
  }

  @Test
  void anonymisedKeepsItsStructure() {
    Trace before = recorded();
    Trace after = TraceAnonymiser.of(before, GUEST, new Random(5)).of(before);
    TraceStat old = TraceStat.of(before, GUEST);
    TraceStat now = TraceStat.of(after, GUEST);

    assertThat(now.figures()).isEqualTo(old.figures());
    assertThat(now.sizes()).isEqualTo(old.sizes());
    assertThat(now.hottestFrames().values())
        .containsExactlyElementsOf(old.hottestFrames().values());
    assertThat(now.hottestFrames().keySet())
        .doesNotContainAnyElementsOf(old.hottestFrames().keySet());
    assertThat(TraceBounds.of(after).endGfn()).isLessThanOrEqualTo(9 * Guest.FRAME_PAGES);
  }

  @Test
  void scaleRepeatsCopiesAndStretches() {
    Batch events = new Batch(2);
    events.add(100, 0, Op.TO_SHARED, 0x10, 1);
    events.add(200, 0, Op.TO_PRIVATE, 0x30, 1);
    Trace scaled = new TraceScale(50, 2, 2, 0x40, 0x100).of(Trace.of(events));
    assertThat(lines(scaled))
        .containsExactly(
            "50 0 to_shared 0x10+1",
            "50 0 to_shared 0x150+1",
            "100 0 to_private 0x130+1",
            "100 0 to_private 0x270+1",
            "1150 0 to_shared 0x10+1",
            "1150 0 to_shared 0x150+1",
            "1200 0 to_private 0x130+1",
            "1200 0 to_private 0x270+1");
  }

  /** A trace that ends at 2^63 - 1: as it is it fits, and so does half of it. */
  @ParameterizedTest
  @CsvSource({"100, 1, true", "50, 1, true", "50, 2, false", "101, 1, false", "100, 3, false"})
  void timesThatWouldWrapAreRefused(long percent, long repeat, boolean fits) {
    TraceScale scale = new TraceScale(percent, repeat, 1, 0x40, 0);
    TraceBounds bounds = new TraceBounds(1, Long.MAX_VALUE, 0x40, 1);
    Batch last = new Batch(1);
    last.add(Long.MAX_VALUE, 0, Op.TO_SHARED, 0x10, 1);
    if (fits) {
      scale.requireFits(bounds);
      assertThat(lines(scale.of(Trace.of(last)))).hasSize(1).noneMatch(l -> l.startsWith("-"));
    } else {
      assertThatThrownBy(() -> scale.requireFits(bounds)).isInstanceOf(InputException.class);
      assertThatThrownBy(() -> lines(scale.of(Trace.of(last))))
          .isInstanceOf(ArithmeticException.class);
    }
  }

  @Test
  void writtenAndReadIsTheSame() {
    for (Pattern pattern : PatternTest.patterns()) {
      Guest guest = new Guest(5L << 18, 4);
      Trace trace = new PatternTrace(pattern, guest, 3);
      Path file = folder.resolve(pattern.name() + ".csv");
      TraceFile.write(trace, file, List.of("a note\nof two lines"));
      assertThat(PatternTest.hash(TraceFile.read(file, guest))).isEqualTo(PatternTest.hash(trace));
      assertThat(PatternTest.hash(TraceFile.read(file, guest, 1000)))
          .as("streamed")
          .isEqualTo(PatternTest.hash(trace));
    }
  }

  @Test
  void gzippedIsTheSame() {
    Path file = folder.resolve("t.csv.gz");
    TraceFile.write(recorded(), file);
    assertThat(PatternTest.hash(TraceFile.read(file, GUEST)))
        .isEqualTo(PatternTest.hash(recorded()));
  }

  @Test
  void extremeValuesAreWrittenWhole() {
    Batch events = new Batch(2);
    events.add(0, 0, Op.PIN, 0, 1);
    events.add(Long.MAX_VALUE, 65535, Op.TOUCH_PRIVATE, (1L << 34) - 1, 1);
    Path file = folder.resolve("t.csv");
    TraceFile.write(Trace.of(events), file);
    assertThat(lines(TraceBounds.read(file)))
        .containsExactly("0 0 pin 0x0+1", "9223372036854775807 65535 touch_private 0x3ffffffff+1");
  }

  @Test
  void heatCountsEveryConversionInItsCell() {
    Batch events = new Batch(2);
    events.add(0, 0, Op.TO_SHARED, 0x10, 1);
    events.add(99, 0, Op.TO_PRIVATE, 0x10, 4);
    TraceHeat heat = TraceHeat.of(Trace.of(events), 2, 2);

    assertThat(heat.gfn()).isEqualTo(0x10);
    assertThat(heat.rowPages()).isEqualTo(2);
    assertThat(heat.columnNs()).isEqualTo(64);
    assertThat(List.of(heat.count(0, 0), heat.count(0, 1))).containsExactly(1L, 0L);
    assertThat(List.of(heat.count(1, 0), heat.count(1, 1))).containsExactly(1L, 1L);
    assertThat(TraceHeat.of(recorded(), 1, 1).count(0, 0)).isEqualTo(10002);
  }

  @Test
  void streamIsNotHeldIfItIsTooLong() {
    Trace stream = new PatternTrace(new Adversary(), GUEST, 1);
    assertThat(Trace.held(stream, 1000, batch -> {})).isSameAs(stream);
    assertThat(Trace.held(stream, 1L << 30, batch -> {})).isNotSameAs(stream);
  }

  private static Trace recorded() {
    return TraceFile.read(OvmfFlipsTest.trace("ovmf-boot"), GUEST);
  }

  private static List<String> lines(Trace trace) {
    List<String> lines = new ArrayList<>();
    trace.forEach((atNs, vcpu, op, gfn, pages) ->
        lines.add(
            atNs + " " + vcpu + " " + op.text() + " 0x" + Long.toHexString(gfn) + "+" + pages));
    return lines;
  }
}
