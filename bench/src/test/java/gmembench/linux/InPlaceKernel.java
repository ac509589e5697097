// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import module java.base;

/**
 * A kernel that has KVM_SET_MEMORY_ATTRIBUTES2, as naive as can be: an array of who may use a page
 * and one of who holds it. Written from the text of the ABI (v8 of the series, api.rst 4.145), not
 * from the caller.
 */
public final class InPlaceKernel implements InPlaceAttributes.Call {
  public final boolean[] isPrivate;
  public final int[] holders;

  /** Each call that was understood. */
  public final List<String> calls = new ArrayList<>();

  public InPlaceKernel(int pages) {
    this.isPrivate = new boolean[pages];
    this.holders = new int[pages];
  }

  @Override
  public int ioctl(int fd, long request, long argument, String name) {
    // _IOWR(0xAE, 0xd2, 128 bytes): direction 3, size, type, number
    if (request != (3L << 30 | 128L << 16 | 0xae << 8 | 0xd2)) {
      throw new LinuxException(name, Errno.ENOTTY, "");
    }
    MemorySegment words = MemorySegment.ofAddress(argument).reinterpret(128);
    long offset = words.getAtIndex(JAVA_LONG, 0);
    long size = words.getAtIndex(JAVA_LONG, 1);
    long attributes = words.getAtIndex(JAVA_LONG, 2);
    boolean rest = words.getAtIndex(JAVA_LONG, 3) != 0;
    for (int i = 5; i < 16; i++) {
      rest |= words.getAtIndex(JAVA_LONG, i) != 0;
    }
    long end = offset + size;
    if (rest
        || (attributes != 0 && attributes != 8)
        || size <= 0
        || offset % 4096 != 0
        || size % 4096 != 0
        || offset < 0
        || end > isPrivate.length * 4096L) {
      throw new LinuxException(name, Errno.EINVAL, "");
    }
    calls.add((attributes == 8 ? "private " : "shared ") + offset / 4096 + "+" + size / 4096);
    int from = (int) (offset / 4096);
    int to = (int) (end / 4096);
    for (int page = from; page < to && attributes == 8; page++) {
      if (!isPrivate[page] && holders[page] > 0) {
        words.setAtIndex(JAVA_LONG, 4, page * 4096L);
        throw new LinuxException(name, Errno.EAGAIN, "");
      }
    }
    Arrays.fill(isPrivate, from, to, attributes == 8);
    return 0;
  }
}
