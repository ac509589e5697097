// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.Ticks;
import java.lang.management.ManagementFactory;

/** What a reader of the numbers must know of the machine: the first part of env.csv. */
public final class Host {
  private Host() {}

  /** The host's own name, as it stands in env.csv. */
  static String name() {
    return first("/proc/sys/kernel/hostname");
  }

  /** Facts by key; one that this kernel does not tell is empty. */
  public static Map<String, String> facts(Path home) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(Fact.HOST.key(), name());
    facts.put(Fact.KERNEL.key(), first("/proc/sys/kernel/osrelease"));
    facts.put(Fact.KERNEL_VERSION.key(), first("/proc/sys/kernel/version"));
    facts.put(Fact.ARCH.key(), System.getProperty("os.arch", ""));
    facts.put(Fact.CMDLINE.key(), kernelParameters(first("/proc/cmdline")));
    facts.put(Fact.CPU.key(), cpuInfo("model name"));
    facts.put(Fact.MICROCODE.key(), cpuInfo("microcode"));
    facts.put(Fact.CPUS.key(), Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put(Fact.MEMORY_KIB.key(), memInfo("MemTotal"));
    facts.put(Fact.GOVERNOR.key(), first("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
    facts.put(
        Fact.CLOCKSOURCE.key(),
        first("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
    facts.put(Fact.CLOCK.key(), Ticks.here().text());
    facts.put(Fact.THP.key(), chosen("/sys/kernel/mm/transparent_hugepage/enabled"));
    facts.put(Fact.THP_SHMEM.key(), chosen("/sys/kernel/mm/transparent_hugepage/shmem_enabled"));
    facts.put(
        Fact.PAGE_REPORTING_ORDER.key(),
        first("/sys/module/page_reporting/parameters/page_reporting_order"));
    facts.put(
        Fact.HUGEPAGES_2M_FREE.key(),
        first("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"));
    facts.put(
        Fact.HUGEPAGES_1G_FREE.key(),
        first("/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages"));
    mitigations().forEach((name, state) -> facts.put(Fact.MITIGATION.key() + name, state));
    facts.put(Fact.JVM.key(), System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put(
        Fact.JVM_OPTIONS.key(),
        String.join(
            " ",
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.matches("(-X|-Dgmembench[.]hurry=)[^/]*"))
                .toList()));
    facts.put(Fact.COMMIT.key(), commit(home));
    return facts;
  }

  /** The kernel's own part, without init's arguments and without paths: results are published. */
  static String kernelParameters(String cmdline) {
    return cmdline.replaceFirst(" -- .*$", "").replaceAll("=/\\S*", "=...");
  }

  private static Map<String, String> mitigations() {
    Map<String, String> states = new TreeMap<>();
    try (Stream<Path> files = Files.list(Path.of("/sys/devices/system/cpu/vulnerabilities"))) {
      files.forEach(f -> states.put(String.valueOf(f.getFileName()), first(f.toString())));
    } catch (IOException e) {
      // this kernel does not tell
    }
    return states;
  }

  /** {@code module.parameter}, sorted, of those that are loaded and tell. */
  public static Map<String, String> moduleParameters(String... modules) {
    Map<String, String> all = new TreeMap<>();
    for (String module : modules) {
      try (Stream<Path> files = Files.list(Path.of("/sys/module", module, "parameters"))) {
        files.forEach(f -> all.put(module + "." + f.getFileName(), first(f.toString())));
      } catch (IOException e) {
        // not loaded, or without parameters
      }
    }
    return all;
  }

  static String first(String file) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines.findFirst().orElse("").strip();
    } catch (IOException | java.io.UncheckedIOException e) {
      return "";
    }
  }

  /** The word in brackets of {@code always [madvise] never}. */
  private static String chosen(String file) {
    return first(file).replaceFirst(".*\\[(.*)\\].*", "$1");
  }

  private static String cpuInfo(String key) {
    return after("/proc/cpuinfo", key).replaceFirst("^\\s*:\\s*", "");
  }

  private static String memInfo(String key) {
    return after("/proc/meminfo", key).replaceAll("[^0-9]", "");
  }

  private static String after(String file, String key) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(l -> l.startsWith(key))
          .findFirst()
          .map(l -> l.substring(key.length()).strip())
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * The checkout's or the distribution's commit, with + if there are changes; or empty. The
   * launcher knows when the jar was built from others.
   */
  private static String commit(Path home) {
    String kept = first(home.resolve("COMMIT").toString());
    if (!kept.isEmpty()) {
      return kept;
    }
    String dirty = git(home, "status", "--porcelain", "--untracked-files=no").isEmpty() ? "" : "+";
    String commit = git(home, "rev-parse", "--short=12", "HEAD");
    String stale = Boolean.getBoolean("gmembench.stale") ? " (the jar is older)" : "";
    return commit.isEmpty() ? "" : commit + dirty + stale;
  }

  private static String git(Path home, String... arguments) {
    try {
      String safe = "safe.directory=" + home.toAbsolutePath().normalize(); // whoever owns it
      List<String> command = new ArrayList<>(List.of("git", "-c", safe, "-C", home.toString()));
      command.addAll(List.of(arguments));
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? out.strip() : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
