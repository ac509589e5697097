// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import java.util.Locale;

/** What a cost may depend on: a key of a section of a cost profile, each. */
public enum Term {
  FIXED,
  PER_PAGE,
  /** Once a call that makes any page resident, or frees any. */
  ONCE,
  PER_FAULT,
  /** Once a call that makes any page table entry, or zaps any. */
  ONCE_MAP,
  PER_MAP,
  PER_NODE,
  PER_FAR,
  PER_FAR_GROUP,
  PER_FAR_FAULT,
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
