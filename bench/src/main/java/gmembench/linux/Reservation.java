// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

/**
 * Huge pages that were added to the host's pool, and are taken out again on every way out. A shell
 * does both: it reads a pipe whose other end only this process has, so it goes to work when this is
 * closed and also when this process is killed or crashes, and it ignores the signals that a
 * terminal sends to all.
 */
public final class Reservation implements AutoCloseable {
  /**
   * What is taken out is what was added, not what was there before: others may have added since.
   * Each half reads and writes under a lock, so that two runs do not undo each other's.
   */
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP QUIT
      exec 9< "$1" || exit
      flock 9
      before=$(cat "$1") || exit
      echo $((before + $2)) > "$1" || exit
      got=$(($(cat "$1") - before))
      flock -u 9
      echo $got
      read -r closed
      flock 9
      rest=$(($(cat "$1") - got))
      [ $rest -ge 0 ] || rest=0
      echo $rest > "$1"
      """;

  private final String knob;
  private final Process shell;
  private final long pages;
  private boolean closed;

  private Reservation(String knob, Process shell, long pages) {
    this.knob = knob;
    this.shell = shell;
    this.pages = pages;
  }

  /**
   * Adds pages to the pool until so many are free. It may get fewer, if memory is too full or too
   * fragmented: ask {@link #pages} and {@link HugePool#free}.
   */
  public static Reservation of(HugePool pool, long wanted) {
    return add(pool.knob(), Math.max(0, wanted - pool.free()));
  }

  /** Adds to the number in a file. */
  static Reservation add(String knob, long missing) {
    try {
      Process shell =
          new ProcessBuilder("/bin/sh", "-c", SCRIPT, "sh", knob, Long.toString(missing))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String got = shell.inputReader().readLine();
      if (got == null) {
        throw new LinuxException("cannot set " + knob + " (run as root)");
      }
      return new Reservation(knob, shell, Long.parseLong(got));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many were added. */
  public long pages() {
    return pages;
  }

  /** Gives them back, and returns when that is done; pages in use go when they are freed. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      shell.getOutputStream().close();
      if (shell.waitFor() != 0) {
        throw new LinuxException(pages + " pages were not given back: see " + knob);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
