// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.linux.LinuxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Command root: what the commands are, and what an error becomes. */
@Command(
    name = "gmembench",
    versionProvider = Main.Version.class,
    description = "Benchmarks guest memory conversion, private <-> shared, live and on a model.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ReproduceCommand.class,
      RunCommand.class,
      PlanCommand.class,
      MergeCommand.class,
      CompareCommand.class,
      ListCommand.class,
      DoctorCommand.class,
      ImportCommand.class,
      TraceCommand.class,
      PlotCommand.class,
      ReportCommand.class,
      SlotsCommand.class,
      CalibrateCommand.class,
      ValidateCommand.class,
      AaCommand.class,
      ScaleCommand.class,
      SoakCommand.class,
      MicroCommand.class,
      CLoopCommand.class,
      CoresCommand.class,
      CompletionCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 regression found; 2 usage or bad input;",
      "3 incomplete (a cell failed, none ran, or HEAD lost what BASE has)",
      "or not comparable; 130, 143 on a signal, with everything finished",
      "so far kept."
    },
    scope = CommandLine.ScopeType.INHERIT,
    mixinStandardHelpOptions = true)
public final class Main {
  private static final int BAD_INPUT = 2;
  private static final int NOT_COMPARABLE = 3;

  private Main() {}

  public static void main(String[] args) {
    System.exit(execute(args, text(System.out), text(System.err)));
  }

  private static PrintWriter text(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
  }

  /** Runs a command line and returns its exit code. */
  public static int execute(String[] args, PrintWriter out, PrintWriter err) {
    CommandLine line =
        new CommandLine(new Main())
            .setOut(out)
            .setErr(err)
            .setUsageHelpWidth(72)
            .setParameterExceptionHandler((e, arguments) -> usageError(e))
            .setExecutionExceptionHandler((e, command, result) -> failure(e, command));
    int code = args.length == 0 ? noCommand(line) : line.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  private static int noCommand(CommandLine line) {
    line.usage(line.getErr());
    return BAD_INPUT;
  }

  private static int usageError(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String hint = "";
    if (e instanceof UnmatchedArgumentException unmatched) {
      hint = unmatched.getSuggestions().isEmpty() ? "" : did(unmatched.getSuggestions().get(0));
    }
    command
        .getErr()
        .println(
            command.getCommandSpec().qualifiedName()
                + ": "
                + String.valueOf(e.getMessage()).replace('\n', ' ')
                + hint
                + ", see --help");
    return BAD_INPUT;
  }

  private static String did(String suggestion) {
    return " (did you mean " + suggestion + "?)";
  }

  private static int failure(Exception e, CommandLine command) throws Exception {
    switch (e) {
      case InputException bad -> command.getErr().println(bad.getMessage());
      case LinuxException bad -> command.getErr().println(bad.getMessage());
      case NotComparableException not -> {
        command.getErr().println(not.getMessage());
        return NOT_COMPARABLE;
      }
      default -> throw e;
    }
    return BAD_INPUT;
  }

  /** The version is the jar's, from its manifest; classes that are in none have none. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"gmembench " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
