// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import module java.base;

import gmembench.Units;

/**
 * Writes to one page after the other, in x86-64 code of our own: void loop(address, value, step,
 * pages), by the C calling convention. Safe from any thread.
 *
 * <p>Behind a loop that a compiler made there is soon a return. On an AMD EPYC each further fault
 * of such a loop takes a quarter longer, 2.65 instead of 2.13 us: every function of the kernel's
 * fault path a little, as if its returns were predicted badly after the predictor had run ahead of
 * the fault into ours. Whether the JVM had inlined the loop decided it anew with every start. Jumps
 * behind the loop, or work in it, avoid it; fences, PAUSE and no-ops do not.
 */
final class TouchLoop {
  /** mov %rsi,(%rdi); add $4096,%rdi; add %rdx,%rsi; dec %rcx; jnz to the first of them. */
  private static final byte[] LOOP =
      HexFormat.of().parseHex("4889374881c7001000004801d648ffc975ee");

  /** jmp over a nop. */
  private static final byte[] JUMP = HexFormat.of().parseHex("eb0190");

  /** As few as do: 30 make no difference, 100 all of it. */
  private static final int JUMPS = 100;

  private static final byte RET = (byte) 0xc3;

  private static final int PROT_READ_WRITE = 1 | 2;
  private static final int PROT_READ_EXEC = 1 | 4;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final MethodHandle CODE = link();

  private TouchLoop() {}

  private static MethodHandle link() {
    long address = Syscalls.mmap(Units.PAGE_BYTES, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1);
    MemorySegment page = MemorySegment.ofAddress(address).reinterpret(Units.PAGE_BYTES);
    ByteBuffer code = page.asByteBuffer().put(LOOP);
    for (int i = 0; i < JUMPS; i++) {
      code.put(JUMP);
    }
    code.put(RET);
    Syscalls.mprotect(address, Units.PAGE_BYTES, PROT_READ_EXEC);
    return Linker.nativeLinker()
        .downcallHandle(
            page, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  }

  /**
   * A page that cannot be had is a SIGBUS, which ends the process.
   *
   * @param address of the first 8 bytes that are written
   * @param value what is written there
   * @param step what is added to it for each further page
   * @param pages 1 or more
   */
  static void write(long address, long value, long step, long pages) {
    try {
      CODE.invokeExact(address, value, step, pages);
    } catch (Throwable t) {
      throw new IllegalStateException("a downcall throws nothing of its own", t);
    }
  }
}
