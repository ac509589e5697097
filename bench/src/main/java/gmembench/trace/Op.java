// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

import gmembench.guest.Side;

/**
 * What one trace line asks for, and who asks. The guest asks by an exit and then uses the pages;
 * what the host does by itself (a launch, a snapshot, a balloon's blocks, a clock page) takes no
 * exit, and no touch of the guest's follows.
 */
public enum Op {
  TO_SHARED(Side.SHARED),
  TO_PRIVATE(Side.PRIVATE),
  TOUCH_SHARED(Side.SHARED),
  TOUCH_PRIVATE(Side.PRIVATE),
  PIN(Side.SHARED),
  UNPIN(Side.SHARED),
  HOST_TO_SHARED(Side.SHARED),
  HOST_TO_PRIVATE(Side.PRIVATE),
  /** Through the host's own mapping: a device model, a VMM. */
  HOST_TOUCH_SHARED(Side.SHARED),
  HOST_TOUCH_PRIVATE(Side.PRIVATE),
  /** The VMM allocates private pages (fallocate). */
  ALLOCATE(Side.PRIVATE),
  /** The VMM copies shared pages into the private ones at the same gfns, in userspace. */
  COPY(Side.PRIVATE),
  /** The kernel does: KVM_SEV_SNP_LAUNCH_UPDATE, KVM_TDX_INIT_MEM_REGION, write(2). */
  POPULATE(Side.PRIVATE),
  /** A vCPU's first instruction, in this page. No image can be copied in after it. */
  START(Side.PRIVATE);

  private static final Op[] ALL = values();

  private final Side side;

  Op(Side side) {
    this.side = side;
  }

  public Side side() {
    return side;
  }

  public boolean isConversion() {
    return this == TO_SHARED || this == TO_PRIVATE || isHostsConversion();
  }

  /** Does the host convert without being asked? */
  public boolean isHostsConversion() {
    return this == HOST_TO_SHARED || this == HOST_TO_PRIVATE;
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The op with this ordinal, without the copy that {@code values()} makes. */
  public static Op of(int ordinal) {
    return ALL[ordinal];
  }

  /** As they are spelled, with spaces between. */
  static String names() {
    return Arrays.stream(ALL).map(Op::text).collect(Collectors.joining(" "));
  }
}
