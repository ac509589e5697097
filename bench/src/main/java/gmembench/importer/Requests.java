// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import module java.base;

import gmembench.trace.Op;

/**
 * What guests asked for and QEMU has yet to convert: a hypercall or a memory fault is logged first,
 * and the conversion, perhaps in pieces, after it. Where a log has no threads, they are matched by
 * their range alone.
 */
final class Requests {
  private static final int MOST = 4096;

  private final ArrayDeque<Request> open = new ArrayDeque<>();

  private static final class Request {
    final long thread;
    final Op op;
    final long end;
    long next;

    Request(long thread, Op op, long start, long end) {
      this.thread = thread;
      this.op = op;
      this.next = start;
      this.end = end;
    }
  }

  /** A guest asks; in bytes. What its thread asked for before is done with, or was refused. */
  void add(long thread, Op op, long start, long size) {
    open.removeIf(r -> thread > 0 ? r.thread == thread : r.next < start + size && start < r.end);
    if (open.size() == MOST) {
      open.removeLast();
    }
    open.addFirst(new Request(thread, op, start, start + size));
  }

  /** Is a conversion part of what was asked for, and so not another one? */
  boolean take(long thread, Op op, long start, long size) {
    for (Iterator<Request> all = open.iterator(); all.hasNext(); ) {
      Request r = all.next();
      boolean its = thread == 0 || r.thread == 0 || r.thread == thread;
      if (its && r.op == op && start >= r.next && start + size <= r.end) {
        r.next = start + size;
        if (r.next == r.end) {
          all.remove();
        }
        return true;
      }
    }
    open.removeIf(r -> r.thread == thread && r.next < start + size && start < r.end);
    return false;
  }
}
