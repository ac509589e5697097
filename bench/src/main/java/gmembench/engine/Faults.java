// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.backing.Memory;
import gmembench.strategy.Converter;
import gmembench.tracker.PageMap;

/** What goes wrong in every replay of a block, and what becomes of the replay then. */
public record Faults(List<Fault> faults, Policy policy) {
  /** Nothing but what really happens, which fails the cell. */
  public static final Faults NONE = new Faults(List.of(), Policy.FAIL);

  /** What a failed verb does; also one that failed without being injected. */
  public enum Policy {
    /** The cell has failed, with the reason; other cells are run. */
    FAIL,
    /** The cell has failed and the run ends, with exit code 3. */
    STOP,
    /**
     * The replay goes on: a conversion counts as done if the page map says so, as refused if not.
     */
    CONTINUE;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What is appended to the backing's label, so that such a cell is never taken for a sound one.
   */
  String label() {
    String all = faults.stream().map(f -> ":inject=" + f.label()).collect(Collectors.joining());
    return policy == Policy.CONTINUE ? all + ":on-fault=continue" : all;
  }

  /**
   * What a replay sees of a memory; the memory itself if nothing is to go wrong.
   *
   * @param pause lets so many ns go by, on whatever clock there is
   */
  public Memory around(Memory memory, LongConsumer pause) {
    return this.equals(NONE) ? memory : new FaultyMemory(memory, this, pause);
  }

  /** What a replay asks for conversions. */
  public Converter around(Converter converter, PageMap map) {
    return policy == Policy.CONTINUE ? new Tolerant(converter, map) : converter;
  }
}
