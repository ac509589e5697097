// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.trace.Trace;
import gmembench.trace.TraceAnonymiser;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Moves a trace's gfns. */
@Command(
    name = "anonymise",
    description = {
      "Gives a trace other gfns and keeps its structure: sizes, order,",
      "reuse and places within 2M frames. Notes are left out."
    })
final class TraceAnonymiseCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "TRACE", description = "A trace.")
  private Path file = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Gives the same gfns again, and so tells the old ones; default: random.")
  private @Nullable Long seed;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "TRACE",
      description = "The new trace.")
  private Path out = Path.of("");

  @Override
  public void run() {
    Trace trace = TraceBounds.read(file);
    Random random = seed == null ? new SecureRandom() : new Random(seed);
    TraceAnonymiser anonymiser = TraceAnonymiser.of(trace, TraceBounds.of(trace).guest(), random);
    TraceFile.write(anonymiser.of(trace), out, List.of("anonymised"));
    OutOptions.printPath(out, spec);
  }
}
