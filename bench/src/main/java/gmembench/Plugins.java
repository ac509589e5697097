// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

import org.jspecify.annotations.Nullable;

/** Finds plug-ins and makes them from {@code name:option=value:option=value}. */
public final class Plugins {
  /** Between two words of a name in camel case. */
  private static final Pattern BETWEEN_WORDS =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9]+[a-z])");

  private Plugins() {}

  /** Every plug-in of a kind with its default options, by name. */
  public static <P extends Plugin> List<P> all(Class<P> kind) {
    return ServiceLoader.load(kind).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(Plugin::name))
        .toList();
  }

  /** Parses a specification such as {@code lazy-discard:budget=64MiB}; options left out default. */
  public static <P extends Plugin> P parse(Class<P> kind, String spec) {
    String[] parts = spec.split(":", -1);
    Map<String, String> options = new TreeMap<>();
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      int eq = part.indexOf('=');
      if (eq < 1) {
        throw new InputException(spec, "'" + part + "' is no option", "option=value");
      }
      if (options.put(part.substring(0, eq), part.substring(eq + 1)) != null) {
        throw new InputException(spec, "option '" + part.substring(0, eq) + "' twice", "each once");
      }
    }
    return make(kind, parts[0], options, spec);
  }

  /**
   * Options of a specification that all plug-ins of a kind have, by name.
   *
   * @param common the option's name in its first group, the value in its second
   */
  public static Map<String, String> options(String spec, Pattern common) {
    Map<String, String> options = new HashMap<>();
    for (MatchResult option : common.matcher(spec).results().toList()) {
      if (options.put(option.group(1), option.group(2)) != null) {
        throw new InputException(spec, "an option twice", "each option once");
      }
    }
    return options;
  }

  /** Makes a plug-in by name and options; {@code where} is put before every complaint. */
  public static <P extends Plugin> P make(
      Class<P> kind, String name, Map<String, String> options, String where) {
    List<P> known = all(kind);
    P defaults =
        known.stream()
            .filter(p -> p.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new InputException(
                    where,
                    "unknown " + kindName(kind) + " '" + name + "'",
                    "one of " + names(known)));
    return options.isEmpty() ? defaults : withOptions(kind, defaults, options, where);
  }

  private static <P extends Plugin> P withOptions(
      Class<P> kind, P defaults, Map<String, String> options, String where) {
    RecordComponent[] components = components(defaults.getClass());
    Map<String, String> left = new TreeMap<>(options);
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String text = left.remove(optionName(components[i]));
      values[i] = text == null ? value(components[i], defaults) : parse(components[i], text, where);
    }
    if (!left.isEmpty()) {
      String expected =
          Arrays.stream(components).map(Plugins::optionName).collect(Collectors.joining(", "));
      throw new InputException(
          where,
          "unknown option '" + left.keySet().iterator().next() + "' of " + defaults.name(),
          expected.isEmpty() ? "no options" : expected);
    }
    return kind.cast(construct(defaults.getClass(), components, values, where));
  }

  private static Object construct(
      Class<?> type, RecordComponent[] components, Object[] values, String where) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new InputException(where, "option out of range", String.valueOf(cause.getMessage()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " needs a public canonical constructor", e);
    }
  }

  private static Object parse(RecordComponent component, String text, String where) {
    Class<?> type = component.getType();
    String at = where + ": " + optionName(component);
    if (type == long.class && component.getName().endsWith("Bytes")) {
      return Units.bytes(text, at);
    } else if (type == long.class && component.getName().endsWith("Ns")) {
      return Units.ns(text, at);
    } else if (type == long.class) {
      return Units.number(text, at);
    } else if (type == int.class) {
      return parseInt(text, at);
    } else if (type == double.class) {
      return parseDouble(text, at);
    } else if (type == boolean.class) {
      return parseBoolean(text, at);
    } else if (type.isEnum()) {
      return parseEnum(type, text, at);
    }
    return text;
  }

  private static int parseInt(String text, String at) {
    long value = Units.number(text, at);
    if (value != (int) value) {
      throw new InputException(at, "'" + text + "' is too large", "a number below 2^31");
    }
    return (int) value;
  }

  private static double parseDouble(String text, String at) {
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below, with the infinite ones
    }
    throw new InputException(at, "'" + text + "'", "a decimal number");
  }

  /** An option that is true or false; {@code at} is where it stands, for a complaint. */
  public static boolean parseBoolean(String text, String at) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new InputException(at, "'" + text + "'", "true or false");
    };
  }

  private static Object parseEnum(Class<?> type, String text, String at) {
    for (Object constant : type.getEnumConstants()) {
      if (enumText(constant).equals(text)) {
        return constant;
      }
    }
    String names =
        Arrays.stream(type.getEnumConstants())
            .map(Plugins::enumText)
            .collect(Collectors.joining(", "));
    throw new InputException(at, "'" + text + "'", "one of " + names);
  }

  private static String enumText(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static RecordComponent[] components(Class<?> type) {
    RecordComponent @Nullable [] components = type.getRecordComponents();
    return components == null ? new RecordComponent[0] : components;
  }

  static String optionName(RecordComponent component) {
    return dashed(component.getName().replaceFirst("(Bytes|Ns)$", ""));
  }

  /**
   * A name in camel case in lower case with dashes: {@code kvm-clock} of {@code KvmClock}. Several
   * capitals are of one word ({@code xarray-range}); digits belong to the word before them ({@code
   * fls64}), but with a unit they are a word of their own ({@code hugetlb-1g}).
   */
  public static String dashed(String camelCase) {
    return BETWEEN_WORDS.matcher(camelCase).replaceAll("-").toLowerCase(Locale.ROOT);
  }

  static String optionText(RecordComponent component, Object of) {
    Object value = value(component, of);
    if (value instanceof Enum<?>) {
      return enumText(value);
    } else if (value instanceof Long v && component.getName().endsWith("Bytes")) {
      return Units.exactSize(v);
    } else if (value instanceof Long v && component.getName().endsWith("Ns")) {
      return Units.duration(v);
    }
    return String.valueOf(value);
  }

  private static Object value(RecordComponent component, Object of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(of.getClass() + " must be a public record", e);
    }
  }

  private static String kindName(Class<?> kind) {
    return dashed(kind.getSimpleName()).replace('-', ' ');
  }

  private static String names(List<? extends Plugin> known) {
    List<String> names = new ArrayList<>();
    known.forEach(p -> names.add(p.name()));
    return String.join(", ", names);
  }
}
