// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.OutputFile;

/**
 * A results folder is written by one process at a time. The lock is the kernel's (fcntl(2)), so it
 * goes with its holder, however that ends; a file that is left of one which was killed holds
 * nothing. File systems that know no locks have none.
 */
final class FolderLock implements AutoCloseable {
  private static final String FILE = "run.lock";

  private static final Set<String> OF_A_RUN =
      Set.of("samples.csv", "memory.csv", "latency.hlog", "env.csv", PlannedCell.FILE);

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Opens a folder whose lock it closes itself. */
  interface Opening {
    ResultFolder open(FolderLock lock) throws IOException;
  }

  /** Opens a folder that nobody else writes; if it cannot be opened, it is not locked. */
  static ResultFolder open(Path folder, Opening opening) throws IOException {
    FolderLock lock = of(folder);
    try {
      return opening.open(lock);
    } catch (RuntimeException | IOException e) {
      lock.close();
      throw e;
    }
  }

  private static FolderLock of(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    while (true) {
      FileChannel channel = OutputFile.openIn(folder, FILE);
      if (!isOurs(channel)) {
        ByteBuffer holder = ByteBuffer.allocate(200);
        channel.read(holder);
        channel.close();
        throw new NotComparableException(
            folder
                + ": is written by "
                + StandardCharsets.UTF_8.decode(holder.flip()).toString().strip()
                + ", which has not ended");
      } else if (Files.exists(file)) {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(name().getBytes(StandardCharsets.UTF_8)));
        return new FolderLock(file, channel);
      }
      channel.close(); // of a run that has just ended
    }
  }

  /**
   * Is there nothing yet in a folder?
   *
   * @param again or what a run leaves that was killed at its beginning
   */
  static void requireFree(Path folder, boolean again) throws IOException {
    if (Files.exists(folder) && (!Files.isDirectory(folder) || !isFree(folder, again))) {
      throw new InputException(folder.toString(), "exists", "a new folder, or --resume");
    }
  }

  private static boolean isFree(Path folder, boolean again) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()).replaceFirst("\\.part$", ""))
          .allMatch(file -> file.equals(FILE) || (again && OF_A_RUN.contains(file)));
    }
  }

  private static boolean isOurs(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return true; // no locks here
    }
  }

  private static String name() {
    return "process " + ProcessHandle.current().pid() + " on " + Host.name();
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      Files.deleteIfExists(file);
      channel.close();
    }
  }
}
