// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.guest.Side;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;

/** A page map that is right but for what its lie says, from one opening of it on. */
final class LyingTracker implements Tracker {
  private final Lie lie;
  private final int honestMaps;
  private int opened;

  LyingTracker(Lie lie, int honestMaps) {
    this.lie = lie;
    this.honestMaps = honestMaps;
  }

  @Override
  public String why() {
    return "a test of the oracle";
  }

  @Override
  public PageMap open(long pages) {
    PageMap map = new Bitmap().open(pages);
    return opened++ < honestMaps ? map : lying(map);
  }

  private PageMap lying(PageMap map) {
    return (PageMap)
        java.lang.reflect.Proxy.newProxyInstance(
            PageMap.class.getClassLoader(),
            new Class<?>[] {PageMap.class},
            (proxy, method, args) -> {
              if (method.getName().equals("set")) {
                set(map, (Long) args[0], (Long) args[1], (Side) args[2]);
                return null;
              }
              return method.invoke(map, args);
            });
  }

  private void set(PageMap map, long gfn, long pages, Side side) {
    switch (lie) {
      case NOTHING -> {}
      case NO_LAST_PAGE -> map.set(gfn, pages > 3 ? pages - 1 : pages, side);
      case NEIGHBOUR -> map.set(gfn, pages + 1, side);
      case FAR_PAGE -> {
        map.set(gfn, pages, side);
        map.set(0x700, 1, gfn == 0x80 ? Side.PRIVATE : Side.SHARED); // right again at the end
      }
      case AT_THE_END -> {
        map.set(gfn, pages, side);
        map.set(0x700, 1, gfn == 0x80 ? side.other() : Side.PRIVATE);
      }
    }
  }

  enum Lie {
    NOTHING,
    NO_LAST_PAGE,
    NEIGHBOUR,
    FAR_PAGE,
    AT_THE_END
  }
}
