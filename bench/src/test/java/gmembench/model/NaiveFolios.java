// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Guest;

/** Folios of an order, as hugetlb's or not. */
public record NaiveFolios(int folioOrder, boolean isHugetlb) implements Backing {
  @Override
  public String name() {
    return "folios";
  }

  @Override
  public String why() {
    return "a test";
  }

  @Override
  public Set<Verb> verbs() {
    return EnumSet.allOf(Verb.class);
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    throw new AssertionError("only of the model");
  }
}
