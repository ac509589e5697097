// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

/** Which of its two faces a guest page shows: private to the guest, or shared with the host. */
public enum Side {
  PRIVATE,
  SHARED;

  /** The side that a conversion to this one leaves. */
  public Side other() {
    return this == PRIVATE ? SHARED : PRIVATE;
  }

  public String text() {
    return this == PRIVATE ? "private" : "shared";
  }
}
