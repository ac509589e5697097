// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;

/**
 * A file of huge folios as the kernel has it, mapped once: what a verb does to its pages, folios
 * and page table entries, for profiles that charge these. In place both sides are the same file.
 */
sealed interface HugeFile permits HugetlbFile, ShmemFile {
  /** Adds to the counts of a range; those that the kernel refuses are not counted. */
  void count(Verb verb, long gfn, long pages, Effects effects);
}
