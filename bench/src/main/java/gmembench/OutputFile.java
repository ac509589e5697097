// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

import org.jspecify.annotations.Nullable;

/**
 * Every file is written here. A regular file appears whole or not at all: it is written as {@code
 * NAME.part} beside its place and moved there. A file that a user names may be a link, whose target
 * is replaced, or a device or a pipe, which is written to. In a results folder, whose names and
 * links may be a stranger's, neither is followed.
 */
public final class OutputFile {
  private static final Set<Path> STANDARD_OUTPUT =
      Set.of(Path.of("/dev/stdout"), Path.of("/dev/fd/1"), Path.of("/proc/self/fd/1"));

  private OutputFile() {}

  /** What a file shall hold. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a file that a user has named. */
  public static void write(Path file, String text) {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The same, bytes as they come. */
  public static void write(Path file, Content content) {
    try {
      if (isStream(file)) {
        stream(file, content);
      } else {
        whole(Files.isSymbolicLink(file) ? file.toRealPath() : file, content);
      }
    } catch (IOException | UncheckedIOException e) {
      throw unwritable(file, e);
    }
  }

  /** Writes a file in a results folder, {@code env.csv} or {@code charts/boot.svg}. */
  public static Path writeIn(Path folder, String name, String text) {
    return writeIn(folder, name, text.getBytes(StandardCharsets.UTF_8));
  }

  public static Path writeIn(Path folder, String name, byte[] bytes) {
    Path file = own(folder, name);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      whole(file, out -> out.write(bytes));
      return file;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Opens a file in a results folder to add to it, unbuffered. */
  public static OutputStream appendIn(Path folder, String name) throws IOException {
    return Files.newOutputStream(
        own(folder, name),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND,
        LinkOption.NOFOLLOW_LINKS);
  }

  /** Opens a file in a results folder to be locked, and written by its holder. */
  public static FileChannel openIn(Path folder, String name) throws IOException {
    return FileChannel.open(
        own(folder, name),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        LinkOption.NOFOLLOW_LINKS);
  }

  /** Is it there and no regular file? Links in /dev and /proc are names of open files. */
  public static boolean isStream(Path file) {
    Path path = file.toAbsolutePath();
    boolean open =
        Files.isSymbolicLink(path) && (path.startsWith("/dev") || path.startsWith("/proc"));
    return open || (Files.exists(path) && !Files.isRegularFile(path));
  }

  private static void stream(Path file, Content content) throws IOException {
    // opened anew, a regular file behind the descriptor would be written from its start
    try (OutputStream out =
        STANDARD_OUTPUT.contains(file)
            ? standardOutput()
            : Files.newOutputStream(file, StandardOpenOption.WRITE)) {
      content.writeTo(out);
    } catch (IOException | UncheckedIOException e) {
      if (!isClosedPipe(e)) {
        throw e;
      }
    }
  }

  /** Standard output whose errors are exceptions; System.out has none. Stays open. */
  public static OutputStream standardOutput() {
    return new FilterOutputStream(new FileOutputStream(FileDescriptor.out)) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
      }

      @Override
      public void close() throws IOException {
        flush();
      }
    };
  }

  /** Nobody reads any more, as behind {@code | head}: no error. */
  public static boolean isClosedPipe(Exception e) {
    return String.valueOf(e.getMessage()).contains("Broken pipe");
  }

  private static void whole(Path file, Content content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    if (Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(part); // of a process that was killed
    }
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(out);
    } catch (FileAlreadyExistsException e) {
      throw e; // it is not ours
    } catch (IOException | RuntimeException | Error e) {
      Files.delete(part);
      throw e;
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A file in a folder: no part of the way there is a link, and it is a regular file or new. */
  private static Path own(Path folder, String name) {
    Path file = folder.resolve(name);
    for (Path at = file; at != null && !at.equals(folder); at = at.getParent()) {
      boolean fits =
          at.equals(file)
              ? Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS)
              : Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS);
      boolean leaves = at.endsWith("..") || at.isAbsolute() != folder.isAbsolute();
      if (leaves || (!fits && Files.exists(at, LinkOption.NOFOLLOW_LINKS))) {
        throw new InputException(
            at.toString(),
            "is a link or a special file, or leaves the folder",
            "a results folder's own " + (at.equals(file) ? "file" : "folder"));
      }
    }
    return file;
  }

  /** A path that cannot be opened is bad input; a disk that is full makes results incomplete. */
  private static RuntimeException unwritable(Path file, Exception e) {
    Throwable io = e instanceof UncheckedIOException ? e.getCause() : e;
    String reason = reason(io);
    boolean opened = !(io instanceof FileSystemException) || reason.contains("No space left");
    return opened
        ? new NotComparableException(file + ": cannot be written (" + reason + ")")
        : new InputException(
            file.toString(), "cannot be written (" + reason + ")", "a writable path");
  }

  /** Why a file could not be read or written, without Java's names. */
  public static String reason(@Nullable Throwable e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException exists -> exists.getFile() + " exists";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      case null -> "unknown";
      default -> String.valueOf(e.getMessage());
    };
  }
}
