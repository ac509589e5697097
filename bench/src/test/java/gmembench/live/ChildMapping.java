// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

/** Another process that maps a file of its parent's, and says at each line what it reads. */
final class ChildMapping {
  private ChildMapping() {}

  /** {@code /proc/PID/fd/N}. */
  public static void main(String[] arguments) throws IOException {
    Set<OpenOption> both = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (FileChannel file = FileChannel.open(Path.of(arguments[0]), both);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      MappedByteBuffer map = file.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
      map.order(ByteOrder.nativeOrder());
      while (in.readLine() != null) {
        System.out.println(read(map));
        System.out.flush();
      }
    }
  }

  private static String read(MappedByteBuffer map) {
    try {
      return "0x" + Long.toHexString(map.getLong(0));
    } catch (InternalError e) {
      return "SIGBUS";
    }
  }
}
