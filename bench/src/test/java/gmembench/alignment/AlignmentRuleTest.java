// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;
import gmembench.Units;
import gmembench.guest.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentRuleTest {
  private static final long ANY_FILE = 1L << 34;

  /** The examples of the thread, and some that show what a rule gets wrong. */
  @ParameterizedTest(name = "gpa {0} offset {1} size {2} pages {3}")
  @CsvSource({
    // gpa, offset, size, pages, trailing-zeros, fls64, largest-page-of-size, 2M frames, 1G frames
    "0,    0,      2G,   '4K,2M,1G', yes, yes, yes, 1024, 2", // QEMU's slot below 4G
    "4G,   2G,     14G,  '4K,2M,1G', no,  no,  yes, 7168, 14", // QEMU's second slot
    "2M,   1M,     2M,   '4K,2M,1G', no,  no,  no,  0,    0",
    "2M,   1M,     1M,   '4K,2M,1G', no,  no,  yes, 0,    0", // smaller than a huge page
    "0,    0x4000, 1G,   '4K,2M,1G', no,  no,  no,  0,    0",
    "4G,   0x4000, 1G,   '4K,2M,1G', no,  no,  no,  0,    0",
    "0,    0,      4K,   '4K,2M,1G', yes, yes, yes, 0,    0", // on a 1G-page file
    "1G,   2M,     1G,   '4K,2M',    no,  no,  yes, 512,  -", // moved to a host with ...
    "1G,   2M,     1G,   '4K,2M,1G', no,  no,  no,  512,  0", // ... larger pages
    "1M,   2M,     2M,   '4K,2M,1G', yes, yes, yes, 0,    0", // accepted, and of no use
    "2M,   3M,     2M,   '4K,2M,1G', no,  yes, no,  0,    0", // fls64 is no alignment
    "3M,   1M,     5M,   '4K,2M,1G', yes, no,  no,  2,    0", // refused, and lines up
    "4K,   4G,     8K,   '4K,2M,1G', yes, yes, yes, 0,    0",
    "64K,  0,      64K,  '64K,512M', yes, yes, yes, 0,    -",
  })
  void theThreadsExamples(
      String gpa,
      String offset,
      String size,
      String pages,
      String trailing,
      String fls,
      String largest,
      String frames2m,
      String frames1g) {
    Slot slot = Slot.ofBytes(bytes(gpa), bytes(size), bytes(offset));
    PageSizes host = PageSizes.parse(pages, "");
    assertThat(accepts(new TrailingZeros(), slot, host)).as("trailing-zeros").isEqualTo(trailing);
    assertThat(accepts(new Fls64(), slot, host)).as("fls64").isEqualTo(fls);
    assertThat(accepts(new LargestPageOfSize(), slot, host)).as("largest").isEqualTo(largest);
    assertThat(accepts(new EdgesOnly(), slot, host)).as("edges-only").isEqualTo("yes");
    assertThat(accepts(new Merged(), slot, host)).as("merged").isEqualTo("yes");
    assertThat(HugeFrames.of(slot, host.huge().get(0)).count()).isEqualTo(bytes(frames2m));
    if (!frames1g.equals("-")) {
      assertThat(HugeFrames.of(slot, host.huge().get(1)).count()).isEqualTo(bytes(frames1g));
    }
  }

  private static long bytes(String text) {
    return Units.bytes(text, "");
  }

  private static String accepts(AlignmentRule rule, Slot slot, PageSizes host) {
    return rule.whyNot(slot, ANY_FILE, host) == null ? "yes" : "no";
  }

  @Test
  void everyRuleAsksForPagesAndBounds() {
    PageSizes arm = PageSizes.parse("64K,2M,512M", "");
    Slot small = Slot.ofBytes(bytes("64K"), bytes("64K"), bytes("4K"));
    for (AlignmentRule rule : Plugins.all(AlignmentRule.class)) {
      assertThat(rule.whyNot(small, ANY_FILE, arm)).contains("64KiB, the host's page");
      Slot past = new Slot(0, 1024, 1024);
      assertThat(rule.whyNot(past, 2047, arm)).isEqualTo("past the end of the file");
      assertThat(rule.why()).doesNotEndWith(".");
      assertThat(rule.name().length() + rule.why().length()).isLessThan(79);
    }
    assertThat(Plugins.all(AlignmentRule.class)).hasSize(10);
  }

  /**
   * What each rule says of QEMU's second slot (gpa 4G, offset 2G, 14G) by hand: 31 trailing zeros
   * are not 32, so the first proposal refuses it, and its sentence as it stands does not; size and
   * gpa allow 1G, which the offset has. At offset 1M the sentence, and ffs64, take what no 2M page
   * can map, and the first slot of a file that begins elsewhere than at 0 they refuse or not by
   * what is said of 0.
   */
  @ParameterizedTest(name = "gpa {0} offset {1} size {2}, file of {3}, of {4} when bound")
  @CsvSource({
    // gpa, offset, size, file, bound, ffs64, lesser-gfn, largest-page-of-slot, current, folio
    "4G, 2G,     14G, 1G, 1G, yes, yes, yes, yes, yes",
    "2M, 1M,     2M,  2M, 2M, yes, yes, no,  no,  no",
    "2M, 1M,     2M,  2M, 4K, yes, yes, no,  yes, no", // raised afterwards
    "0,  0x4000, 1G,  1G, 4K, no,  yes, no,  yes, no",
    "4K, 12K,    2M,  4K, 4K, yes, yes, yes, yes, yes", // any offset will do at such a gpa
    "4K, 2M,     2M,  2M, 2M, no,  no,  yes, yes, yes",
    "4G, 0,      1G,  1G, 1G, yes, no,  yes, yes, yes",
  })
  void whatElseWasSaid(
      String gpa,
      String offset,
      String size,
      String file,
      String bound,
      String ffs,
      String lesser,
      String largest,
      String current,
      String folio) {
    Slot slot = Slot.ofBytes(bytes(gpa), bytes(size), bytes(offset));
    PageSizes host = new PageSizes(PageSizes.X86, bytes(file) / 4096, bytes(bound) / 4096);
    assertThat(accepts(new Ffs64(), slot, host)).as("ffs64").isEqualTo(ffs);
    assertThat(accepts(new LesserGfn(), slot, host)).as("lesser-gfn").isEqualTo(lesser);
    assertThat(accepts(new LargestPageOfSlot(), slot, host)).as("of slot").isEqualTo(largest);
    assertThat(accepts(new CurrentPage(), slot, host)).as("current-page").isEqualTo(current);
    assertThat(accepts(new FolioOrder(), slot, host)).as("folio-order").isEqualTo(folio);
  }

  /** Each sentence bit by bit, or page size by page size, for random slots. */
  @Test
  void rulesAreTheSentencesOfTheThread() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 20_000; i++) {
      Slot slot =
          new Slot(
              aligned(random),
              1 + (random.nextLong(1 << 20) >> random.nextInt(20)),
              aligned(random));
      long[] sizes = {1, 512, 1 << 18};
      int file = random.nextInt(3);
      int bound = random.nextInt(file + 1);
      PageSizes host = new PageSizes(PageSizes.X86, sizes[file], sizes[bound]);
      long g = alignment(slot.gfn());
      long o = alignment(slot.offsetPages());
      long largest = 1;
      for (long size : sizes) {
        boolean fits = size <= slot.pages() && slot.gfn() / size * size == slot.gfn();
        largest = fits ? size : largest;
      }
      check(new LesserGfn(), slot, host, !(g < o));
      check(new Ffs64(), slot, host, slot.offsetPages() == 0 || (slot.gfn() != 0 && o <= g));
      check(new LargestPageOfSlot(), slot, host, o >= largest);
      check(new CurrentPage(), slot, host, o >= sizes[bound]);
      check(new FolioOrder(), slot, host, o >= sizes[file]);
      for (AlignmentRule rule : Plugins.all(AlignmentRule.class)) {
        HugeFrames frames = rule.frames(slot, 512);
        long count = HugeFrames.of(slot, 512).count();
        assertThat(frames.count()).isEqualTo(rule instanceof Merged ? 0 : count);
      }
    }
  }

  private static void check(AlignmentRule rule, Slot slot, PageSizes host, boolean accepts) {
    assertThat(rule.whyNot(slot, host) == null).as("%s: %s", rule, slot).isEqualTo(accepts);
  }

  private static long aligned(SplittableRandom random) {
    return random.nextLong(1 << 20) >> random.nextInt(21) << random.nextInt(21);
  }

  /** The largest power of two that divides a page number; of 0, larger than all. */
  private static long alignment(long page) {
    long power = 1;
    while (power < 1L << 50 && page % (2 * power) == 0) {
      power *= 2;
    }
    return power;
  }

  /** shmem rounds down: offset 0x4000 in a 1G page, and the slot ends in the next one. */
  @Test
  void whatIsAllocatedOutsideASlot() {
    Slot odd = Slot.ofBytes(0, 1L << 30, 0x4000);
    HugeFrames gib = HugeFrames.of(odd, 1 << 18);
    assertThat(gib.headPages()).isEqualTo(4);
    assertThat(gib.tailPages()).isEqualTo((1 << 18) - 4);
    Slot tiny = new Slot(0, 1, 0);
    assertThat(HugeFrames.of(tiny, 1 << 18).tailPages()).isEqualTo((1 << 18) - 1);
    // two slots side by side in the file waste nothing where they meet
    assertThat(HugeFrames.outsideAll(List.of(new Slot(9000, 100, 412), new Slot(0, 412, 0)), 512))
        .isZero();
  }

  /** Page by page, with pages of 16K and 64K so that a guest is small. */
  @Test
  void framesAreThoseOfANaiveCount() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 3000; i++) {
      List<Slot> slots = slots(random);
      for (long size : new long[] {4, 16}) {
        boolean[] inSlot = new boolean[400];
        boolean[] allocated = new boolean[400];
        for (Slot slot : slots) {
          checkFrames(slot, size);
          for (long page = slot.offsetPages(); page < slot.endOffsetPages(); page++) {
            inSlot[(int) page] = true;
            for (long p = page - page % size; p < page - page % size + size; p++) {
              allocated[(int) p] = true;
            }
          }
        }
        long outside = 0;
        for (int p = 0; p < allocated.length; p++) {
          outside += allocated[p] && !inSlot[p] ? 1 : 0;
        }
        assertThat(HugeFrames.outsideAll(slots, size)).as("%s", slots).isEqualTo(outside);
      }
    }
  }

  /** Apart from each other in the file; whether they are in the guest does not matter here. */
  private static List<Slot> slots(SplittableRandom random) {
    List<Slot> slots = new ArrayList<>();
    long offset = random.nextInt(20);
    for (int i = 0; i <= random.nextInt(4); i++) {
      long pages = 1 + random.nextLong(60);
      slots.add(0, new Slot(random.nextLong(100), pages, offset));
      offset += pages + (random.nextBoolean() ? 0 : random.nextInt(30));
    }
    return slots;
  }

  private static void checkFrames(Slot slot, long size) {
    HugeFrames frames = HugeFrames.of(slot, size);
    long touched = 0;
    long huge = 0;
    for (long frame = 0; frame < 200; frame += size) {
      boolean any = slot.gfn() < frame + size && slot.endGfn() > frame;
      boolean whole = slot.gfn() <= frame && slot.endGfn() >= frame + size;
      boolean may = whole && (frame - slot.gfn() + slot.offsetPages()) % size == 0;
      assertThat(may)
          .as("%s, frame %d", slot, frame)
          .isEqualTo(frames.fromGfn() <= frame && frame < frames.endGfn());
      touched += any ? 1 : 0;
      huge += may ? 1 : 0;
    }
    assertThat(frames.touched()).as("%s", slot).isEqualTo(touched);
    assertThat(frames.count()).as("%s", slot).isEqualTo(huge);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4K", "2M,4K", "4K,3M", "4K,4K", "2K,2M", "4K,", "4K,2Q", "0,2M"})
  void badPageSizesAreOneLine(String text) {
    assertThatThrownBy(() -> PageSizes.parse(text, "--pages"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--pages: ")
        .hasMessageContaining(", expected ");
  }
}
