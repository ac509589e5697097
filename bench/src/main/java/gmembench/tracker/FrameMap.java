// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import com.google.auto.service.AutoService;

/**
 * Three levels that are only as deep as the guest makes them. A reference a GiB; a GiB that is all
 * of one side refers to a constant. Else a byte a 2M frame: all private, all shared or mixed. For a
 * mixed frame a map of 512 bits. So an aligned conversion writes a byte a frame, or nothing below
 * the top if it covers whole GiBs, and whether a 2M or 1G frame is mixed is found without a search.
 *
 * <p>Guests flip the same pages again and again, so a frame that goes back to one side may keep its
 * map, and a GiB its block; at most 16 such maps are kept, and at most 9 blocks of up to 4 KiB.
 *
 * <p>Readers may race with the writer: what they may hold is not reused without telling them.
 *
 * <p>Steps: a node is a GiB's block or a frame's map that is visited, an entry a reference, byte or
 * word that is written.
 */
@AutoService(Tracker.class)
public record FrameMap() implements Tracker {
  @Override
  public String why() {
    return "a byte a 2M frame, bits for mixed frames only: aligned ranges cheap, mixed in O(1)";
  }

  @Override
  public PageMap open(long pages) {
    return new Frames(pages);
  }
}
