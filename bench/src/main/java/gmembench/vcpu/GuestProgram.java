// SPDX-License-Identifier: Apache-2.0
package gmembench.vcpu;

import java.util.HexFormat;

/**
 * The program of the tiny guest, and the page (mailbox) by which the host gives it one command at a
 * time. A round: write a word to each page of a range, timing that by RDTSC; say in its own words
 * what it asks for; call the host; when it runs again, note how long it was away.
 */
final class GuestProgram {
  /** The host writes: address of the first word, pages, the first word, what is added each page. */
  static final int TOUCH_ADDRESS = 0x00;

  static final int TOUCH_PAGES = 0x08;
  static final int WORD = 0x10;
  static final int WORD_STEP = 0x18;

  /** What it shall ask for, as KVM_HC_MAP_GPA_RANGE has it: gpa, pages, attributes. */
  static final int ASK_GPA = 0x20;

  static final int ASK_PAGES = 0x28;
  static final int ASK_ATTRIBUTES = 0x30;

  /** Which sum its absence is added to: 0, or 8. */
  static final int AWAY_INDEX = 0x38;

  /** The guest writes: what it asks for. */
  static final int ASKED_GPA = 0x40;

  static final int ASKED_PAGES = 0x48;
  static final int ASKED_ATTRIBUTES = 0x50;

  /** Sums of its own clock's ticks: touching, and away (two). */
  static final int TOUCH_TICKS = 0x58;

  static final int AWAY_TICKS = 0x60;

  /** rax after the call: what a hypercall answered. */
  static final int ANSWER = 0x70;

  /** The host writes: address of words that it shall read, and how many; their bitwise or. */
  static final int LOOK_ADDRESS = 0x78;

  static final int LOOK_WORDS = 0x80;
  static final int LOOKED = 0x88;

  /** rax = RDTSC, all 64 bits of it; rdx is lost. */
  private static final String READ_CLOCK =
      """
      0f 31                  rdtsc
      48 c1 e2 20            shl rdx, 32
      48 09 d0               or rax, rdx
      """;

  private static final String TOUCH =
      """
      48 8b 37               mov rsi, [rdi]
      4c 8b 4f 08            mov r9, [rdi + 0x08]
      4c 8b 57 10            mov r10, [rdi + 0x10]
      4c 8b 5f 18            mov r11, [rdi + 0x18]
      4c 8b 67 38            mov r12, [rdi + 0x38]
      """
          + READ_CLOCK
          + """
          49 89 c5               mov r13, rax
          4d 85 c9               test r9, r9
          74 12                  jz 2f
          4c 89 16               1: mov [rsi], r10
          48 81 c6 00 10 00 00   add rsi, 4096
          4d 01 da               add r10, r11
          49 ff c9               dec r9
          75 ee                  jnz 1b
          """
          + READ_CLOCK
          + """
          49 89 c6               2: mov r14, rax
          4c 29 e8               sub rax, r13
          48 01 47 58            add [rdi + 0x58], rax
          """;

  private static final String ASK =
      """
      48 8b 5f 20            mov rbx, [rdi + 0x20]
      48 8b 4f 28            mov rcx, [rdi + 0x28]
      48 8b 57 30            mov rdx, [rdi + 0x30]
      48 89 5f 40            mov [rdi + 0x40], rbx
      48 89 4f 48            mov [rdi + 0x48], rcx
      48 89 57 50            mov [rdi + 0x50], rdx
      b8 0c 00 00 00         mov eax, KVM_HC_MAP_GPA_RANGE
      """;

  private static final String BACK =
      "48 89 47 70            mov [rdi + 0x70], rax\n"
          + READ_CLOCK
          + """
          4c 29 f0               sub rax, r14
          4a 01 44 27 60         add [rdi + r12 + 0x60], rax
          """;

  private static final String LOOK =
      """
      48 8b 77 78            mov rsi, [rdi + 0x78]
      48 8b 8f 80 00 00 00   mov rcx, [rdi + 0x80]
      31 c0                  xor eax, eax
      48 85 c9               test rcx, rcx
      74 0c                  jz 4f
      48 0b 06               3: or rax, [rsi]
      48 83 c6 08            add rsi, 8
      48 ff c9               dec rcx
      75 f4                  jnz 3b
      48 89 87 88 00 00 00   4: mov [rdi + 0x88], rax
      """;

  private static final int INSTRUCTION = 23;

  private GuestProgram() {}

  /**
   * The machine code, which never ends.
   *
   * @param looks it can also read for the host what the host cannot map
   */
  static byte[] code(GuestCall call, boolean looks) {
    byte[] round = assemble(TOUCH + ASK + call.code() + "\n" + BACK + (looks ? LOOK : ""));
    int back = -(round.length + 5);
    byte[] code = new byte[round.length + 5];
    System.arraycopy(round, 0, code, 0, round.length);
    code[round.length] = (byte) 0xe9; // jmp to the start
    for (int i = 0; i < 4; i++) {
      code[round.length + 1 + i] = (byte) (back >> (8 * i));
    }
    return code;
  }

  /** Where in the code the call is. */
  static int callOffset() {
    return assemble(TOUCH + ASK).length;
  }

  /** The bytes of each line; what follows in column 23 is for the reader. */
  private static byte[] assemble(String listing) {
    StringBuilder hex = new StringBuilder();
    listing.lines().forEach(line -> hex.append(line, 0, Math.min(INSTRUCTION, line.length())));
    return HexFormat.of().parseHex(hex.toString().replace(" ", ""));
  }
}
