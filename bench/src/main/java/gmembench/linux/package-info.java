// SPDX-License-Identifier: Apache-2.0
/**
 * System calls, KVM ioctls and errno through the Foreign Function and Memory API, which is used
 * nowhere else.
 *
 * <p>May import: the root only. Start reading at {@link gmembench.linux.Syscalls}, {@link
 * gmembench.linux.Vm}.
 */
package gmembench.linux;
