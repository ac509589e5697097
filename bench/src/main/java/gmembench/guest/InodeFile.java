// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

/**
 * A VM's file on the inode that several VMs' memory is, where the backing has such files.
 *
 * @param vcpus how many of the workload's vCPUs are this VM's; they are dealt out in order
 * @param gfn where this VM has what the trace has at gfn 0
 */
public record InodeFile(int vcpus, Role role, long gfn) {
  /** What a VM may do with the memory. */
  public enum Role {
    /** Reads, writes and converts. */
    OWNER,
    /** Only reads. */
    READER,
    /**
     * Takes the place of the VM before it when its first vCPU runs, and can map nothing earlier.
     */
    SUCCESSOR
  }
}
