// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.Text;
import org.jspecify.annotations.Nullable;

/**
 * What a command prints. File and host names may be a stranger's: what could steer a terminal
 * becomes a question mark. The first error is kept, since a PrintWriter above swallows it.
 */
final class PlainText extends FilterWriter {
  private @Nullable IOException error;

  PlainText(Writer out) {
    super(out);
  }

  @Override
  public void write(int c) throws IOException {
    write(new char[] {(char) c}, 0, 1);
  }

  @Override
  public void write(String text, int from, int length) throws IOException {
    write(text.toCharArray(), from, length);
  }

  @Override
  public void write(char[] text, int from, int length) throws IOException {
    char[] plain = Arrays.copyOfRange(text, from, from + length);
    for (int i = 0; i < plain.length; i++) {
      if (plain[i] != '\n' && plain[i] != '\t' && !Text.isPrintable(plain[i])) {
        plain[i] = '?';
      }
    }
    kept(() -> out.write(plain));
  }

  @Override
  public void flush() throws IOException {
    kept(out::flush);
  }

  private interface Step {
    void run() throws IOException;
  }

  private void kept(Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      error = error == null ? e : error;
      throw e;
    }
  }

  /** The first error, or null if everything went well. */
  @Nullable IOException error() {
    return error;
  }
}
