// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;
import gmembench.Units;
import gmembench.alignment.AlignmentRule;
import gmembench.alignment.PageSizes;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.HugePool;
import org.jspecify.annotations.Nullable;

/**
 * A backing whose slots KVM takes by another rule, as an option that all have: {@code
 * hugetlb-1g:alignment=folio-order}. With {@code bound-at=4KiB} its pages are raised to what they
 * are after the slots are set.
 */
record WithAlignment(Backing backing, AlignmentRule alignment, long boundPages) implements Backing {
  private static final Pattern OPTIONS = Pattern.compile(":(alignment|bound-at)=([^:]*)");

  static Backing parse(String spec) {
    Backing backing = Plugins.parse(Backing.class, OPTIONS.matcher(spec).replaceAll(""));
    Map<String, String> options = Plugins.options(spec, OPTIONS);
    String rule = options.get("alignment");
    String bound = options.get("bound-at");
    if (rule == null && bound == null) {
      return backing;
    } else if (rule == null) {
      throw new InputException(spec, "bound-at without a rule", "alignment=RULE as well");
    }
    long own = backing.pageSizes().filePage();
    long pages = bound == null ? own : Units.bytes(bound, spec) / Units.PAGE_BYTES;
    if (!PageSizes.X86.contains(pages) || pages > own) {
      String most = PageSizes.text(own);
      throw new InputException(spec, "bound-at=" + bound, "4KiB, 2MiB or 1GiB, at most " + most);
    }
    return new WithAlignment(backing, Plugins.parse(AlignmentRule.class, rule), pages);
  }

  @Override
  public String name() {
    return backing.name();
  }

  @Override
  public String label() {
    boolean isRaised = boundPages < backing.pageSizes().filePage();
    String bound = isRaised ? ":bound-at=" + PageSizes.text(boundPages) : "";
    return backing.label() + ":alignment=" + alignment.name() + bound;
  }

  @Override
  public String why() {
    return backing.why();
  }

  @Override
  public PageSizes pageSizes() {
    PageSizes own = backing.pageSizes();
    return new PageSizes(own.pages(), own.filePage(), boundPages);
  }

  @Override
  public Support probe() {
    return backing.probe();
  }

  @Override
  public Backing of(Side side) {
    return backing.of(side);
  }

  @Override
  public int folioOrder() {
    return backing.folioOrder();
  }

  @Override
  public Granularity granularity() {
    return backing.granularity();
  }

  @Override
  public @Nullable HugePool pool() {
    return backing.pool();
  }

  @Override
  public Support room(long privates, long shareds) {
    return backing.room(privates, shareds);
  }

  @Override
  public Set<Verb> verbs() {
    return backing.verbs();
  }

  @Override
  public Set<Verb> verbs(Side side) {
    return backing.verbs(side);
  }

  @Override
  public Set<Verb> converts() {
    return backing.converts();
  }

  @Override
  public boolean leavesDirectMap() {
    return backing.leavesDirectMap();
  }

  @Override
  public Support supports(Verb verb) {
    return backing.supports(verb);
  }

  @Override
  public List<Slot> slots(Guest guest) {
    return backing.slots(guest);
  }

  @Override
  public long hotPages() {
    return backing.hotPages();
  }

  @Override
  public boolean filePerVm() {
    return backing.filePerVm();
  }

  @Override
  public boolean opensVm() {
    return backing.opensVm();
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return backing.open(guest, inPlace);
  }
}
