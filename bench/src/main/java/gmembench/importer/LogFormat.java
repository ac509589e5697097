// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import gmembench.Plugin;
import gmembench.trace.Events;

/** The log of a real system that can become a trace. Adding one is adding one file. */
public interface LogFormat extends Plugin {
  /** Starts at the beginning of a log. */
  Parser open(Log log);

  /** Reads one log, line by line. */
  interface Parser {
    /**
     * Writes the events of the line that was just read, or tells the log why it was skipped.
     *
     * @throws gmembench.InputException if it is an event, and is malformed
     */
    void line(Events out);

    /** The log is over. */
    default void end(Events out) {}

    /** The lines that the format has, for the message when there are none. */
    String expected();
  }
}
