// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import org.jspecify.annotations.Nullable;

/**
 * The metrics of a repetition in the order in which they are written. Values stay what they are,
 * whole numbers, decimals or text, until then.
 */
public final class Metrics {
  private static final BigDecimal LIMIT = BigDecimal.TWO.pow(63);
  private static final int MOST_DECIMALS = 40;

  /** Long, BigDecimal or String. */
  private final Map<Metric, Object> values = new LinkedHashMap<>();

  /** Sets a whole number. */
  public Metrics put(Metric metric, long value) {
    return set(metric, value);
  }

  /** Sets a number with as many decimals as are to be written. */
  public Metrics put(Metric metric, BigDecimal value) {
    return set(metric, value);
  }

  /** Sets a number that is written with so many decimals. */
  public Metrics put(Metric metric, double value, int decimals) {
    return set(metric, new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN));
  }

  /** Sets what is no number. */
  public Metrics put(Metric metric, String text) {
    if (!metric.isText()) {
      throw new IllegalArgumentException(metric.name() + " is a number");
    }
    return set(metric, text);
  }

  /** Adds to what is there, which is 0 at first. */
  public void add(Metric metric, long value) {
    put(metric, Math.addExact(whole(metric), value));
  }

  public void putAll(Metrics others) {
    values.putAll(others.values);
  }

  public void clear() {
    values.clear();
  }

  private Metrics set(Metric metric, Object value) {
    values.put(MetricTable.check(metric), value);
    return this;
  }

  /** Reads what stands in a file. */
  static Object parse(Metric metric, String text) {
    if (metric.isText()) {
      return text;
    }
    BigDecimal value = new BigDecimal(text);
    boolean countsDown = metric.unit() == Metric.Unit.NUMBER; // all others count from 0
    if (value.abs().compareTo(LIMIT) >= 0
        || Math.abs(value.scale()) > MOST_DECIMALS
        || (value.signum() < 0 && !countsDown)) {
      throw new NumberFormatException();
    }
    boolean isWhole = value.scale() == 0 && value.precision() < 19;
    return isWhole ? (Object) value.longValueExact() : value;
  }

  /** Sets what stands in a file; false if there was a value. */
  boolean read(String name, String text) {
    Metric metric = Metric.named(name);
    return values.put(metric, parse(metric, text)) == null;
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public boolean has(Metric metric) {
    return values.containsKey(metric);
  }

  /** In the order in which they are written. */
  public Set<Metric> all() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** NaN if there is none. */
  public double number(Metric metric) {
    return values.get(metric) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** 0 if there is none. */
  public long whole(Metric metric) {
    return values.get(metric) instanceof Number number ? number.longValue() : 0;
  }

  /** As it is written, or null if there is none. */
  public @Nullable String written(Metric metric) {
    Object value = values.get(metric);
    return value == null ? null : written(value);
  }

  private static String written(Object value) {
    return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
  }

  /** Names and values as they are written. */
  public Map<String, String> written() {
    Map<String, String> texts = new LinkedHashMap<>();
    forEach(texts::put);
    return texts;
  }

  void forEach(BiConsumer<String, String> each) {
    values.forEach((metric, value) -> each.accept(metric.name(), written(value)));
  }

  /** The same with another metric after one of them. */
  public Metrics with(Metric after, Metric metric, BigDecimal value) {
    Metrics more = new Metrics();
    values.forEach((m, v) -> {
      more.values.put(m, v);
      if (m.equals(after)) {
        more.put(metric, value);
      }
    });
    return more;
  }

  /** What several VMs have in all. */
  public static Metrics over(List<Metrics> vms) {
    Metrics all = new Metrics();
    for (Metrics vm : vms) {
      vm.values.forEach(
          (metric, value) -> all.values.merge(metric, value, (a, b) -> together(metric, a, b)));
    }
    return all;
  }

  private static Object together(Metric metric, Object a, Object b) {
    return switch (metric.overVms()) {
      case SAME -> same(metric, a, b);
      case MAX -> decimal(a).compareTo(decimal(b)) >= 0 ? a : b;
      case SUM ->
          a instanceof Long x && b instanceof Long y
              ? (Object) Math.addExact(x, y)
              : decimal(a).add(decimal(b));
    };
  }

  private static Object same(Metric metric, Object a, Object b) {
    if (!a.equals(b)) {
      throw new IllegalStateException(metric.name() + " differs between VMs: " + a + ", " + b);
    }
    return a;
  }

  private static BigDecimal decimal(Object number) {
    return new BigDecimal(number.toString());
  }
}
