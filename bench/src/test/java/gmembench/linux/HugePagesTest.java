// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gmembench.Host;
import gmembench.OwnHugePages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the kernel does with folios of 2 MiB, and what it refuses while somebody holds a page. */
@Tag("kernel")
@ExtendWith(OwnHugePages.class)
class HugePagesTest {
  private static final long FOLIO = HugePool.PAGE_2M;
  private static final HugePool POOL = new HugePool(FOLIO);

  private static MappedFile hugeShmem() {
    MappedFile file = MappedFile.hugeShmem("test", FOLIO);
    file.setLong(0, 1);
    if (file.hugeMappedBytes(FOLIO) != FOLIO) {
      file.close();
      throw Host.skip("the kernel maps no huge page of shmem");
    }
    return file;
  }

  private static void fill(MappedFile file) {
    for (long at = 0; at < FOLIO; at += 4096) {
      file.setLong(at, at + 1);
    }
  }

  private static void assertFilled(MappedFile file) {
    for (long at = 0; at < FOLIO; at += 4096) {
      assertThat(file.getLong(at)).isEqualTo(at + 1);
    }
  }

  @Test
  void aSplitKeepsTheContentAndACollapseMakesItWhole() {
    try (MappedFile file = hugeShmem()) {
      fill(file);
      long splits = ProcFiles.vmstat("thp_split_page");
      assertThat(file.split(4096 * 9)).isTrue();
      assertThat(ProcFiles.vmstat("thp_split_page")).isGreaterThan(splits);
      assertFilled(file);
      assertThat(file.hugeMappedBytes(FOLIO)).isZero();
      assertThat(file.allocatedBytes()).isEqualTo(FOLIO);
      assertThat(file.collapse(0)).isTrue();
      assertThat(file.hugeMappedBytes(FOLIO)).isEqualTo(FOLIO);
      assertFilled(file);
    }
  }

  @Test
  void aPunchOfOnePageReallyFreesIt() {
    try (MappedFile file = hugeShmem()) {
      fill(file);
      file.punchHole(4096, 4096);
      assertThat(file.allocatedBytes()).isEqualTo(FOLIO - 4096);
      assertThat(file.hugeMappedBytes(FOLIO)).isZero();
      assertThat(file.getLong(4096)).isZero();
    }
  }

  @Test
  void whoHoldsAPageKeepsItsFolioAsItIs() {
    try (MappedFile file = hugeShmem()) {
      fill(file);
      Pin pin = file.pin(4096 * 9, 4096);
      assertThat(file.split(0)).as("split").isFalse();
      file.punchHole(4096, 4096);
      assertThat(file.getLong(4096)).as("zeroed").isZero();
      assertThat(file.allocatedBytes()).as("but not freed").isEqualTo(FOLIO);
      file.setLong(4096, 4097);
      pin.close();
      assertThat(file.split(0)).as("split").isTrue();
      Pin another = file.pin(4096 * 9, 4096);
      assertThat(file.collapse(0)).as("collapse").isFalse();
      another.close();
      assertThat(file.collapse(0)).as("collapse").isTrue();
      assertFilled(file);
    }
  }

  /** Longer than a pipe takes: 2 MiB and a page. */
  @Test
  void aPinHoldsWhatWasThereWhenItWasTaken() {
    try (MappedFile file = MappedFile.memfd("test", FOLIO + 4096)) {
      file.setLong(FOLIO, 7);
      int before = openFiles();
      Pin pin = file.pin(0, FOLIO + 4096);
      assertThat(openFiles()).isGreaterThanOrEqualTo(before + 6);
      file.punchHole(0, FOLIO + 4096);
      assertThat(file.getLong(FOLIO)).isZero();
      pin.close();
      assertThat(openFiles()).isLessThanOrEqualTo(before + 2);
    }
  }

  private static int openFiles() {
    String[] names = new java.io.File("/proc/self/fd").list();
    return names == null ? 0 : names.length;
  }

  @Tag("root")
  @Test
  void hugetlbPunchesOnlyWholePages() {
    try (Reservation reserved = OwnHugePages.orSkip(POOL, 1);
        MappedFile file = MappedFile.hugetlb("test", 4096, FOLIO)) {
      file.populate(0, FOLIO);
      fill(file);
      assertThat(file.hugeMappedBytes(FOLIO)).isEqualTo(FOLIO);
      file.punchHole(4096, 4096);
      assertThat(file.getLong(4096)).isZero();
      assertThat(file.getLong(8192)).isEqualTo(8193);
      assertThat(file.allocatedBytes()).isEqualTo(FOLIO);
      assertThatThrownBy(() -> file.unmapPages(4096, 4096)).hasMessage("madvise: EINVAL");
      file.punchHole(0, FOLIO);
      assertThat(file.allocatedBytes()).isZero();
      assertThat(reserved.pages()).isBetween(0L, 1L);
    }
  }

  /** An error code, where a touch would be a SIGBUS. */
  @Test
  void anEmptyPoolIsAnErrorNotASignal() {
    long pages = POOL.free() + 1;
    try (MappedFile file = MappedFile.hugetlb("test", pages * FOLIO, FOLIO)) {
      assertThatThrownBy(
              () -> {
                for (long at = 0; at < pages; at++) {
                  file.populate(at * FOLIO, FOLIO);
                }
              })
          .isInstanceOf(LinuxException.class)
          .hasMessage("MADV_POPULATE_WRITE: EFAULT (no free page of 2MiB left in the pool)");
    }
  }

  /** Others may change the pool in the same moment, but hardly in each of ten. */
  @Tag("root")
  @Test
  void whatIsReservedIsGivenBack() {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < 10 && !found.contains("+3 -3"); i++) {
      long before = POOL.total();
      Reservation reserved = OwnHugePages.orSkip(POOL, POOL.free() + 3);
      long with = POOL.total();
      reserved.close();
      reserved.close();
      found.add("+" + (with - before) + " " + (POOL.total() - with));
    }
    assertThat(found).contains("+3 -3");
  }

  @Test
  void noSuchPageSizeIsSaid() {
    assertThatThrownBy(() -> new HugePool(12288).free())
        .hasMessage("no pages of 12KiB: /sys/kernel/mm/hugepages/hugepages-12kB");
  }

  @Test
  void smapsIsReadForTheRangeOnly() {
    List<String> smaps =
        List.of(
            "7f0000000000-7f0000400000 rw-s 00000000 00:01 4  /memfd:x (deleted)",
            "Size:               4096 kB",
            "MMUPageSize:           4 kB",
            "ShmemPmdMapped:     2048 kB",
            "FilePmdMapped:         0 kB",
            "7f0000400000-7f0000800000 rw-s 00000000 00:01 5  /memfd:y (deleted)",
            "MMUPageSize:        2048 kB",
            "ShmemPmdMapped:        0 kB",
            "Private_Hugetlb:    4096 kB",
            "VmFlags: rd wr sh mr mw me ms ht",
            "7f0000800000-7f0040800000 rw-s 00000000 00:01 5  /memfd:z (deleted)",
            "MMUPageSize:     1048576 kB",
            "Shared_Hugetlb:  1048576 kB");
    long start = 0x7f0000000000L;
    assertThat(ProcFiles.hugeMappedBytes(smaps, start, 4 << 20, FOLIO)).isEqualTo(2 << 20);
    assertThat(ProcFiles.hugeMappedBytes(smaps, start, 8 << 20, FOLIO)).isEqualTo(6 << 20);
    assertThat(ProcFiles.hugeMappedBytes(smaps, start, 9 << 20, FOLIO))
        .isEqualTo((6 << 20) + HugePool.PAGE_1G);
    assertThat(ProcFiles.hugeMappedBytes(smaps, start, 9 << 20, HugePool.PAGE_1G))
        .isEqualTo(HugePool.PAGE_1G);
  }
}
