// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

/** What a pattern or an importer writes its events to: keeps the time and the vCPU. */
public final class Events {
  private final Batch batch;
  private long nowNs;
  private int vcpu;

  public Events(Batch batch) {
    this.batch = batch;
  }

  /** Time passes before the next event. */
  public void idle(long ns) {
    nowNs = Math.addExact(nowNs, ns);
  }

  /** Time goes on to this point, if it is later. */
  public void at(long ns) {
    nowNs = Math.max(nowNs, ns);
  }

  /** Time is this from here on, earlier or later: for a reader that sorts what is written. */
  public void jump(long ns) {
    nowNs = ns;
  }

  public long nowNs() {
    return nowNs;
  }

  /** Who asks for what follows. */
  public void vcpu(int vcpu) {
    this.vcpu = vcpu;
  }

  public void add(Op op, long gfn, long pages) {
    batch.add(nowNs, vcpu, op, gfn, pages);
  }

  public void toShared(long gfn, long pages) {
    add(Op.TO_SHARED, gfn, pages);
  }

  public void toPrivate(long gfn, long pages) {
    add(Op.TO_PRIVATE, gfn, pages);
  }

  public void touchShared(long gfn, long pages) {
    add(Op.TOUCH_SHARED, gfn, pages);
  }

  public void touchPrivate(long gfn, long pages) {
    add(Op.TOUCH_PRIVATE, gfn, pages);
  }

  /** The host converts, without being asked. */
  public void hostToShared(long gfn, long pages) {
    add(Op.HOST_TO_SHARED, gfn, pages);
  }

  public void hostToPrivate(long gfn, long pages) {
    add(Op.HOST_TO_PRIVATE, gfn, pages);
  }

  /** The host writes to pages through its own mapping. */
  public void hostTouchShared(long gfn, long pages) {
    add(Op.HOST_TOUCH_SHARED, gfn, pages);
  }

  public void pin(long gfn, long pages) {
    add(Op.PIN, gfn, pages);
  }

  public void unpin(long gfn, long pages) {
    add(Op.UNPIN, gfn, pages);
  }
}
