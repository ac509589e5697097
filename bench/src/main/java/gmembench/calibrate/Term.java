// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import java.util.Locale;

/** What a cost may depend on: a key of a section of a cost profile, each. */
public enum Term {
  FIXED,
  PER_PAGE,
  /** Once a call over more than one page. */
  ONCE_SEVERAL,
  /** Once a call that makes any page resident, or frees any. */
  ONCE,
  PER_FAULT,
  /** Once a call that makes any page table entry, or zaps any. */
  ONCE_MAP,
  PER_MAP,
  PER_ACTIVATION,
  /** Each entry that is flushed from the TLB by itself. */
  PER_FLUSH,
  /** Once a call that zaps so many that the whole TLB is flushed. */
  ONCE_FLUSH,
  /** Once a call that zaps so many that they are gathered in a page of their own. */
  ONCE_GATHER,
  PER_NODE,
  /** Once a call that meets any page that is away. */
  ONCE_AWAY,
  PER_AWAY,
  PER_AWAY_FAULT,
  PER_AWAY_MAP,
  /** Once a call that meets any page that is far. */
  ONCE_FAR,
  PER_FAR,
  PER_FOLIO,
  PER_SPLIT,
  PER_SPLIT_FOLIO,
  PER_SPLIT_MAP,
  PER_ZEROED;

  /** {@code per_page_ns}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT) + "_ns";
  }
}
