// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Clock;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import gmembench.strategy.Converter;
import gmembench.trace.Batch;
import gmembench.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * Several VMs of one host as one to the replay: all play the same trace at the same time, each in
 * its own memory with its own map, clocks and locks; they meet at the locks of the host.
 */
final class Fleet implements Memory, Converter {
  private static final int BATCH = 4096;

  private final List<ModelVm> vms;
  private final int vcpus;
  private final Clock.Virtual clock;

  /** VM {@code n} has the vCPUs from {@code n * vcpus}. */
  Fleet(List<ModelVm> vms, int vcpus, Clock.Virtual clock) {
    this.vms = vms;
    this.vcpus = vcpus;
    this.clock = clock;
  }

  private ModelVm here() {
    return vms.get(clock.vm());
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    return here().seen().apply(verb, gfn, pages, side);
  }

  @Override
  public boolean convert(long gfn, long pages, Side to) {
    return here().charged().convert(gfn, pages, to);
  }

  @Override
  public boolean mayTouch(long gfn, long pages, Side side) {
    return here().charged().mayTouch(gfn, pages, side);
  }

  @Override
  public boolean touched(long gfn, long pages, Side side) {
    return here().charged().touched(gfn, pages, side);
  }

  @Override
  public void idle(long ns) {
    int vcpu = clock.vcpu();
    for (int vm = 0; vm < vms.size(); vm++) {
      clock.turn(vm * vcpus, 0);
      vms.get(vm).charged().idle(ns);
    }
    clock.turn(vcpu, 0);
  }

  @Override
  public void settle() {
    for (int vm = 0; vm < vms.size(); vm++) {
      clock.turn(vm * vcpus, 0);
      vms.get(vm).charged().settle();
    }
  }

  @Override
  public boolean inPlace() {
    return here().memory().inPlace();
  }

  @Override
  public void close() {}

  /** Nothing here: what the VMs report is put together by {@link Metrics#over}. */
  @Override
  public void report(Metrics metrics) {}

  /** The refused conversions of one VM by its own numbers, out of those of all. */
  long[] refused(int vm, long[] ofAll) {
    return Arrays.stream(ofAll)
        .filter(n -> n % vms.size() == vm)
        .map(n -> n / vms.size())
        .toArray();
  }

  /** Every event once for each VM, in turn; made a few at a time. */
  Trace play(Trace trace) {
    return () -> new Pass(trace.open());
  }

  private final class Pass implements Trace.Batches {
    private final Trace.Batches source;
    private final Batch out = new Batch(BATCH);
    private @Nullable Batch in;
    private int at;
    private int vm;

    Pass(Trace.Batches source) {
      this.source = source;
      this.in = source.next();
    }

    @Override
    public @Nullable Batch next() {
      out.size = 0;
      while (in != null && out.size < BATCH) {
        copy(in, at, vm++);
        if (vm == vms.size()) {
          vm = 0;
          if (++at == in.size) {
            at = 0;
            in = source.next();
          }
        }
      }
      return out.size == 0 ? null : out;
    }

    private void copy(Batch from, int i, int vm) {
      int to = out.size++;
      out.atNs[to] = from.atNs[i];
      out.vcpu[to] = vm * vcpus + from.vcpu[i];
      out.op[to] = from.op[i];
      out.gfn[to] = from.gfn[i];
      out.pages[to] = from.pages[i];
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
