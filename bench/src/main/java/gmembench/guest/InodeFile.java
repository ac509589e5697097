// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

/**
 * A VM's file on the inode that several VMs' memory is, where the backing has such files.
 *
 * @param vcpus how many of the workload's vCPUs are this VM's; they are dealt out in order
 * @param gfn where this VM has what the trace has at gfn 0
 * @param largestPages size of the largest pages of its host, in 4K pages
 */
public record InodeFile(int vcpus, Role role, long gfn, long largestPages) {
  /** On a host with 4K pages. */
  public InodeFile(int vcpus, Role role, long gfn) {
    this(vcpus, role, gfn, 1);
  }

  /** What a VM may do with the memory. */
  public enum Role {
    /** Reads, writes and converts. */
    OWNER,
    /** Only reads. */
    READER,
    /**
     * Takes the place of the VM before it when its first vCPU runs, and can map nothing earlier.
     */
    SUCCESSOR,
    /**
     * The same on another host: its memory is new, and contents and state are moved there while no
     * vCPU runs.
     */
    DESTINATION;

    /** Does it take the place of the VM before it? */
    public boolean follows() {
      return this == SUCCESSOR || this == DESTINATION;
    }
  }
}
