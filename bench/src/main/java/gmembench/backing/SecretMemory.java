// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import gmembench.Units;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.MappedFile;
import gmembench.linux.SecretPages;
import gmembench.result.Metrics;

/**
 * Private pages are secret, shared ones those of a memfd. In place a page is where the last
 * conversion put it: without a direct-map entry, in the memfd, mapped a second time for the host,
 * or copied to the memfd while the guest's own is left alone.
 */
final class SecretMemory implements Memory {
  static final Set<Verb> VERBS =
      EnumSet.of(Verb.DISCARD, Verb.TOUCH, Verb.DIRECT_MAP, Verb.MAP, Verb.COPY, Verb.COPY_IN);

  private static final byte NONE = 0;
  private static final byte SECRET = 1;
  private static final byte PLAIN = 2;
  private static final byte MAPPED = 3;
  private static final byte COPIED = 4;

  private final boolean inPlace;
  private final MappedFile shared;
  private final SecretPages secrets;
  private final byte[] state;

  /** Addresses of second mappings. */
  private final long[] mapped;

  private long level2Splits;
  private long level3Splits;

  SecretMemory(Guest guest, boolean inPlace) {
    this.inPlace = inPlace;
    this.state = new byte[Math.toIntExact(guest.pages())];
    this.mapped = new long[inPlace ? state.length : 0];
    this.shared = MappedFile.memfd("gmembench-shared", guest.bytes());
    this.secrets = new SecretPages(guest.bytes());
  }

  @Override
  public boolean hasGuest() {
    return false;
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    for (int page = (int) gfn; page < gfn + pages; page++) {
      switch (verb) {
        case TOUCH, HOST_TOUCH -> touch(page, side);
        case DISCARD -> discard(page, side);
        case DIRECT_MAP -> directMap(page, side);
        case MAP -> map(page, side);
        case COPY -> copy(page, side);
        case COPY_IN -> copyIn(page);
        case ASK -> {} // no vCPU, no exit
        default -> throw new UnsupportedOperationException(verb.text());
      }
    }
    return pages;
  }

  private static long at(long page) {
    return page * Units.PAGE_BYTES;
  }

  private void touch(int page, Side side) {
    long canary = Canary.of(page, side);
    if (side == Side.PRIVATE) {
      makePrivate(page);
      secrets.putLong(at(page), canary);
    } else if (!inPlace || state[page] == COPIED) {
      shared.setLong(at(page), canary);
    } else if (state[page] == MAPPED) {
      SecretPages.setLong(mapped[page], canary);
    } else {
      fill(page);
      secrets.putLong(at(page), canary);
    }
  }

  /** A page that is nothing becomes a secret one. */
  private void fill(int page) {
    if (state[page] == NONE) {
      secrets.secret(at(page));
      state[page] = SECRET;
    }
  }

  /** Without a direct-map entry, whatever it is now; its content is kept. */
  private void makePrivate(int page) {
    switch (state[page]) {
      case PLAIN -> {
        secrets.secret(at(page));
        takeBack(page);
      }
      case MAPPED -> unmap(page);
      case COPIED -> takeBack(page);
      default -> fill(page);
    }
    state[page] = SECRET;
  }

  private void takeBack(int page) {
    secrets.copyFrom(shared, at(page));
    shared.punchHole(at(page), Units.PAGE_BYTES);
  }

  private void unmap(int page) {
    SecretPages.unmapAgain(mapped[page]);
    mapped[page] = 0;
  }

  private void directMap(int page, Side side) {
    if (side == Side.PRIVATE) {
      makePrivate(page);
    } else if (state[page] != PLAIN) {
      copy(page, Side.SHARED);
      secrets.ofFile(at(page), shared);
      state[page] = PLAIN;
    }
  }

  private void map(int page, Side side) {
    makePrivate(page);
    if (side == Side.SHARED) {
      mapped[page] = secrets.mapAgain(at(page));
      state[page] = MAPPED;
    }
  }

  private void copy(int page, Side side) {
    makePrivate(page);
    if (side == Side.SHARED) {
      secrets.copyTo(shared, at(page));
      state[page] = COPIED;
    }
  }

  /** The page stays where the host works on it. */
  private void copyIn(int page) {
    fill(page);
    secrets.copyFrom(shared, at(page));
  }

  private void discard(int page, Side side) {
    if (side == Side.SHARED && !inPlace) {
      shared.punchHole(at(page), Units.PAGE_BYTES);
    } else if (state[page] != NONE) {
      if (state[page] == MAPPED) {
        unmap(page);
      }
      secrets.none(at(page));
      if (inPlace) {
        shared.punchHole(at(page), Units.PAGE_BYTES);
      }
      state[page] = NONE;
    }
  }

  @Override
  public boolean inPlace() {
    return inPlace;
  }

  @Override
  public void restart() {
    level2Splits = SecretPages.directMapSplits(2);
    level3Splits = SecretPages.directMapSplits(3);
  }

  /** Splits by anything on the host; secret pages of this memory are by far the most. */
  @Override
  public void report(Metrics metrics) {
    if (level2Splits >= 0) {
      long two = SecretPages.directMapSplits(2) - level2Splits;
      long three = SecretPages.directMapSplits(3) - level3Splits;
      metrics.put(Secretmem.LEVEL2_SPLITS, two);
      metrics.put(Secretmem.LEVEL3_SPLITS, three);
    }
  }

  @Override
  public boolean hasContent() {
    return true;
  }

  @Override
  public long read(long gfn, Side side) {
    if (isInFile((int) gfn, side)) {
      return shared.getLong(at(gfn));
    }
    fill((int) gfn);
    return secrets.getLong(at(gfn));
  }

  @Override
  public boolean isZero(long gfn, Side side) {
    if (isInFile((int) gfn, side)) {
      return shared.isZero(at(gfn), Units.PAGE_BYTES);
    }
    fill((int) gfn);
    return secrets.isZero(at(gfn));
  }

  private boolean isInFile(int page, Side side) {
    return inPlace ? state[page] == COPIED : side == Side.SHARED;
  }

  @Override
  public void close() {
    for (long address : mapped) {
      if (address != 0) {
        SecretPages.unmapAgain(address);
      }
    }
    secrets.close();
    shared.close();
  }
}
