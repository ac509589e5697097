// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import picocli.CommandLine.Command;

/** What is in a trace, and other traces made from it. */
@Command(
    name = "trace",
    description = "What is in a trace, and other traces made from it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TraceStatCommand.class,
      TraceCheckCommand.class,
      TraceCutCommand.class,
      TraceAnonymiseCommand.class,
      TraceScaleCommand.class
    })
public final class TraceCommand {}
