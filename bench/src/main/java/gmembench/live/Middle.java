// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.backing.Granularity;
import gmembench.backing.Memory;
import gmembench.engine.Block;
import gmembench.engine.Faults;
import gmembench.engine.Look;
import gmembench.engine.Subject;
import gmembench.engine.WrongAnswer;
import gmembench.guest.Canary;
import gmembench.guest.Side;
import gmembench.strategy.Strategy;
import gmembench.trace.Op;
import gmembench.tracker.PageMap;

/**
 * A few points in the middle of a trace, each right after a conversion to shared: most workloads
 * end as they began, so a memory that forgets some punches, or a map that forgets some pages, looks
 * right at the end. The audited replay notes what is there at each point, a timed one is compared
 * with it at one of them, outside the clock.
 */
final class Middle {
  static final int NOWHERE = -1;
  private static final int POINTS = 7;

  private final Subject subject;
  private final boolean mayKeep;
  private final Granularity granularity;
  private final Audit audit;

  /** After so many conversions. */
  private final long[] at;

  private final long[] hashes;
  private final List<List<Audit.Resident>> resident = new ArrayList<>();

  /** No points if another replay may rightly be in another state there: pins and faults. */
  Middle(Block block, Subject subject, Strategy strategy, Audit audit) {
    this.subject = subject;
    this.mayKeep = strategy.inPlace() || strategy.keeps(Side.PRIVATE);
    this.granularity = block.backing().granularity();
    this.audit = audit;
    boolean same = block.faults().equals(Faults.NONE) && !subject.footprint().pins();
    this.at = same ? points(subject) : new long[0];
    this.hashes = new long[at.length];
  }

  private static long[] points(Subject subject) {
    long stride = subject.footprint().conversions() / POINTS + 1;
    LongStream.Builder points = LongStream.builder();
    long[] seen = {0, 0};
    subject
        .trace()
        .forEach((atNs, vcpu, op, gfn, pages) -> {
          seen[0] += op.isConversion() ? 1 : 0;
          if (op == Op.TO_SHARED && seen[0] >= seen[1]) {
            points.add(seen[0]);
            seen[1] = seen[0] + stride;
          }
        });
    return points.build().toArray();
  }

  /** The point at which a repetition, counted from 1, is looked at: one that was noted. */
  int ofRep(int rep) {
    int noted = resident.size();
    return noted == 0 ? NOWHERE : (rep * 5 + noted / 2) % noted;
  }

  /** What the audited replay finds is what is right. */
  Look noting(PageMap map) {
    resident.clear();
    return new Look() {
      @Override
      public long next(long conversions) {
        int next = Arrays.binarySearch(at, conversions + 1);
        next = next < 0 ? -next - 1 : next;
        return next < at.length ? at[next] : Long.MAX_VALUE;
      }

      @Override
      public void look(long conversions, long gfn, Side to) {
        hashes[resident.size()] = map.hash();
        resident.add(audit.resident());
      }
    };
  }

  /** Compares a replay with it at a point. */
  Look checking(int point, PageMap map, Memory memory) {
    return point == NOWHERE
        ? Look.NEVER
        : new Look() {
          @Override
          public long next(long conversions) {
            return conversions < at[point] ? at[point] : Long.MAX_VALUE;
          }

          @Override
          public void look(long conversions, long gfn, Side to) {
            if (map.hash() != hashes[point]) {
              throw subject.wrongMap(map, conversions, new long[0]);
            }
            checkContent(memory, gfn, to);
            resident.get(point).forEach(bytes -> bytes.check(memory));
          }
        };
  }

  /** A read says whether the page is left on the other side; the hole that it fills is undone. */
  private void checkContent(Memory memory, long gfn, Side to) {
    if (!memory.hasContent()) {
      return;
    }
    Audit.checkWord(memory, gfn, to, Canary.of(gfn, to));
    Side left = to.other();
    if (!mayKeep && granularity == Granularity.PAGES) {
      boolean zero = memory.isZero(gfn, left);
      memory.discard(gfn, 1, left);
      if (!zero) {
        throw new WrongAnswer(gfn, left, "was left and is still there", "zeroes");
      }
    }
  }
}
