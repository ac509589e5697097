// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.engine.Clock;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.Effects;
import gmembench.mm.ModelFolios;

/**
 * The files behind a modelled VM's slots: what is resident, mapped and in which folio, by pages of
 * the file. A slot shows them at its gfns from its offset on, which need not line up.
 */
final class VmFiles {
  private final Guest guest;
  private final Effects effects;
  private final boolean countsAll;
  private final ModelFolios folios;

  /** Nobody asks for folios, mappings or pins: then they are not kept. */
  private final boolean plain;

  /**
   * @param countsAll does the profile charge what pages cost in page tables and page cache?
   * @param asks does anyone ask for references to pages?
   * @param clock knows which CPU the caller is on
   */
  VmFiles(
      Guest guest,
      Backing backing,
      Effects effects,
      boolean countsAll,
      boolean asks,
      Clock.Virtual clock) {
    this.guest = guest;
    this.effects = effects;
    this.countsAll = countsAll;
    this.folios = new ModelFolios(guest, backing, effects, countsAll, clock.threads(), clock::cpu);
    this.plain = backing.folioOrder() == 0 && !asks;
  }

  boolean isPlain() {
    return plain;
  }

  ModelFolios folios() {
    return folios;
  }

  /** Does a verb to pages of the file, and counts it; returns how many were done. */
  long apply(Verb verb, long page, long pages, Side side) {
    if (!plain) {
      return applyToFolios(verb, page, pages, side);
    } else if (countsAll) {
      effects.apply(verb.effect(), page, pages, side);
    } else {
      effects.applyResidency(verb.effect(), page, pages, side);
    }
    return pages;
  }

  private long applyToFolios(Verb verb, long page, long pages, Side side) {
    switch (verb) {
      case PIN -> folios.pin(page, pages, side);
      case UNPIN -> folios.unpin(page, pages, side);
      default -> {
        return folios.apply(verb, page, pages, side);
      }
    }
    return pages;
  }

  /** A pin of the guest's pages has ended while someone waited; nothing is counted. */
  void unpin(long gfn, long pages, Side side) {
    long end = gfn + pages;
    for (long at = gfn, next; at < end; at = next) {
      next = guest.pieceEnd(at, end);
      folios.of(side).unpin(guest.page(at), next - at);
    }
  }

  /** As {@link gmembench.backing.Memory#next} has it. */
  long next(long gfn, long end, Side side, boolean allocated) {
    return guest.find(
        gfn,
        end,
        !allocated,
        (page, to) ->
            allocated
                ? effects.ledger().next(page, to, side)
                : effects.ledger().nextAbsent(page, to, side));
  }
}
