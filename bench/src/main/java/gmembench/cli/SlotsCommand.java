// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.Plugins;
import gmembench.Units;
import gmembench.alignment.AlignmentRule;
import gmembench.alignment.HugeFrames;
import gmembench.alignment.PageSizes;
import gmembench.guest.Guest;
import gmembench.guest.Slot;
import gmembench.run.Home;
import gmembench.table.Table;
import gmembench.workload.Workload;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which of a workload's slots each alignment rule accepts, and where huge pages can be used. */
@Command(
    name = "slots",
    description = {
      "Which memslots each alignment rule accepts, and where huge pages fit.",
      "",
      "For each rule: accepted or why not; which gfns may be mapped huge",
      "(the last is excluded) and in how many of the frames that the slot",
      "is in; and what a file of such pages would allocate outside the",
      "slot, before (head) and after it (tail)."
    })
public final class SlotsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "WORKLOAD", description = "A workload, by name or .toml file.")
  private String workload = "";

  @Option(
      names = "--rule",
      paramLabel = "RULES",
      description = "Comma list of rules; all if left out.")
  private @Nullable String rules;

  @Option(
      names = "--pages",
      paramLabel = "SIZES",
      description = "The host's page sizes, its own page first (${DEFAULT-VALUE}).",
      defaultValue = "4K,2M,1G")
  private String pages = "";

  @Option(
      names = "--file-page",
      paramLabel = "SIZE",
      description = "The size that the file's pages have; the largest if left out.")
  private @Nullable String filePage;

  @Option(
      names = "--bound-at",
      paramLabel = "SIZE",
      description = "The size that they had when the slots were set.")
  private @Nullable String boundAt;

  @Override
  public void run() {
    PageSizes host = PageSizes.parse(pages, "--pages").with(filePage, boundAt);
    List<AlignmentRule> chosen =
        rules == null
            ? Plugins.all(AlignmentRule.class)
            : Arrays.stream(rules.split(",", -1))
                .map(name -> Plugins.parse(AlignmentRule.class, name))
                .toList();
    Workload read = Home.here().workload(workload);
    PrintWriter out = spec.commandLine().getOut();
    out.println(heading(read, host));
    Table summary = new Table("rule", "accepted", "page", "may be huge", "outside every slot");
    for (AlignmentRule rule : chosen) {
      out.println(rule.name() + ": " + rule.why());
      out.println(table(rule, read.guest(), host));
      summarise(rule, read.guest(), host, summary);
    }
    out.print(summary);
  }

  private static String heading(Workload workload, PageSizes host) {
    Guest guest = workload.guest();
    Table table = new Table("slot", "gpa", "end", "size", "offset in the file");
    int i = 0;
    for (Slot slot : guest.slots()) {
      table.row(
          Integer.toString(i++),
          Units.hex(slot.gpa()),
          Units.hex(slot.gpa() + slot.bytes()),
          Units.exactSize(slot.bytes()),
          Units.hex(slot.offset()));
    }
    return Units.format(
        "%s: guest %s, file %s, pages %s%n%n%s",
        workload.name(),
        PageSizes.text(guest.memoryBytes() / Units.PAGE_BYTES),
        PageSizes.text(guest.filePages()),
        String.join(" ", host.pages().stream().map(PageSizes::text).toList()),
        table);
  }

  private static String table(AlignmentRule rule, Guest guest, PageSizes host) {
    Table table =
        new Table("slot", "", "page", "may be huge, gfns", "frames", "of", "head", "tail");
    StringBuilder refusals = new StringBuilder();
    int i = 0;
    for (Slot slot : guest.slots()) {
      String whyNot = rule.whyNot(slot, guest.filePages(), host);
      if (whyNot != null) {
        refusals.append("slot ").append(i).append(": ").append(whyNot).append('\n');
        table.row(Integer.toString(i), "refused", "-", "-", "-", "-", "-", "-");
      } else {
        for (long size : host.huge()) {
          row(table, i, rule.frames(slot, size));
        }
      }
      i++;
    }
    return table.toString() + refusals;
  }

  private static void row(Table table, int slot, HugeFrames frames) {
    table.row(
        Integer.toString(slot),
        "accepted",
        PageSizes.text(frames.framePages()),
        frames.count() == 0
            ? "none"
            : Units.hex(frames.fromGfn()) + ".." + Units.hex(frames.endGfn()),
        Long.toString(frames.count()),
        Long.toString(frames.touched()),
        PageSizes.text(frames.headPages()),
        PageSizes.text(frames.tailPages()));
  }

  private static void summarise(AlignmentRule rule, Guest guest, PageSizes host, Table summary) {
    List<Slot> accepted =
        guest.slots().stream()
            .filter(s -> rule.whyNot(s, guest.filePages(), host) == null)
            .toList();
    for (long size : host.huge()) {
      long frames = accepted.stream().mapToLong(s -> rule.frames(s, size).count()).sum();
      summary.row(
          rule.name(),
          accepted.size() + "/" + guest.slots().size(),
          PageSizes.text(size),
          PageSizes.text(frames * size),
          PageSizes.text(HugeFrames.outsideAll(accepted, size)));
    }
  }
}
