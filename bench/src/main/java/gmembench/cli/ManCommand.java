// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Spec;

/** The man page, from the commands themselves. */
@Command(
    name = "man",
    hidden = true,
    description = "Prints the man page: scripts/gmembench man | man -l -")
public final class ManCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    CommandSpec root = spec.root();
    String version = String.join(" ", root.version());
    out.println(".\\\" SPDX-License-Identifier: Apache-2.0");
    out.println(".TH GMEMBENCH 1 \"\" " + quoted(version) + " \"User Commands\"");
    out.println(".SH NAME");
    out.println("gmembench \\- " + roff(lines(root.usageMessage().description())));
    out.println(".SH SYNOPSIS");
    out.println(".B gmembench\n.I COMMAND\n.RI [ OPTIONS ]");
    out.println(".SH COMMANDS");
    for (CommandLine sub : root.subcommands().values()) {
      if (!sub.getCommandSpec().usageMessage().hidden()) {
        command(out, sub.getCommandSpec());
      }
    }
    out.println(".SH EXIT STATUS");
    out.println(roff(lines(root.usageMessage().footer()).replaceFirst("^\\s*Exit codes:\\s*", "")));
  }

  private static void command(PrintWriter out, CommandSpec command) {
    out.println(".SS gmembench " + roff(command.name()));
    for (String paragraph : command.usageMessage().description()) {
      out.println(paragraph.isEmpty() ? ".PP" : roff(text(paragraph)));
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      entry(out, parameter.paramLabel(), parameter.description());
    }
    for (OptionSpec option : command.options()) {
      // once for all commands would be better, but picocli has them on every one
      if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
        String label = option.typeInfo().isBoolean() ? "" : " " + option.paramLabel();
        entry(out, String.join(", ", option.names()) + label, option.description());
      }
    }
  }

  private static void entry(PrintWriter out, String term, String[] description) {
    out.println(".TP\n.B " + roff(term));
    out.println(roff(lines(description)));
  }

  private static String lines(String[] parts) {
    return text(String.join(" ", List.of(parts)).replaceAll("\\s+", " ").strip());
  }

  /** picocli's own escapes: a doubled percent sign is one. */
  private static String text(String picocli) {
    return Ansi.OFF.string(picocli.replace("%%", "%"));
  }

  private static String quoted(String text) {
    return "\"" + roff(text).replace("\"", "") + "\"";
  }

  /** A dash that can be copied, and no line that roff takes for a request. */
  private static String roff(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
