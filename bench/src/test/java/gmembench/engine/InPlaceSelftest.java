// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;

/**
 * The kernel's guest_memfd_conversions_test, step by step, on a memory that converts in place. Its
 * letters are canaries here, so that who wrote a page last is known by what is in it: P when it was
 * private, S when it was shared. A page there is a folio here.
 *
 * <p>The oracle is two arrays, of sides and of last writers. By hand, init_private: 0 is read, P
 * written; shared, P is read, S written; private, S is read, P written.
 */
public final class InPlaceSelftest implements AutoCloseable {
  /** The nine, and a conversion to the side that a range is on, for which nothing is to be done. */
  public enum Case {
    INIT_PRIVATE(1, Side.PRIVATE, 1, InPlaceSelftest::initPrivate),
    INIT_SHARED(1, Side.SHARED, 1, InPlaceSelftest::initShared),
    INDEXING(4, Side.SHARED, 4, InPlaceSelftest::indexing),
    BEFORE_ALLOCATION_SHARED(1, Side.SHARED, 1, InPlaceSelftest::toPrivateFirst),
    BEFORE_ALLOCATION_PRIVATE(1, Side.PRIVATE, 1, InPlaceSelftest::toSharedFirst),
    UNALLOCATED_FOLIOS(8, Side.SHARED, 8, InPlaceSelftest::unallocatedFolios),
    TRUNCATE(1, Side.SHARED, 1, InPlaceSelftest::truncate),
    ELEVATED_REFCOUNT(4, Side.SHARED, 4, InPlaceSelftest::elevatedRefcount),
    REDUNDANT(2, Side.PRIVATE, 1, InPlaceSelftest::redundant);

    private final int folios;
    private final Side start;
    private final int times;

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
    private final BiConsumer<InPlaceSelftest, Integer> steps;

    Case(int folios, Side start, int times, BiConsumer<InPlaceSelftest, Integer> steps) {
      this.folios = folios;
      this.start = start;
      this.times = times;
      this.steps = steps;
    }

    /** Does somebody hold a page in it? */
    public boolean pins() {
      return this == ELEVATED_REFCOUNT;
    }
  }

  /** Makes a memory that is empty, for a test in which this folio may be pinned. */
  public interface Opener {
    Memory open(Guest guest, int pinned);
  }

  private final Memory memory;
  private final PageMap map;
  private final Converter converter;
  private final long folio;
  private final boolean denies;
  private final Side[] side;
  private final Side[] writer;
  private long verbs;

  private InPlaceSelftest(
      Memory memory, Strategy strategy, long folio, int folios, boolean denies) {
    this.memory = memory;
    this.folio = folio;
    this.denies = denies;
    this.map = new Bitmap().open(folios * folio);
    this.converter = strategy.open(new Counting(), map);
    this.side = new Side[folios];
    this.writer = new Side[folios];
    Arrays.fill(side, Side.PRIVATE);
  }

  /**
   * Runs a case once for each folio that it is about.
   *
   * @param denies has the host no access to a private page (SIGBUS)?
   */
  public static void run(
      Case test, Opener opener, Strategy strategy, int folioOrder, boolean denies) {
    long folio = 1L << folioOrder;
    for (int t = 0; t < test.times; t++) {
      Memory memory = opener.open(new Guest(test.folios * folio, 1), t);
      try (InPlaceSelftest self =
          new InPlaceSelftest(memory, strategy, folio, test.folios, denies)) {
        if (test.start == Side.SHARED) {
          self.convert(0, test.folios, Side.SHARED);
        }
        test.steps.accept(self, t);
        self.check();
      }
    }
  }

  private final class Counting implements Watch {
    @Override
    public Memory memory() {
      return memory;
    }

    @Override
    public long apply(Verb verb, long gfn, long pages, Side on) {
      verbs++;
      return memory.apply(verb, gfn, pages, on);
    }
  }

  private void initPrivate(int t) {
    use(0);
    convert(0, 1, Side.SHARED);
    use(0);
    convert(0, 1, Side.PRIVATE);
    use(0);
  }

  private void initShared(int t) {
    use(0);
    convert(0, 1, Side.PRIVATE);
    use(0);
    convert(0, 1, Side.SHARED);
    use(0);
  }

  /** Touched from the last on, so that one that is always the first page would be seen. */
  private void indexing(int t) {
    for (int i = 3; i >= 0; i--) {
      use(i);
    }
    convert(t, 1, Side.PRIVATE);
    useAll();
    convert(t, 1, Side.SHARED);
    useAll();
  }

  private void toPrivateFirst(int t) {
    convert(0, 1, Side.PRIVATE);
    use(0);
  }

  private void toSharedFirst(int t) {
    convert(0, 1, Side.SHARED);
    use(0);
  }

  private void unallocatedFolios(int t) {
    use(t);
    use(4);
    convert(0, 8, Side.PRIVATE);
    useAll();
    for (int i = 0; i < 8; i++) {
      convert(i, 1, Side.SHARED);
      use(i);
    }
  }

  /** A hole changes no side. */
  private void truncate(int t) {
    use(0);
    punch();
    use(0);
    convert(0, 1, Side.PRIVATE);
    use(0);
    punch();
    use(0);
  }

  private void punch() {
    memory.discard(0, folio, side[0]);
    writer[0] = null;
    check();
  }

  private void elevatedRefcount(int t) {
    useAll();
    memory.apply(Verb.PIN, t * folio, 1, Side.SHARED);
    refuse(0, 4, t);
    useAll();
    for (int i = 0; i < 4; i++) {
      if (i == t) {
        refuse(i, 1, t);
      } else {
        convert(i, 1, Side.PRIVATE);
        use(i);
      }
    }
    memory.apply(Verb.UNPIN, t * folio, 1, Side.SHARED);
    convert(0, 4, Side.PRIVATE);
    useAll();
  }

  private void redundant(int t) {
    convert(0, 1, Side.SHARED);
    use(0);
    long before = verbs;
    convert(0, 1, Side.SHARED);
    convert(1, 1, Side.PRIVATE);
    assertThat(verbs).as("verbs of a redundant conversion").isEqualTo(before);
    useAll();
  }

  private void convert(int from, int count, Side to) {
    assertThat(converter.convert(from * folio, count * folio, to))
        .as("%s + %s to %s", from, count, to)
        .isTrue();
    Arrays.fill(side, from, from + count, to);
    checkSides();
  }

  /** EAGAIN with the offset of the one that is held, and nothing of the range is converted. */
  private void refuse(int from, int count, int held) {
    assertThat(converter.convert(from * folio, count * folio, Side.PRIVATE))
        .as("%s + %s to private, %s being held", from, count, held)
        .isFalse();
    assertThat(from * folio + memory.check(from * folio, count * folio, Side.SHARED))
        .as("error_offset")
        .isEqualTo(held * folio);
    check();
  }

  private void useAll() {
    for (int i = 0; i < side.length; i++) {
      use(i);
    }
  }

  /** Its user finds what was there, and writes; the host finds nothing of what is private. */
  private void use(int i) {
    checkDenied(i);
    checkContent(i);
    memory.touch(i * folio, 1, side[i]);
    writer[i] = side[i];
    checkContent(i);
    checkDenied(i);
  }

  private void checkDenied(int i) {
    if (!denies || side[i] == Side.SHARED) {
      return;
    }
    boolean denied = false;
    try {
      memory.read(i * folio, Side.SHARED);
    } catch (InternalError e) {
      denied = true; // the JVM's word for SIGBUS
    }
    assertThat(denied).as("the host reads private page %s", i).isTrue();
  }

  private void checkContent(int i) {
    if (!memory.hasContent()) {
      return;
    }
    long gfn = i * folio;
    if (writer[i] == null) {
      assertThat(memory.isZero(gfn, side[i])).as("page %s is zero", i).isTrue();
    } else {
      assertThat(memory.read(gfn, side[i]))
          .as("page %s, written as %s", i, writer[i])
          .isEqualTo(Canary.of(gfn, writer[i]));
    }
  }

  private void checkSides() {
    for (int page = 0; page < side.length * folio; page++) {
      assertThat(map.get(page)).as("side of page %s", page).isEqualTo(side[(int) (page / folio)]);
    }
  }

  private void check() {
    checkSides();
    for (int i = 0; i < side.length; i++) {
      checkContent(i);
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
