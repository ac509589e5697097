// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import gmembench.trace.Events;
import gmembench.trace.LineReader;

/** Logs of real systems that can become traces. */
public enum LogFormat {
  /** QEMU's trace log with kvm_convert_memory, kvm_hc_map_gpa_range or both. */
  QEMU("qemu"),
  /** A stock QEMU's virtio_blk_* and virtio_scsi_* log: OVMF's conversions by the request model. */
  QEMU_VIRTIO("qemu-virtio"),
  /** The host kernel's kvm_vm_set_mem_attributes events. */
  FTRACE("ftrace"),
  /** {@code time_us,direction,gpa,pages}. */
  CSV("csv");

  private final String text;

  LogFormat(String text) {
    this.text = text;
  }

  /** As it is spelled on the command line. */
  public String text() {
    return text;
  }

  Parser open(LineReader in) {
    return switch (this) {
      case QEMU -> new QemuLog(in);
      case QEMU_VIRTIO -> new VirtioLog(in);
      case FTRACE -> new FtraceLog(in);
      case CSV -> new FlipsCsv(in);
    };
  }

  /** Reads one log, line by line. */
  interface Parser {
    /**
     * Writes the events of the line just read; false if it has nothing to do with conversions.
     *
     * @throws gmembench.InputException if it has, and is malformed
     */
    boolean line(Events out);

    /** The log is over. */
    default void end(Events out) {}

    /** What an importer should find, for the message when there is nothing. */
    String expected();
  }
}
