// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.strategy.BindLate;
import gmembench.strategy.BindLate.State;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is missed before a file is bound are populate calls, and what becomes of it depends on who
 * says what is private.
 */
class MissedPopulatesTest {
  private static final int PAGES = 64;
  private static final String COSTS =
      """
      # Test.
      [memfd.touch]
      fixed_ns = 0
      per_page_ns = 1
      [memfd.allocate]
      fixed_ns = 100
      [memfd.discard]
      fixed_ns = 10_000
      [memfd.ask]
      fixed_ns = 1_000_000
      [memfd.attribute]
      fixed_ns = 0
      """;

  @TempDir Path folder;

  /**
   * By hand. The VMM allocates 8 pages; the guest shares 4 of them; the VMM allocates these again;
   * the guest shares one more page elsewhere, uses the first 4 as shared and the next 4 as private.
   *
   * <p>Bound from the start (0), KVM heard of the second fallocate, and so takes the 4 shared pages
   * to be private: each of the guest's touches is an exit, and the VMM punches it: none is left
   * twice. Bound before the second conversion (1), both fallocates are missed, of 12 pages: the 4
   * shared pages stay twice, and each of the 4 private ones is an exit. With the file looked into
   * then, it has one range of 8 pages, and the 4 shared ones are found by exits as before. Bound at
   * the end (2), nobody faults. KVM's own table misses nothing and hears of no fallocate: the 4
   * stay.
   */
  @ParameterizedTest
  @CsvSource({
    "0, NOTIFIED, 0, 0, 4, 0, 0",
    "1, NOTIFIED, 2, 12, 4, 0, 16384",
    "1, FILE, 2, 12, 4, 8, 0",
    "2, NOTIFIED, 2, 12, 0, 0, 16384",
    "1, KVM, 0, 0, 0, 0, 16384",
    "0, KVM, 0, 0, 0, 0, 16384",
  })
  void theResultDependsOnWhatWasMissed(
      long conversions, State state, long missed, long pages, long exits, long replayed, long twice)
      throws IOException {
    Map<String, String> found =
        run(
            new BindLate(conversions, state),
            """
            0,0,allocate,0,8
            1,0,to_shared,0,4
            2,0,allocate,0,4
            3,0,to_shared,40,1
            4,0,touch_shared,0,4
            5,0,touch_private,4,4
            """);
    assertThat(
            List.of(
                count(found, "missed_populates_count"),
                count(found, "missed_populates_pages"),
                count(found, "implicit_conversions_count"),
                count(found, "replayed_populates_pages"),
                count(found, "double_allocated_end_bytes")))
        .containsExactly(missed, pages, exits, replayed, twice);
  }

  /** Against a state machine of one page at a time, with no ranges and no strategy in it. */
  @ParameterizedTest
  @EnumSource(
      value = State.class,
      names = {"NOTIFIED", "FILE"})
  void agreesWithPagesOneByOne(State state) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 60; round++) {
      int late = random.nextInt(6);
      StringBuilder events = new StringBuilder();
      Naive naive = new Naive(late, state);
      for (int at = 0; at < 40; at++) {
        int gfn = random.nextInt(PAGES - 8);
        int count = 1 + random.nextInt(8);
        int what = random.nextInt(5);
        String op =
            List.of("allocate", "to_shared", "to_private", "touch_shared", "touch_private")
                .get(what);
        events.append(at + ",0," + op + "," + gfn + "," + count + "\n");
        naive.event(what, gfn, count);
      }
      naive.end();
      Map<String, String> found = run(new BindLate(late, state), events.toString());
      assertThat(count(found, "implicit_conversions_count"))
          .as(events.toString())
          .isEqualTo(naive.exits);
      assertThat(count(found, "missed_populates_pages")).isEqualTo(naive.missed);
      assertThat(count(found, "double_allocated_end_bytes")).isEqualTo(4096L * naive.twice());
      assertThat(count(found, "total_ns")).isEqualTo(naive.ns);
    }
  }

  /** Four booleans a page. */
  private static final class Naive {
    final boolean[] shared = new boolean[PAGES];
    final boolean[] inPrivateFile = new boolean[PAGES];
    final boolean[] inSharedFile = new boolean[PAGES];
    final boolean[] known = new boolean[PAGES];
    final int late;
    final State state;
    int conversions;
    boolean bound;
    long exits;
    long missed;
    long ns;

    Naive(int late, State state) {
      this.late = late;
      this.state = state;
      this.bound = late == 0;
      Arrays.fill(known, bound);
    }

    void event(int what, int gfn, int count) {
      if (what == 1 || what == 2) {
        if (!bound && conversions++ >= late) {
          bind();
        }
        ns += 1_000_000 + (what == 2 ? 10_100 : 10_000);
      } else if (what == 0) {
        ns += 100;
      }
      for (int page = gfn; page < gfn + count; page++) {
        switch (what) {
          case 0 -> populate(page);
          case 1 -> share(page);
          case 2 -> unshare(page);
          default -> {}
        }
      }
      if (what > 0) {
        for (int page = gfn; page < gfn + count; page++) {
          use(page, what == 1 || what == 3);
        }
      }
    }

    void populate(int page) {
      inPrivateFile[page] = true;
      known[page] |= bound;
      missed += bound ? 0 : 1;
    }

    void share(int page) {
      shared[page] = true;
      inPrivateFile[page] = false;
      known[page] = false;
    }

    void unshare(int page) {
      populate(page);
      shared[page] = false;
      inSharedFile[page] = false;
    }

    void use(int page, boolean asShared) {
      if (bound && shared[page] == asShared && known[page] == asShared) {
        exits++;
        ns += 1_000_000 + (asShared ? 10_000 : 10_100);
        if (asShared) {
          share(page);
        } else {
          unshare(page);
        }
      }
      (asShared ? inSharedFile : inPrivateFile)[page] = true;
      ns++;
    }

    void bind() {
      bound = true;
      for (int page = 0; state == State.FILE && page < PAGES; page++) {
        known[page] = inPrivateFile[page];
        ns += inPrivateFile[page] && (page == 0 || !inPrivateFile[page - 1]) ? 100 : 0;
      }
    }

    void end() {
      if (!bound) {
        bind();
      }
    }

    int twice() {
      int twice = 0;
      for (int page = 0; page < PAGES; page++) {
        twice += inPrivateFile[page] && inSharedFile[page] ? 1 : 0;
      }
      return twice;
    }
  }

  private static long count(Map<String, String> metrics, String name) {
    return Long.parseLong(metrics.getOrDefault(name, "0"));
  }

  private Map<String, String> run(BindLate strategy, String events) throws IOException {
    Files.writeString(folder.resolve("t.csv"), "at_ns,vcpu,op,gfn,pages\n" + events);
    Path file = folder.resolve("w.toml");
    Files.writeString(
        file, "# Test.\nguest = \"256KiB\"\nmemory = \"empty\"\n[source]\ntrace = \"t.csv\"\n");
    Workload workload = WorkloadFile.read(file);
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(strategy));
    return new Model(Costs.of("test", COSTS))
        .replay(block, Subject.of(workload), strategy)
        .metrics()
        .written();
  }
}
