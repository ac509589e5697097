// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * A guest that converts its own buffers round every I/O instead of bouncing: to shared, pinned by
 * the device model while it transfers, unpinned, back to private. Several requests are under way at
 * once.
 *
 * @param buffers different buffers
 * @param bufferBytes size of a buffer
 * @param depth requests under way at once
 * @param ios requests in all
 * @param pinned the device model pins the pages while it transfers
 * @param ioNs how long a request takes
 */
@AutoService(Pattern.class)
public record IoInPlace(
    long buffers, long bufferBytes, int depth, long ios, boolean pinned, long ioNs)
    implements Pattern {
  public IoInPlace() {
    this(512, 64 << 10, 8, 10_000, true, 100_000);
  }

  public IoInPlace {
    if (buffers < 1 || bufferBytes < Units.PAGE_BYTES) {
      throw new IllegalArgumentException("buffers of 1 or more, buffer of 4KiB or more");
    }
    if (depth < 1 || depth > 65536 || depth > buffers) {
      throw new IllegalArgumentException("depth from 1 to buffers");
    }
    if (ios < 1 || ioNs < 0) {
      throw new IllegalArgumentException("ios of 1 or more, io of 0 or more");
    }
  }

  @Override
  public String why() {
    return "a buffer goes shared round each I/O while a device pins it for a moment: conversion without copies";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long pages = bufferBytes / Units.PAGE_BYTES;
    return new Steps() {
      private long started;
      private long ended;

      // Buffers are used in turn, so what is under way never overlaps.
      @Override
      public boolean next(Events out) {
        if (started < ios && started - ended < depth) {
          start(out, started++ % buffers * pages);
        } else {
          end(out, ended++ % buffers * pages);
        }
        out.idle(ioNs / depth / 2 + 1);
        return ended < ios;
      }

      private void start(Events out, long gfn) {
        out.toShared(gfn, pages);
        if (pinned) {
          out.pin(gfn, pages);
        }
      }

      private void end(Events out, long gfn) {
        if (pinned) {
          out.unpin(gfn, pages);
        }
        out.toPrivate(gfn, pages);
      }
    };
  }
}
