// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.linux.Errno;

/**
 * A verb that goes wrong in a replay, spelled as strace spells its {@code --inject}: {@code
 * discard:error=EAGAIN:when=100}.
 *
 * @param errno what the call gives instead of being made; 0 if it is made, only later
 * @param delayNs how long the call is held up first
 * @param first the first call of the verb that is hit, counted from 1 in each replay, over all
 *     threads
 * @param last the last
 * @param step every so many calls from the first on
 */
public record Fault(Verb verb, int errno, long delayNs, long first, long last, long step) {
  private static final String EXPECTED =
      "VERB:error=ERRNO:when=FIRST[..LAST][+[STEP]], VERB:delay=TIME, or both";
  private static final Pattern WHEN =
      Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18}))?(\\+(\\d{0,18}))?");

  /** Parses a specification; {@code when} left out means every call. */
  public static Fault parse(String spec) {
    String[] parts = spec.split(":", -1);
    Fault fault = new Fault(verb(parts[0], spec), 0, 0, 1, Long.MAX_VALUE, 1);
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      int eq = part.indexOf('=');
      String value = part.substring(eq + 1);
      fault =
          switch (eq < 0 ? "" : part.substring(0, eq)) {
            case "error" -> fault.withErrno(Errno.number(value), spec);
            case "delay" -> fault.withDelay(Units.ns(value, spec + ": delay"));
            case "when" -> fault.when(value, spec);
            default -> throw new InputException(spec, "'" + part + "' is no option", EXPECTED);
          };
    }
    if (fault.errno == 0 && fault.delayNs == 0) {
      throw new InputException(spec, "nothing goes wrong", EXPECTED);
    }
    return fault;
  }

  private static Verb verb(String text, String spec) {
    return Arrays.stream(Verb.values())
        .filter(v -> v.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new InputException(
                spec,
                "unknown verb '" + text + "'",
                "one of "
                    + Arrays.stream(Verb.values())
                        .map(Verb::text)
                        .collect(Collectors.joining(", "))));
  }

  private Fault withErrno(int number, String spec) {
    if (number == 0) {
      throw new InputException(spec, "unknown errno", "a name such as EAGAIN, ENOMEM or EIO");
    }
    return new Fault(verb, number, delayNs, first, last, step);
  }

  private Fault withDelay(long ns) {
    return new Fault(verb, errno, ns, first, last, step);
  }

  private Fault when(String text, String spec) {
    Matcher m = WHEN.matcher(text);
    if (m.matches()) {
      long from = Long.parseLong(m.group(1));
      boolean repeats = m.group(3) != null;
      long every = repeats && !m.group(4).isEmpty() ? Long.parseLong(m.group(4)) : 1;
      long to = m.group(2) != null ? Long.parseLong(m.group(2)) : repeats ? Long.MAX_VALUE : from;
      if (from > 0 && to >= from && every > 0) {
        return new Fault(verb, errno, delayNs, from, to, every);
      }
    }
    throw new InputException(
        spec, "when '" + text + "'", "FIRST[..LAST][+[STEP]], such as 100, 100+, 1+10, 5..9");
  }

  /** Is the call of this number hit? */
  boolean hits(long call) {
    return call >= first && call <= last && (call - first) % step == 0;
  }

  /** As it was spelled, for the label of a cell. */
  String label() {
    String end = last == Long.MAX_VALUE || last == first ? "" : ".." + last;
    String more = last == first ? "" : step == 1 ? last == Long.MAX_VALUE ? "+" : "" : "+" + step;
    return verb.text()
        + (errno == 0 ? "" : ":error=" + Errno.name(errno))
        + (delayNs == 0 ? "" : ":delay=" + Units.duration(delayNs))
        + ":when="
        + first
        + end
        + more;
  }
}
