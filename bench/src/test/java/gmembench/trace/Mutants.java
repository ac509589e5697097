// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.InputException;
import gmembench.Thorough;

/** Mutates a file again and again and checks that its reader takes it or refuses it in one line. */
public final class Mutants {
  private static final int PIECE = 600;
  private static final List<String> TOKENS =
      List.of(
          "0x",
          "-1",
          "9223372036854775807",
          "99999999999999999999",
          ",",
          "\n",
          "\"",
          "#",
          "[",
          "=",
          "\u0000",
          "é",
          " ",
          "0",
          "1e9",
          "true",
          "..",
          ":",
          "@",
          "TiB",
          "\r\n",
          "1e400",
          "=1+1",
          "\u001b[2J",
          "/../",
          "Tag=",
          "nan");

  private Mutants() {}

  /** What reads a file of one format. */
  public interface Reader {
    void read(Path file);
  }

  /** Mutants of pieces of a text file, which may be gzipped: so many if thorough, else a tenth. */
  public static void ofText(Path file, int mutants, Path folder, Reader reader) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    if (file.toString().endsWith(".gz")) {
      whole = new GZIPInputStream(new ByteArrayInputStream(whole)).readAllBytes();
    }
    byte[] text = whole;
    Random random = new Random(file.getFileName().toString().hashCode());
    run(file, mutants, folder, reader, random, () -> piece(text, random));
  }

  /** Mutants of a file's bytes as they are. */
  public static void ofBytes(Path file, int mutants, Path folder, Reader reader)
      throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(file.getFileName().toString().hashCode());
    run(file, mutants, folder, reader, random, whole::clone);
  }

  /**
   * Folders in which one file is a mutant, one after the other in the same place.
   *
   * @param check reads the folder, and is told which file it is
   */
  public static void ofFolder(Path original, int mutants, Path folder, BiConsumer<Path, Path> check)
      throws IOException {
    Random random = new Random(String.valueOf(original.getFileName()).hashCode() + mutants);
    SortedMap<Path, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(original)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        files.put(file.getFileName(), Files.readAllBytes(file));
      }
    }
    List<Path> names = List.copyOf(files.keySet());
    int count = Thorough.FUZZ.count(mutants / 200, mutants);
    for (int i = 0; i < count; i++) {
      Path name = names.get(random.nextInt(names.size()));
      byte[] bytes = mutate(files.getOrDefault(name, new byte[0]), random);
      Path results = Files.createDirectory(folder.resolve("results"));
      for (Map.Entry<Path, byte[]> file : files.entrySet()) {
        boolean isMutant = file.getKey().equals(name);
        Files.write(results.resolve(file.getKey()), isMutant ? bytes : file.getValue());
      }
      try {
        check.accept(results, name);
      } catch (RuntimeException | Error e) {
        Path kept = Files.createTempFile("mutant-", "-" + name);
        Files.write(kept, bytes);
        throw new AssertionError(original + " mutant " + i + " is kept as " + kept, e);
      }
      delete(results);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    }
  }

  private static void run(
      Path file,
      int mutants,
      Path folder,
      Reader reader,
      Random random,
      java.util.function.Supplier<byte[]> original)
      throws IOException {
    Path mutant = folder.resolve("mutant");
    int refused = 0;
    int count = Thorough.FUZZ.count(mutants / 25, mutants);
    for (int i = 0; i < count; i++) {
      byte[] bytes = mutate(original.get(), random);
      Files.deleteIfExists(mutant); // ext4 syncs a file that is truncated and written anew
      Files.write(mutant, bytes);
      try {
        reader.read(mutant);
      } catch (InputException e) {
        refused++;
        assertThat(e.getMessage()).matches("[^\\n]*mutant[^\\n]*, expected [^\\n]*");
      } catch (RuntimeException | StackOverflowError e) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        throw new AssertionError(file + " mutant " + i + ":\n" + text, e);
      }
    }
    assertThat(refused).as("mutants that were refused").isPositive();
  }

  /** Some lines from anywhere, behind the first two lines: the header. */
  private static byte[] piece(byte[] whole, Random random) {
    if (whole.length <= 2 * PIECE) {
      return whole.clone();
    }
    int header = lineEnd(whole, 0);
    int from = lineEnd(whole, header + random.nextInt(whole.length - header - PIECE));
    byte[] piece = Arrays.copyOf(whole, header + PIECE);
    int length = Math.min(PIECE, whole.length - from);
    System.arraycopy(whole, from, piece, header, length);
    return Arrays.copyOf(piece, header + length);
  }

  private static int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    return Math.min(bytes.length, at + 1);
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] mutant = bytes;
    for (int i = 1 + random.nextInt(3); i > 0 && mutant.length > 0; i--) {
      int at = random.nextInt(mutant.length);
      mutant =
          switch (random.nextInt(7)) {
            case 0 -> flip(mutant, at, random.nextInt(8));
            case 1 -> Arrays.copyOf(mutant, at); // cut short
            case 2 -> splice(mutant, at, Math.min(mutant.length, at + 1 + random.nextInt(8)), "");
            case 3 -> splice(mutant, at, at, TOKENS.get(random.nextInt(TOKENS.size())));
            case 5 -> field(mutant, at, TOKENS.get(random.nextInt(TOKENS.size())));
            case 4 -> splice(mutant, at, at + 1, TOKENS.get(random.nextInt(TOKENS.size())));
            default -> twice(mutant, at, random);
          };
    }
    return mutant;
  }

  private static byte[] flip(byte[] bytes, int at, int bit) {
    byte[] mutant = bytes.clone();
    mutant[at] ^= (byte) (1 << bit);
    return mutant;
  }

  private static byte[] splice(byte[] bytes, int from, int to, String in) {
    return join(bytes, from, in.getBytes(java.nio.charset.StandardCharsets.UTF_8), to);
  }

  /** Something else in place of what stands between two commas. */
  private static byte[] field(byte[] bytes, int at, String in) {
    int from = at;
    while (from > 0 && ",\n".indexOf(bytes[from - 1]) < 0) {
      from--;
    }
    int to = at;
    while (to < bytes.length && ",\n".indexOf(bytes[to]) < 0) {
      to++;
    }
    return splice(bytes, from, to, in);
  }

  private static byte[] twice(byte[] bytes, int at, Random random) {
    int end = Math.min(bytes.length, at + 1 + random.nextInt(40));
    return join(bytes, end, Arrays.copyOfRange(bytes, at, end), end);
  }

  private static byte[] join(byte[] bytes, int from, byte[] in, int to) {
    byte[] mutant = Arrays.copyOf(bytes, from + in.length + bytes.length - to);
    System.arraycopy(in, 0, mutant, from, in.length);
    System.arraycopy(bytes, to, mutant, from + in.length, bytes.length - to);
    return mutant;
  }
}
