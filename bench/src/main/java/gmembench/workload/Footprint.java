// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

/**
 * What a trace does, counted in one pass.
 *
 * @param toShared conversions to shared
 * @param toPrivate conversions to private
 * @param pagesToShared pages in them
 * @param pagesToPrivate pages in them
 * @param pins does anyone take or drop a long reference?
 * @param touched every page that an event names
 * @param withNeighbours these and the pages beside each run, whose content must survive
 */
public record Footprint(
    long toShared,
    long toPrivate,
    long pagesToShared,
    long pagesToPrivate,
    boolean pins,
    PageSet touched,
    PageSet withNeighbours) {

  public static Footprint of(Trace trace, Guest guest) {
    PageSet touched = new PageSet(guest.pages());
    long[] counts = new long[5];
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      touched.add(gfn, pages);
      if (op.isConversion()) {
        counts[op.side().ordinal()]++;
        counts[2 + op.side().ordinal()] += pages;
      } else if (op == Op.PIN || op == Op.UNPIN) {
        counts[4]++;
      }
    });
    PageSet wide = new PageSet(guest.pages());
    touched.forEachRun((gfn, pages) -> {
      long from = Math.max(0, gfn - 1);
      wide.add(from, Math.min(guest.pages(), gfn + pages + 1) - from);
    });
    int shared = Side.SHARED.ordinal();
    int priv = Side.PRIVATE.ordinal();
    return new Footprint(
        counts[shared],
        counts[priv],
        counts[2 + shared],
        counts[2 + priv],
        counts[4] > 0,
        touched,
        wide);
  }

  public long conversions() {
    return toShared + toPrivate;
  }
}
