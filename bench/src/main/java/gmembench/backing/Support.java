// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

/** Whether this host can do something, and if not, why in one line. */
public sealed interface Support {
  record Yes() implements Support {}

  record No(String reason) implements Support {}

  Support YES = new Yes();
}
