// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import java.util.Locale;

/** What a cost may depend on: a key of a section of a cost profile, each. */
public enum Term {
  FIXED("fixed"),
  PER_PAGE("page"),
  /** Once a call over more than one page. */
  ONCE_SEVERAL("several"),
  /** Once a call that makes any page resident, or frees any. */
  ONCE("once"),
  PER_FAULT("fault"),
  /** Once a call that makes any page table entry, or zaps any. */
  ONCE_MAP("map once"),
  PER_MAP("map"),
  /** Each entry of 2M or more. */
  PER_HUGE_MAP("huge map"),
  PER_ACTIVATION("activation"),
  /** Each entry that is flushed from the TLB by itself. */
  PER_FLUSH("flush"),
  /** Once a call that zaps so many that the whole TLB is flushed. */
  ONCE_FLUSH("flush all"),
  /** Once a call that zaps so many that they are gathered in a page of their own. */
  ONCE_GATHER("gather"),
  PER_NODE("node"),
  /** Once a call that meets any page that is away. */
  ONCE_AWAY("away once"),
  PER_AWAY("away"),
  PER_AWAY_FAULT("away fault"),
  PER_AWAY_MAP("away map"),
  /** Once a call that meets any page that is far. */
  ONCE_FAR("far once"),
  PER_FAR("far"),
  /** Each page of a huge folio that is zeroed where no near cache holds it. */
  PER_HUGE_AWAY("huge away"),
  PER_FOLIO("folio"),
  PER_SPLIT("split"),
  PER_SPLIT_FOLIO("split folio"),
  PER_SPLIT_MAP("split map"),
  PER_ZEROED("zeroed"),
  /** Each binding of the private file that a punch has in its range. */
  PER_BINDING("binding");

  private final String heading;

  Term(String heading) {
    this.heading = heading;
  }

  /** Of its column in the table of a calibration. */
  String heading() {
    return heading;
  }

  /** {@code per_page_ns}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT) + "_ns";
  }
}
