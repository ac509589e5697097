// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.OutputFile;
import gmembench.Text;
import gmembench.Units;
import gmembench.linux.LinuxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** Command root: what the commands are, and what an error becomes. */
@Command(
    name = "gmembench",
    versionProvider = Main.Version.class,
    description = "Benchmarks guest memory conversion, private <-> shared, live and on a model.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done; 1 regression found; 2 usage or bad input;",
      "3 incomplete (a cell failed, none ran, or HEAD lost what BASE has),",
      "not comparable, or validate or soak found its check failed;",
      "4 internal error, or the JVM cannot start; 130, 143 on a signal,",
      "with everything finished so far kept."
    },
    scope = CommandLine.ScopeType.INHERIT,
    mixinStandardHelpOptions = true)
public final class Main {
  private static final List<Class<?>> COMMANDS =
      List.of(
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
          CompletionCommand.class);

  private static final int REGRESSION = 1;
  private static final int BAD_INPUT = 2;
  private static final int NOT_COMPARABLE = 3;
  private static final int INTERNAL = 4;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an internal error.")
  private boolean debug;

  private Main() {}

  public static void main(String[] args) {
    System.exit(execute(args, text(OutputFile.standardOutput()), text(System.err)));
  }

  private static Writer text(OutputStream stream) {
    return new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
  }

  /** Runs a command line and returns its exit code. */
  public static int execute(String[] args, Writer stdout, Writer stderr) {
    PlainText plain = new PlainText(stdout);
    PrintWriter out = new PrintWriter(plain);
    PrintWriter err = new PrintWriter(new PlainText(stderr));
    int code = new Main().run(args, out, err);
    out.flush();
    IOException error = plain.error();
    if (error != null && !OutputFile.isClosedPipe(error)) {
      err.println("standard output: cannot be written (" + OutputFile.reason(error) + ")");
      code = code <= REGRESSION ? NOT_COMPARABLE : code; // nobody has read the verdict
    }
    err.flush();
    return code;
  }

  private int run(String[] args, PrintWriter out, PrintWriter err) {
    try {
      CommandLine line =
          line(this, args)
              .setOut(out)
              .setErr(err)
              .setUsageHelpWidth(72)
              .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
              .setParameterExceptionHandler((e, arguments) -> usageError(e))
              .setExecutionExceptionHandler((e, command, result) -> failure(e, err));
      return args.length == 0 ? noCommand(line) : line.execute(args);
    } catch (RuntimeException | Error e) { // picocli hands errors on
      return failure(e, err);
    }
  }

  /**
   * With the command that is named alone, if there is one: to read what every command takes would
   * be most of a short one's time.
   */
  private static CommandLine line(Main main, String... args) {
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(c -> args.length > 0 && c.getAnnotation(Command.class).name().equals(args[0]))
            .filter(c -> c != CompletionCommand.class) // which has all others in it
            .toList();
    CommandLine line = new CommandLine(main);
    (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
    return line;
  }

  /** With all commands. */
  static CommandLine line() {
    return line(new Main());
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

  /** An error becomes one line and an exit code. */
  private int failure(Throwable e, PrintWriter err) {
    switch (e) {
      case InputException bad -> err.println(bad.getMessage());
      case LinuxException bad -> err.println(bad.getMessage());
      case NotComparableException not -> {
        err.println(not.getMessage());
        return NOT_COMPARABLE;
      }
      case OutOfMemoryError much -> {
        err.println(outOfMemory(much));
        return NOT_COMPARABLE;
      }
      case CompletionException outer when outer.getCause() != null -> {
        return failure(outer.getCause(), err);
      }
      case ExceptionInInitializerError outer when outer.getCause() != null -> {
        return failure(outer.getCause(), err);
      }
      default -> {
        return internal(e, err);
      }
    }
    return BAD_INPUT;
  }

  private static String outOfMemory(OutOfMemoryError e) {
    String heap = Units.size(Runtime.getRuntime().maxMemory());
    return "out of memory (" + e.getMessage() + "): the heap is " + heap + ", see GMEMBENCH_HEAP";
  }

  private int internal(Throwable e, PrintWriter err) {
    StackTraceElement[] trace = e.getStackTrace();
    String where = trace.length == 0 ? "" : " at " + trace[0];
    String hint = debug ? "" : " (--debug prints the stack trace)";
    err.println("internal error: " + Text.printable(e.toString()) + where + hint);
    if (debug) {
      e.printStackTrace(err);
    }
    return INTERNAL;
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
