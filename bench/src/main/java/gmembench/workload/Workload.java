// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import module java.base;

import gmembench.guest.Guest;
import gmembench.pattern.Pattern;
import gmembench.pattern.PatternTrace;
import gmembench.trace.Batch;
import gmembench.trace.Trace;
import gmembench.trace.TraceFile;
import org.jspecify.annotations.Nullable;

/**
 * A guest and what it does to its memory; read from a TOML file.
 *
 * @param name the file's name without its ending
 * @param why the header comment's first sentence
 * @param guest memory and vCPUs
 * @param source where the events come from
 * @param boot what is published of this boot, if it is one
 * @param seed of the pattern's random numbers
 * @param vms how many such guests the host has, each doing the same; on the model only
 * @param memory what the guest has when the trace begins
 * @param hash of the file, and of the trace it names: results of other workloads are not comparable
 */
public record Workload(
    String name,
    String why,
    Guest guest,
    Source source,
    @Nullable Boot boot,
    long seed,
    int vms,
    Memory memory,
    String hash) {

  /** What is resident before the first event. */
  public enum Memory {
    /** Nothing: launch, preallocation, the destination of a migration. */
    EMPTY,
    /**
     * Every page that the trace touches, and its neighbours, privately: a guest that ran before.
     */
    USED
  }

  /** One VM that has used its memory. */
  public Workload(
      String name,
      String why,
      Guest guest,
      Source source,
      @Nullable Boot boot,
      long seed,
      String hash) {
    this(name, why, guest, source, boot, seed, 1, Memory.USED, hash);
  }

  /** Where events come from. */
  public sealed interface Source {}

  public record Recorded(Path file) implements Source {}

  /** A trace that was named instead of a workload: the guest is the smallest that holds it. */
  public record Bare(Path file) implements Source {}

  public record Generated(Pattern pattern) implements Source {}

  /**
   * What is published of a boot.
   *
   * @param baseNs the boot time that is not conversions
   * @param source where the published times are from
   * @param publishedNs published boot times by strategy name; empty if there are none
   */
  public record Boot(long baseNs, String source, Map<String, Long> publishedNs) {}

  /** The events; generated ones are the same for the same seed on every machine. */
  public Trace trace() {
    return trace(batch -> {});
  }

  /** The same; {@code reader} sees all of it while it is read first. */
  public Trace trace(Consumer<Batch> reader) {
    return switch (source) {
      case Bare bare -> TraceFile.read(bare.file(), guest, reader);
      case Recorded recorded -> TraceFile.read(recorded.file(), guest, reader);
      case Generated generated ->
          Trace.held(new PatternTrace(generated.pattern(), guest, seed), reader);
    };
  }

  /** The same with other random numbers, and so another hash. */
  public Workload withSeed(long seed) {
    return new Workload(name, why, guest, source, boot, seed, vms, memory, hash + "-seed" + seed);
  }
}
