// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static gmembench.mm.TermKind.CALL;
import static gmembench.mm.TermKind.COUNTED;
import static gmembench.mm.TermKind.FOLIO;
import static gmembench.mm.TermKind.RESIDENCY;

import module java.base;

import gmembench.InputException;
import gmembench.backing.Verb;
import org.jspecify.annotations.Nullable;

/**
 * The terms of a cost: each is a key of a section of a cost profile, in ns, and a count of what a
 * call does. A call costs the sum of ns times count over the terms that its section has. This is
 * the only list of them: a new term is an entry here and the line that counts it.
 */
public enum Term {
  FIXED(
      CALL,
      "fixed",
      "call",
      "the call itself; of a rebind, each slot deleted or set",
      EnumSet.allOf(Verb.class)),
  PER_PAGE(
      CALL,
      "page",
      "page",
      "a page of the range; of a rebind, of the slots set",
      EnumSet.allOf(Verb.class)),
  PER_VCPU(CALL, "vcpu", "vCPU", "a vCPU of the guest"),
  PER_CPU(
      CALL,
      "cpu",
      "CPU",
      "another CPU that threads of the VM run on (TLB shootdown)",
      EnumSet.allOf(Verb.class)),
  ONCE_SEVERAL(
      RESIDENCY, "several", "call", "a call of several pages (live, such a touch leaves Java)"),
  PER_FAULT(RESIDENCY, "fault", "page", "a page that becomes resident or is freed"),
  ONCE(PER_FAULT, "once", "a call that makes any page resident or frees any"),
  PER_MAP(
      COUNTED, "map", "entry", "a page table entry made or zapped; of huge folios, those of 4K"),
  ONCE_MAP(PER_MAP, "map once", "a call that makes or zaps any such entry (TLB flush)"),
  PER_HUGE_MAP(FOLIO, "huge map", "entry", "an entry of 2M or more made or zapped"),
  PER_ACTIVATION(
      COUNTED, "activation", "page", "a page zapped for the second time (folio_activate)"),
  PER_FLUSH(
      COUNTED,
      "flush",
      "entry",
      "a zapped entry flushed from the TLB by itself (at most flush_ceiling are zapped)"),
  ONCE_FLUSH(COUNTED, "flush all", "call", "a call that zaps more: the whole TLB is flushed"),
  ONCE_GATHER(COUNTED, "gather", "call", "a call that zaps gather_bundle entries or more"),
  PER_NODE(COUNTED, "node", "node", "an XArray node of the page cache (64 pages) made or freed"),
  PER_AWAY(COUNTED, "away", "page", "an L2-cold page: more than l2 of other lines used since"),
  ONCE_AWAY(PER_AWAY, "away once", "a call with any L2-cold page"),
  PER_AWAY_FAULT(
      COUNTED,
      "away fault",
      "page",
      "an L2-cold page that becomes resident or is freed; all, if a call zeroes more than l2"),
  PER_AWAY_MAP(COUNTED, "away map", "page", "an L2-cold page that is resident and gets an entry"),
  PER_FAR(
      COUNTED,
      "far",
      "page",
      "an LLC-cold page (more than llc_share used since), on top of what L2-cold costs"),
  ONCE_FAR(PER_FAR, "far once", "a call with any LLC-cold page, on top"),
  PER_HUGE_AWAY(
      FOLIO,
      "huge away",
      "page",
      "an LLC-cold page of a huge folio that becomes resident, or is zeroed by a partial punch"),
  PER_FRAME(
      RESIDENCY,
      "frame",
      "frame",
      "a 2M frame that the range, or a slot that is set, crosses",
      EnumSet.allOf(Verb.class)),
  PER_FOLIO(
      RESIDENCY,
      "folio",
      "folio",
      "a folio that becomes resident, is checked, merged, or is what another was split into",
      EnumSet.complementOf(EnumSet.of(Verb.REBIND, Verb.UNMAP))),
  PER_DROP(
      Verb.UNMAP,
      "drop",
      "entry",
      "an entry, huge or not, that an unmap drops, where entries are not counted by size"),
  PER_REFAULT(
      RESIDENCY,
      "refault",
      "entry",
      "an entry, huge or not, that a touch makes of what is resident, if not counted by size",
      EnumSet.of(Verb.TOUCH, Verb.HOST_TOUCH)),
  ONCE_DRAIN(
      Verb.CHECK,
      "drain",
      "call",
      "a check that meets a page in the LRU batch of its own CPU (lru_add_drain)"),
  PER_DRAINED_CPU(
      Verb.CHECK,
      "drained CPU",
      "CPU",
      "a CPU whose LRU batch a check has drained for it (lru_add_drain_all)"),
  PER_MADE_SHARED(
      Verb.UNMAP,
      "made shared",
      "folio",
      "a folio that an unmap takes from the guest, to be shared (kvm_arch_gmem_make_shared)"),
  PER_SPLIT(
      FOLIO,
      "split",
      "folio",
      "a folio that a partial punch splits or, of hugetlb, zeroes (zero_user_segments)"),
  PER_SPLIT_FOLIO(FOLIO, "split folio", "folio", "each further folio that such a split leaves"),
  PER_SPLIT_MAP(FOLIO, "split map", "entry", "an entry of such a folio, dropped by the split"),
  PER_ZEROED(FOLIO, "zeroed", "page", "a page of a huge folio that a partial punch of it zeroes"),
  PER_HOT_PAGE(
      Verb.REBIND,
      "hot page",
      "page",
      "a page that the guest maps again since its slots have changed"),
  PER_BINDING(
      RESIDENCY,
      "binding",
      "memslot",
      "a memslot that the range crosses on the private side (kvm_gmem_invalidate_begin)"),
  PER_STORE(
      Verb.ATTRIBUTE,
      "store",
      "page",
      "a page whose attributes are reserved and stored (xa_reserve, xa_store)"),
  PER_SCANNED(
      Verb.ATTRIBUTE,
      "scanned",
      "entry",
      "an entry seen to find whether a range is uniform (kvm_range_has_memory_attributes)"),
  PER_ASKED(
      Verb.ATTRIBUTE,
      "asked",
      "frame",
      "a 2M frame that is asked for the flag of its 1G frame (hugepage_has_attrs)"),
  PER_ASKED_NODE(
      Verb.ATTRIBUTE,
      "asked node",
      "node",
      "a node of the attributes' tree that is walked to ask such a frame (xa_load)"),
  PER_COLD(Verb.HOST_TOUCH, "cold", "page", "an LLC-cold page that the host copies"),
  PER_ENTRY(
      "direct",
      "entry",
      "a direct-map entry of any size that goes or comes back (set_direct_map_*)"),
  PER_ENTRY_SPLIT(
      "direct split",
      "entry",
      "such an entry that is split into 512 (__split_large_page), its flush aside"),
  PER_ENTRY_JOIN(
      "direct join",
      "entry",
      "512 such entries that become one again (collapse_large_pages), the flush aside"),
  PER_KERNEL_FLUSH(
      "kernel flush",
      "page",
      "a page flushed from the kernel's TLB by itself: where at most flush_ceiling go"),
  PER_KERNEL_FLUSH_ALL(
      "kernel flush all",
      "flush",
      "a flush of all of it: where more go, for each split, and where any are joined"),
  PER_SHOOTDOWN(
      "shootdown",
      "CPU",
      "another CPU of the host ([host] cpus) that such a flush interrupts, for each flush");

  private final TermKind kind;
  private final String heading;
  private final String unit;
  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // made once, never given away
  private final Set<Verb> verbs;

  private final @Nullable Term each;

  Term(TermKind kind, String heading, String unit, String text) {
    this(kind, heading, unit, text, EnumSet.complementOf(EnumSet.of(Verb.REBIND)));
  }

  Term(TermKind kind, String heading, String unit, String text, Set<Verb> verbs) {
    this(kind, heading, unit, text, verbs, null);
  }

  /** A term of one verb. */
  Term(Verb verb, String heading, String unit, String text) {
    this(RESIDENCY, heading, unit, text, EnumSet.of(verb));
  }

  /** A term of the direct map: of what is allocated, freed, asked for or joined. */
  Term(String heading, String unit, String text) {
    this(
        RESIDENCY,
        heading,
        unit,
        text,
        EnumSet.of(Verb.TOUCH, Verb.ALLOCATE, Verb.DISCARD, Verb.DIRECT_MAP, Verb.JOIN));
  }

  /** One a call that has any of what another term counts. */
  Term(Term each, String heading, String text) {
    this(each.kind, heading, "call", text, each.verbs, each);
  }

  Term(
      TermKind kind,
      String heading,
      String unit,
      String text,
      Set<Verb> verbs,
      @Nullable Term each) {
    this.kind = kind;
    this.heading = heading;
    this.unit = unit;
    this.text = text;
    this.verbs = Collections.unmodifiableSet(verbs);
    this.each = each;
  }

  public TermKind kind() {
    return kind;
  }

  /** The head of its column in the table of a calibration. */
  public String heading() {
    return heading;
  }

  /** The thing that costs its ns. */
  public String unit() {
    return unit;
  }

  /** What it counts, in words. */
  public String text() {
    return text;
  }

  /** The verbs it is charged of, in words. */
  public String where() {
    Set<Verb> others = EnumSet.complementOf(EnumSet.copyOf(verbs));
    return others.isEmpty()
        ? "any verb"
        : others.size() < verbs.size() ? "any but " + text(others) : text(verbs);
  }

  private static String text(Set<Verb> verbs) {
    return verbs.stream().map(Verb::text).collect(Collectors.joining(", "));
  }

  /** May a section of this verb have it? */
  public boolean isOf(Verb verb) {
    return verbs.contains(verb);
  }

  /** The term whose count this is 1 for if there is any; null if it is counted by itself. */
  @Nullable Term each() {
    return each;
  }

  /** The index of its count, or of the count of that other term. */
  int counted() {
    return (each == null ? this : each).ordinal();
  }

  /** {@code per_page}: its column among figures. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code per_page_ns}: its key in a profile. */
  public String key() {
    return label() + "_ns";
  }

  /** A term by its label; {@code where} is file and line, or the option, for a complaint. */
  public static Term parse(String label, String where) {
    return Arrays.stream(values())
        .filter(term -> term.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new InputException(
                where, "'" + label + "' is no term", "one of list terms, without _ns"));
  }
}
