// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import module java.base;

import gmembench.trace.LineCursor;

/**
 * The forms in which a time, and perhaps a thread, is put before an event. What is nearest to the
 * event comes first: a journal's stamp is coarser than that of the program that wrote to it.
 */
enum TimeForm {
  /** QEMU's log backend: {@code 4711@1732188572.100001:}. */
  QEMU("QEMU's stamps", "(?<tid>\\d{1,10})@(?<s>\\d{1,10}\\.\\d{1,9}):[^@]*$"),

  /** QEMU's SystemTap script: {@code 4711@1732188572123456789 }, the process's id and ns. */
  SYSTEMTAP("SystemTap's stamps", "\\d{1,10}@(?<ns>\\d{10,19}) +$"),

  /** ftrace_dump_on_oops and latency format: {@code CPU 0/K-4711 3..... 5012000130us : }. */
  TRACER_US(
      "the tracer's stamps",
      "-(?<tid>\\d{1,10}) +(?:\\([ \\d-]+\\) +)?\\d+\\S* +(?<us>\\d{1,15})us.?: +" + Words.TAIL),

  /** tracefs, trace-cmd, perf script: {@code CPU 0/KVM-4711 ( 4700) [003] ..... 5012.000130: }. */
  TRACER(
      "the tracer's stamps",
      "[- /](?<tid>\\d{1,10}) +(?:\\([ \\d-]+\\) +)?(?:\\[\\d+\\] +)?(?:[^\\s:]+ +)?"
          + "(?<s>\\d{1,10}\\.\\d{1,9}): +"
          + Words.TAIL),

  /** The same without a thread. */
  TRACER_BARE("the tracer's stamps", "(?:^|\\s)(?<s>\\d{1,10}\\.\\d{1,9}): +" + Words.TAIL),

  /** perf trace: {@code 1.000 CPU 1/KVM/4712 kvm:}, in milliseconds. */
  PERF_TRACE(
      "perf trace's stamps",
      "^\\s*(?<ms>\\d{1,10}\\.\\d{3}) +(?:\\([^)]*\\):? +)?(?:.*/(?<tid>\\d{1,10}) +)?\\w+:$"),

  /** cloud-hypervisor: {@code cloud-hypervisor: 1.234567s: <vcpu0> }; older ones write ms too. */
  CLOUD_HYPERVISOR(
      "cloud-hypervisor's stamps",
      "cloud-hypervisor: +(?<n>\\d{1,10}(?:\\.\\d{1,9})?)(?<unit>s|ms|us|µs|ns): <(?<name>[^>]*)>"),

  /** QEMU's -msg timestamp=on, OpenVMM, journalctl -o short-iso, containers, libvirt. */
  ISO(
      "ISO 8601 stamps",
      "(?<date>\\d{4}-\\d\\d-\\d\\d)[T ]"
          + Words.CLOCK
          + "(?: ?(?<zone>Z|UTC|[+-]\\d\\d:?\\d\\d))?(?=[\\s:])"),

  /** journalctl, syslog and ts by default: {@code Nov 21 11:29:32 }, of an unknown year. */
  JOURNAL(
      "the journal's stamps", "^(?<month>[A-Z][a-z]{2}) +(?<day>\\d{1,2}) " + Words.CLOCK + "\\s"),

  /** journalctl -o short-monotonic: {@code [ 5012.000120] host1 qemu-system-x86_64[4711]: }. */
  MONOTONIC(
      "the journal's stamps", "^\\[ *(?<s>\\d{1,10}\\.\\d{1,9})(?: <[^>]*>)?\\] \\S+ \\S+: *$"),

  /** ts %.s, journalctl -o short-unix: {@code 1732188572.123456 }. */
  SECONDS("stamps in seconds", "^(?<s>\\d{1,10}\\.\\d{1,9}|\\d{10})\\s"),

  /** ts %H:%M:%.S. */
  TIME_OF_DAY("stamps of the time of day", "^" + Words.CLOCK + "\\s");

  /** Parts of patterns, which an enum's constants cannot refer to in the enum. */
  private static final class Words {
    /** {@code kvm:}, {@code tracing_mark_write: }. */
    static final String TAIL = "(?:[\\w.-]+:\\s*)*$";

    static final String CLOCK =
        "(?<h>[01]\\d|2[0-4]):(?<m>[0-5]\\d):(?<sec>[0-6]\\d)(?:[.,](?<frac>\\d{1,9})\\d*)?";
  }

  /**
   * A time, and who it is of.
   *
   * @param ns since any point, the same for all of a log
   * @param thread 0 if there is none
   * @param isWhole are these whole seconds?
   */
  record Stamp(long ns, long thread, boolean isWhole) {}

  /** 73 years: a clock that counts from 1970 passes it in 2043. */
  static final long MOST_NS = 1L << 61;

  static final Stamp NONE = new Stamp(-1, 0, false);

  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private final String text;
  private final Pattern pattern;

  TimeForm(String text, String pattern) {
    this.text = text;
    this.pattern = Pattern.compile(pattern);
  }

  String text() {
    return text;
  }

  /** The stamp in what is before an event's name; {@link #NONE} if there is none of this form. */
  Stamp read(String prefix) {
    Matcher m = pattern.matcher(prefix);
    Stamp stamp = m.find() ? stamp(m) : NONE;
    return stamp.ns() > MOST_NS ? NONE : stamp;
  }

  private Stamp stamp(Matcher m) {
    return switch (this) {
      case QEMU, TRACER -> new Stamp(decimal(m.group("s"), 9), number(m.group("tid")), false);
      case SYSTEMTAP -> new Stamp(number(m.group("ns")), 0, false);
      case TRACER_US -> new Stamp(number(m.group("us") + "000"), number(m.group("tid")), false);
      case PERF_TRACE -> {
        String tid = m.group("tid");
        yield new Stamp(decimal(m.group("ms"), 6), tid == null ? 0 : number(tid), false);
      }
      case CLOUD_HYPERVISOR ->
          new Stamp(decimal(m.group("n"), digits(m.group("unit"))), thread(m.group("name")), false);
      case TRACER_BARE, MONOTONIC -> new Stamp(decimal(m.group("s"), 9), 0, false);
      case SECONDS -> new Stamp(decimal(m.group("s"), 9), 0, m.group("s").indexOf('.') < 0);
      case ISO -> clock(m, date(m.group("date")), zoneMinutes(m.group("zone")));
      case JOURNAL -> clock(m, dayOfYear(m.group("month"), m.group("day")), 0);
      case TIME_OF_DAY -> clock(m, 0, 0);
    };
  }

  private static int digits(String unit) {
    return switch (unit) {
      case "s" -> 9;
      case "ms" -> 6;
      case "ns" -> 0;
      default -> 3;
    };
  }

  /** {@code vcpu3} is thread 4; others by their names. */
  private static long thread(String name) {
    long number = name.startsWith("vcpu") ? number(name.substring(4)) : -1;
    return number >= 0 ? number + 1 : (1L << 40) + Integer.toUnsignedLong(name.hashCode());
  }

  private static Stamp clock(Matcher m, long days, long zoneMinutes) {
    String fraction = m.group("frac");
    long minutes = (days * 24 + number(m.group("h"))) * 60 + number(m.group("m")) - zoneMinutes;
    long ns = minutes * 60_000_000_000L + number(m.group("sec")) * 1_000_000_000L;
    ns += fraction == null ? 0 : decimal("0." + fraction, 9);
    return days < 0 || ns < 0 ? NONE : new Stamp(ns, 0, fraction == null);
  }

  private static long date(String iso) {
    long month = number(iso.substring(5, 7));
    long day = number(iso.substring(8));
    long year = number(iso.substring(0, 4));
    return year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31
        ? -1
        : LocalDate.of((int) year, (int) month, 1).toEpochDay() + day - 1;
  }

  private static long zoneMinutes(@org.jspecify.annotations.Nullable String zone) {
    if (zone == null || zone.startsWith("Z") || zone.startsWith("U")) {
      return 0;
    }
    int length = zone.length();
    long minutes = number(zone.substring(1, 3)) * 60 + number(zone.substring(length - 2));
    return zone.startsWith("-") ? -minutes : minutes;
  }

  private static long dayOfYear(String month, String day) {
    int at = MONTHS.indexOf(month);
    if (at < 0 || at % 3 != 0) {
      return -1;
    }
    return LocalDate.of(2025, at / 3 + 1, 1).getDayOfYear() + number(day);
  }

  /** A decimal number times 10 to so many digits, cut off; -1 if that is above 2^63 - 1. */
  private static long decimal(String text, int digits) {
    int dot = text.indexOf('.');
    String whole = dot < 0 ? text : text.substring(0, dot);
    String fraction = dot < 0 ? "" : text.substring(dot + 1);
    String padded = fraction + "0".repeat(Math.max(0, digits - fraction.length()));
    return number(whole + padded.substring(0, digits));
  }

  private static long number(String digits) {
    byte[] bytes = LineCursor.bytes(digits.toLowerCase(Locale.ROOT));
    return LineCursor.parse(bytes, 0, bytes.length, 10);
  }
}
