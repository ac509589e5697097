// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.backing.Around;
import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Null;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Snp;
import gmembench.tracker.Bitmap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VM that is open changes what another memory's zaps take, so there is one at a time. */
public class OneVmTest {
  /** Says when a memory of it is opened and closed. */
  public record Noted(boolean opensVm, List<String> notes) implements Backing {
    @Override
    public String why() {
      return "a test of what is open at once";
    }

    @Override
    public String label() {
      return name();
    }

    @Override
    public Support probe() {
      return Support.YES;
    }

    @Override
    public Set<Verb> verbs() {
      return new Null().verbs();
    }

    @Override
    public Memory open(Guest guest, boolean inPlace) {
      String what = inPlace ? "in place" : "two sides";
      notes.add(what);
      return new Closed(new Null().open(guest, inPlace), () -> notes.add(what + " closed"));
    }
  }

  private record Closed(Memory memory, Runnable then) implements Around {
    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      return memory.apply(verb, gfn, pages, side);
    }

    @Override
    public void close() {
      memory.close();
      then.run();
    }
  }

  private final List<String> notes = new ArrayList<>();
  @TempDir private Path temp = Path.of("");

  private List<Repetition> run(boolean opensVm) {
    List<Repetition> all = new ArrayList<>();
    Block block =
        new Block(
            Checkout.beginning("ovmf-boot-stub", 50, temp),
            new Noted(opensVm, notes),
            new Bitmap(),
            List.of(new EagerPunchHole(), new Snp()));
    new Live(2, 1).run(block, all::add);
    return all;
  }

  @Test
  void memoriesWithAVmAreNeverOpenAtOnce() {
    run(true);
    assertThat(notes)
        .containsExactly("in place", "in place closed", "two sides", "two sides closed");
  }

  @Test
  void othersAreInTurnWithEachOther() {
    run(false);
    assertThat(notes)
        .containsExactly("two sides", "in place", "in place closed", "two sides closed");
  }

  /** 32 s, and what eager-punch-hole took above snp in the repetition of the same number. */
  @Test
  void aBootIsAboveSnpAllTheSame() {
    List<Repetition> all = run(true);
    assertThat(all)
        .extracting(o -> o.cell().strategyName() + o.rep())
        .containsExactly("snp1", "snp2", "eager-punch-hole1", "eager-punch-hole2");
    for (int rep = 0; rep < 2; rep++) {
      long above = total(all.get(2 + rep)) - total(all.get(rep));
      assertThat(all.get(2 + rep).metrics().number(Declared.BOOT_S))
          .isEqualTo((32_000_000_000L + above) / 1e9);
    }
  }

  private static long total(Repetition o) {
    return o.metrics().whole(Declared.TOTAL_NS);
  }
}
