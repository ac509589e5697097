// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

/** What has to be known of a call to count a term. */
public enum TermKind {
  /** The call alone: the same whatever it does, and where. */
  CALL,
  /** What it makes resident or frees, and where. */
  RESIDENCY,
  /** Also page tables, page cache and caches: to count these takes time. */
  COUNTED,
  /** The same of huge folios, which are then split as Linux splits them. */
  FOLIO
}
