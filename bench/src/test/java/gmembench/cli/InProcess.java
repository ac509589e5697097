// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

/** A command line that was run in this JVM. */
public record InProcess(int code, String out, String err) {
  public static InProcess gmembench(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.execute(arguments, new PrintWriter(out), new PrintWriter(err));
    return new InProcess(code, out.toString(), err.toString());
  }
}
