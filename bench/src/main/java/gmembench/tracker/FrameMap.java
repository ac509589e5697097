// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import com.google.auto.service.AutoService;

/**
 * For each 2M frame how many of its pages are shared, as KVM keeps a count for each in lpage_info;
 * for each GiB the same; and a bit a page, set = shared, in chunks of 8 frames that are there once
 * one of these was mixed. So an aligned conversion writes a count a frame, and whether a 2M or 1G
 * frame is mixed is found without a search. Chunks go when a whole GiB is converted: at most there
 * are 1.05 times the bytes of a bitmap.
 *
 * <p>Readers may race with the writer: a chunk's bits are right whatever the counts say, so they
 * need no more than one of the two, and nothing is used for something else.
 *
 * <p>Steps: a node is a chunk or the counts that are visited, an entry a reference, count or word
 * that is written.
 */
@AutoService(Tracker.class)
public record FrameMap() implements Tracker {
  @Override
  public String why() {
    return "a count a 2M frame, bits for mixed frames only: aligned ranges cheap, mixed in O(1)";
  }

  @Override
  public PageMap open(long pages) {
    return new Frames(pages);
  }
}
