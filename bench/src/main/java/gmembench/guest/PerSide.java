// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

import module java.base;

/**
 * Something that each side's file has. In place one file is behind both sides: whatever belongs to
 * a file is then the same object for both, and nobody else has to ask.
 *
 * @param isOne is it the same for both sides?
 */
public record PerSide<T>(T ofPrivate, T ofShared, boolean isOne) {
  /** Makes one for each file: in place the private side's alone. */
  public static <T> PerSide<T> of(boolean inPlace, Function<Side, T> make) {
    T ofPrivate = make.apply(Side.PRIVATE);
    return inPlace ? both(ofPrivate) : new PerSide<>(ofPrivate, make.apply(Side.SHARED), false);
  }

  /** The same for both sides. */
  public static <T> PerSide<T> both(T ofEither) {
    return new PerSide<>(ofEither, ofEither, true);
  }

  public T of(Side side) {
    return side == Side.PRIVATE ? ofPrivate : ofShared;
  }

  /** Each once. */
  public List<T> all() {
    return isOne ? List.of(ofPrivate) : List.of(ofPrivate, ofShared);
  }
}
