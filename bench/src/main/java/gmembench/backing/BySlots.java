// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.guest.Guest;
import gmembench.guest.Side;

/**
 * Memory in files, of which slots show parts: page {@code offset + (gfn - base_gfn)} of a file is
 * behind a gfn (kvm_gmem_get_index). A verb is a call for each piece of a file that is behind it.
 */
public interface BySlots extends Memory {
  Guest guest();

  /** Is a gfn its page of the file? Asked for each verb: who is fast keeps the guest's answer. */
  default boolean isFlat() {
    return guest().isFlat();
  }

  /**
   * Does a verb to what is in one piece in the file.
   *
   * @param page of the file, behind the gfn
   */
  long apply(Verb verb, long gfn, long page, long pages, Side side);

  @Override
  default long apply(Verb verb, long gfn, long pages, Side side) {
    if (isFlat()) {
      return apply(verb, gfn, gfn, pages, side); // also a folio of which the guest has but a part
    }
    long end = gfn + pages;
    for (long at = gfn, next; at < end; at = next) {
      next = guest().pieceEnd(at, end);
      long done = apply(verb, at, guest().page(at), next - at, side);
      if (done < next - at) {
        return at - gfn + done;
      }
    }
    return pages;
  }
}
