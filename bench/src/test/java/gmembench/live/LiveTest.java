// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Host;
import gmembench.OwnHugePages;
import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.backing.Around;
import gmembench.backing.Backing;
import gmembench.backing.Hugetlb2m;
import gmembench.backing.Memfd;
import gmembench.backing.MemfdThp;
import gmembench.backing.Memory;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.TouchOnly;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.Errno;
import gmembench.linux.LinuxException;
import gmembench.linux.Reservation;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the kernel of this host; a backing that is not supported is skipped with its reason. */
@Tag("slow")
@Tag("kernel")
public class LiveTest {
  private static final int CONVERSIONS = Thorough.LIVE.count(600, 3688);

  private static final Pattern ON_FOLIOS =
      Pattern.compile(
          "snp|(eager|lazy|adaptive|batched|no-shared|attribute)-.*|in-place-(wait|lazy-split)");

  /** Rounds of A B, B A, A B; each cell is replayed a dozen times before and between. */
  private static final int REPS = Thorough.LIVE.count(1, 3);

  @TempDir private Path temp = Path.of("");

  /** Not secretmem, a page of which takes so long that DirectMapLiveTest has less for it to do. */
  static Stream<Backing> backings() {
    return Plugins.all(Backing.class).stream().filter(b -> !b.name().equals("secretmem"));
  }

  static Stream<Backing> pageBackings() {
    return backings().filter(b -> b.folioOrder() == 0);
  }

  /** The beginning of ovmf-boot-stub, or all of it. */
  private List<Repetition> run(Backing backing, List<Strategy> strategies, int reps) {
    return run(
        Checkout.beginning("ovmf-boot-stub", 1 + CONVERSIONS, temp), backing, strategies, reps);
  }

  private static List<Repetition> run(
      Workload workload, Backing backing, List<Strategy> strategies, int reps) {
    List<Repetition> all = new ArrayList<>();
    new Live(reps, 1).run(new Block(workload, backing, new Bitmap(), strategies), all::add);
    return all;
  }

  /** All strategies, audited and checked in every repetition. */
  @ParameterizedTest
  @MethodSource("pageBackings")
  void everyStrategyGivesTheRightAnswer(Backing backing) {
    Host.orSkip(backing);
    List<String> sound = new ArrayList<>();
    for (Repetition o : run(backing, Plugins.all(Strategy.class), REPS)) {
      assertThat(o.reason())
          .as(o.cell().path())
          .matches("|" + backing.name() + " has no [a-z_]+|KVM_CAP_[A-Z_]+ is 0");
      if (o.status() == Status.OK) {
        assertThat(o.metrics().written())
            .containsKeys("total_ns", "convert_p99_ns", "state_hash", "boot_s");
        assertThat(o.metrics().written()).containsEntry("conversions", "" + CONVERSIONS);
        sound.add(o.cell().strategyName());
      }
    }
    assertThat(sound)
        .contains("snp", "eager-punch-hole", "lazy-discard", "adaptive-discard")
        .contains("batched-discard", "no-shared-discard");
    assertThat(sound).hasSize(REPS * Set.copyOf(sound).size());
  }

  /** On folios a replay takes long, so all of them only if that is asked for. */
  private static List<Strategy> onFolios() {
    return Plugins.all(Strategy.class).stream()
        .filter(s -> Thorough.LIVE.isAsked() || ON_FOLIOS.matcher(s.name()).matches())
        .toList();
  }

  /** To collapse a folio takes milliseconds, so of that a little. */
  @Test
  @ExtendWith(OwnHugePages.class)
  void foliosAreReallySplitAndRestored() throws IOException {
    Backing thp = Host.orSkip(new MemfdThp());
    for (Repetition o : run(fewFrames(temp), thp, onFolios(), REPS)) {
      assertThat(o.reason())
          .as(o.cell().path())
          .matches("|memfd-thp has no [a-z_]+|KVM_CAP_[A-Z_]+ is 0");
      if (o.status() == Status.OK) {
        assertThat(o.metrics().written()).containsEntry("huge_mapped_start_bytes", "8388608");
        if (o.cell().strategyName().equals("in-place-lazy-split")) {
          assertThat(o.metrics().written().get("kernel_collapse_count")).isNotEqualTo("0");
          assertThat(o.metrics().written().get("kernel_split_count")).isNotEqualTo("0");
        }
      }
    }
  }

  /** Four frames in a pool of pages that are never split. */
  @Tag("root")
  @Test
  @ExtendWith(OwnHugePages.class)
  void everyStrategyGivesTheRightAnswerOnHugetlb() throws IOException {
    Backing hugetlb = new Hugetlb2m();
    try (Reservation _ = OwnHugePages.orSkip(hugetlb, 16)) {
      List<String> sound = new ArrayList<>();
      for (Repetition o : run(fewFrames(temp), hugetlb, onFolios(), REPS)) {
        assertThat(o.reason())
            .as(o.cell().path())
            .matches("|hugetlb-2m has no [a-z_]+|KVM_CAP_[A-Z_]+ is 0");
        if (o.status() == Status.OK) {
          assertThat(o.metrics().written()).containsEntry("conversions", "16");
          assertThat(o.metrics().written().get("huge_mapped_end_bytes")).matches("[1-9][0-9]*");
          sound.add(o.cell().strategyName());
        }
      }
      assertThat(Collections.frequency(sound, "snp")).isEqualTo(REPS);
      assertThat(sound)
          .contains("snp", "eager-punch-hole", "lazy-discard", "adaptive-discard")
          .contains("batched-discard", "no-shared-discard", "in-place-wait");
    }
  }

  /** A guest of four 2M frames, which come and go whole and in part. */
  private static Workload fewFrames(Path temp) throws IOException {
    Path file = temp.resolve("few-frames.toml");
    Files.writeString(
        file,
        """
        # A guest on four frames.
        #
        # Half of its conversions are of a part.

        guest = "8MiB"
        vcpus = 1

        [source]
        pattern = "hugepage-guest"
        frame = "2MiB"
        partial-percent = 50
        rounds = 2
        """);
    return WorkloadFile.read(file);
  }

  @Test
  void strategiesAreInterleavedInAbbaOrder() {
    List<String> order =
        run(new gmembench.backing.Null(), List.of(new Snp(), new EagerPunchHole()), 3).stream()
            .map(o -> o.cell().strategyName() + o.rep())
            .toList();
    assertThat(order)
        .containsExactly(
            "snp1", "eager-punch-hole1", "eager-punch-hole2", "snp2", "snp3", "eager-punch-hole3");
  }

  @Test
  void theKernelReallyFreesAndZeroes() {
    try (Memory memory = new Memfd().open(Guest.ofBytes(1 << 20), false)) {
      memory.touch(3, 4, Side.PRIVATE);
      assertThat(memory.residentBytes(Side.PRIVATE)).isEqualTo(4 * 4096);
      assertThat(memory.read(4, Side.PRIVATE)).isEqualTo(Canary.of(4, Side.PRIVATE));
      assertThat(memory.isZero(4, Side.SHARED)).isTrue();
      memory.discard(4, 2, Side.PRIVATE);
      assertThat(memory.residentBytes(Side.PRIVATE)).isEqualTo(2 * 4096);
      assertThat(memory.isZero(4, Side.PRIVATE)).isTrue();
      assertThat(memory.read(3, Side.PRIVATE)).isEqualTo(Canary.of(3, Side.PRIVATE));
      memory.allocate(10, 1, Side.PRIVATE);
      memory.unmap(3, 1, Side.PRIVATE);
      assertThat(memory.read(3, Side.PRIVATE)).isEqualTo(Canary.of(3, Side.PRIVATE));
    }
  }

  /** A kernel that forgets a discard, harms a neighbour or leaks the private side is found out. */
  @ParameterizedTest
  @MethodSource("lies")
  void wrongAnswersVoidTheTiming(Lie lie) {
    Workload whole = Checkout.workload("ovmf-boot-stub");
    List<Repetition> all = run(whole, lie, List.of(new EagerPunchHole()), 2);
    assertThat(all).hasSize(1);
    assertThat(all.get(0).status()).isEqualTo(Status.FAILED);
    assertThat(all.get(0).reason()).contains(lie.found());
    assertThat(all.get(0).metrics().written()).isEmpty();
  }

  static Stream<Lie> lies() {
    return Stream.of(
        new Lie("forgets-discard", "expected zeroes"),
        new Lie("harms-neighbour", "private side: the kernel counts "),
        new Lie("leaks-private", "expected zeroes"),
        new Lie("fails-with-eio", "fallocate: EIO"));
  }

  /**
   * A memfd behind which something goes wrong at the 1000th discard after the guest is populated.
   */
  public record Lie(String name, String found) implements Backing {
    @Override
    public String why() {
      return "a test of the audit";
    }

    @Override
    public Support probe() {
      return Support.YES;
    }

    @Override
    public Set<Verb> verbs() {
      return EnumSet.allOf(Verb.class);
    }

    @Override
    public Memory open(Guest guest, boolean inPlace) {
      return new Lying(new Memfd().open(guest, inPlace));
    }

    private final class Lying implements Around {
      private final Memory honest;
      private int discards;

      Lying(Memory honest) {
        this.honest = honest;
      }

      @Override
      public Memory memory() {
        return honest;
      }

      @Override
      public long apply(Verb verb, long gfn, long pages, Side side) {
        if (verb == Verb.DISCARD && ++discards == 1000) {
          switch (name) {
            case "forgets-discard" -> {
              return pages;
            }
            case "harms-neighbour" -> honest.discard(gfn - 1, pages + 1, Side.PRIVATE);
            case "leaks-private" -> {
              honest.discard(gfn, pages, side);
              honest.touch(gfn, pages, side);
              return pages;
            }
            default -> throw new LinuxException("fallocate", Errno.EIO, "");
          }
        }
        return honest.apply(verb, gfn, pages, side);
      }
    }
  }

  @Test
  void aBackingWithoutAVerbGivesARowThatSaysSo() {
    Backing without = new TouchOnly("touch-only");
    Repetition o = run(without, List.of(new EagerPunchHole()), 1).get(0);
    assertThat(o.status()).isEqualTo(Status.UNSUPPORTED);
    assertThat(o.reason()).isEqualTo("touch-only has no discard");
  }
}
