// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.linux.Errno;
import gmembench.linux.LinuxException;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class InodeTest {
  private static final int PAGES = 32;

  private static void fails(int errno, ThrowingCallable step) {
    assertThatThrownBy(step)
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).as(e.reason()).isEqualTo(errno));
  }

  /** Three VMs, each with the pages elsewhere; arrays are the oracle. */
  @Test
  void everyVmSeesTheSamePagesAtItsOwnGfns() {
    SplittableRandom random = new SplittableRandom(5);
    Inode inode = new Inode(PAGES);
    Inode.View[] views = {inode.open(0, true), inode.open(1, true), inode.open(2, false)};
    for (int vm = 0; vm < 3; vm++) {
      views[vm].bind(new Slot(100L * vm, PAGES / 2, PAGES / 2));
      views[vm].bind(new Slot(100L * vm + 50, PAGES / 2, 0));
    }
    long[] word = new long[PAGES];
    Side[] side = new Side[PAGES];
    java.util.Arrays.fill(side, Side.PRIVATE);
    boolean[] allocated = new boolean[PAGES];
    boolean[][] mapped = new boolean[3][PAGES];
    for (int i = 1; i <= 20_000; i++) {
      int vm = random.nextInt(3);
      int page = random.nextInt(PAGES);
      long gfn = 100L * vm + (page < PAGES / 2 ? 50 + page : page - PAGES / 2);
      int step = i;
      switch (random.nextInt(10)) {
        case 0 -> {
          long zapped = 0;
          for (boolean[] m : mapped) {
            zapped += m[page] ? 1 : 0;
            m[page] = false;
          }
          assertThat(inode.punch(page, 1)).as("seed 5, step %d", i).isEqualTo(zapped);
          word[page] = 0;
          allocated[page] = false;
        }
        case 1, 2 -> {
          Side to = side[page].other();
          if (vm == 2) {
            fails(Errno.EACCES, () -> views[2].convert(gfn, 1, to));
          } else {
            long zapped = 0;
            for (boolean[] m : mapped) {
              zapped += m[page] ? 1 : 0;
              m[page] = false;
            }
            assertThat(views[vm].convert(gfn, 1, to)).as("seed 5, step %d", i).isEqualTo(zapped);
            side[page] = to;
          }
        }
        case 3, 4, 5 -> {
          if (vm == 2) {
            fails(Errno.EACCES, () -> views[2].write(gfn, step));
          } else {
            views[vm].write(gfn, i);
            word[page] = i;
            allocated[page] = true;
            mapped[vm][page] = true;
          }
        }
        default -> {
          assertThat(views[vm].read(gfn)).as("seed 5, step %d", i).isEqualTo(word[page]);
          allocated[page] = true;
          mapped[vm][page] = true;
        }
      }
      assertThat(inode.side(page)).isEqualTo(side[page]);
      if (side[page] == Side.SHARED && allocated[page]) {
        assertThat(inode.hostRead(page)).isEqualTo(word[page]);
      } else if (side[page] == Side.PRIVATE) {
        fails(Errno.EACCES, () -> inode.hostRead(page));
      }
    }
    int resident = 0;
    for (boolean page : allocated) {
      resident += page ? 1 : 0;
    }
    assertThat(inode.allocatedPages()).isEqualTo(resident);
  }

  @Test
  void migrationKeepsContentAndState() {
    Inode inode = new Inode(PAGES);
    Inode.View source = inode.open(1, true);
    source.bind(new Slot(0, PAGES, 0));
    source.write(3, 33);
    source.convert(3, 2, Side.SHARED);
    Inode.View target = source.handTo(2);
    fails(Errno.EPERM, () -> target.read(3));
    fails(Errno.EPERM, () -> target.convert(3, 1, Side.PRIVATE));
    fails(Errno.EINVAL, target::takeOver);
    target.bind(new Slot(0, PAGES, 0));
    fails(Errno.EPERM, () -> target.read(3));
    source.write(5, 55); // it runs until the hand-over
    target.takeOver();
    assertThat(target.read(3)).isEqualTo(33);
    assertThat(target.read(5)).isEqualTo(55);
    assertThat(inode.side(3)).isEqualTo(Side.SHARED);
    assertThat(inode.side(5)).isEqualTo(Side.PRIVATE);
    assertThat(source.mappedPages()).isZero();
    fails(Errno.EPERM, () -> source.read(3));
    fails(Errno.EPERM, () -> source.write(3, 1));
    fails(Errno.EPERM, () -> source.handTo(3));
    fails(Errno.EPERM, target::takeOver);
    source.close();
    assertThat(target.read(5)).isEqualTo(55);
  }

  /**
   * Rights are a file's: who may only read must not fallocate, nor who has handed over, or not yet.
   */
  @Test
  void onlyTheOwnerMayFallocate() {
    Inode inode = new Inode(PAGES);
    Inode.View owner = inode.open(1, true);
    Inode.View reader = inode.open(2, false);
    owner.bind(new Slot(0, PAGES, 0));
    owner.allocate(3, 2);
    assertThat(inode.allocatedPages()).isEqualTo(2);
    fails(Errno.EACCES, () -> reader.allocate(7, 1));
    fails(Errno.EACCES, () -> reader.punch(3, 1));
    Inode.View successor = owner.handTo(3);
    successor.bind(new Slot(0, PAGES, 0));
    fails(Errno.EPERM, () -> successor.punch(3, 1));
    successor.takeOver();
    fails(Errno.EPERM, () -> owner.punch(3, 1));
    fails(Errno.EPERM, () -> owner.allocate(3, 1));
    assertThat(inode.allocatedPages()).isEqualTo(2);
    successor.punch(3, 1);
    assertThat(inode.allocatedPages()).isEqualTo(1);
  }

  @Test
  void slotsOfTheTargetMustBeTheSources() {
    for (Slot other : new Slot[] {new Slot(1, 16, 0), new Slot(0, 15, 0), new Slot(0, 16, 1)}) {
      Inode inode = new Inode(PAGES);
      Inode.View source = inode.open(1, true);
      source.bind(new Slot(0, 16, 0));
      Inode.View target = source.handTo(2);
      target.bind(other);
      fails(Errno.EINVAL, target::takeOver);
      assertThat(source.read(0)).as("the source is as it was").isZero();
    }
  }

  @Test
  void memoryOutlivesItsVm() {
    Inode inode = new Inode(PAGES);
    Inode.View first = inode.open(1, true);
    first.bind(new Slot(0, PAGES, 0));
    first.write(7, 77);
    Inode.View reader = inode.open(2, false);
    reader.bind(new Slot(1000, PAGES, 0));
    first.close();
    assertThat(reader.read(1007)).isEqualTo(77);
    assertThat(inode.allocatedPages()).isEqualTo(1);
    reader.close();
    assertThat(inode.allocatedPages()).isZero();
  }

  /**
   * By hand: pages 0-15 are at gfn 0, 16-19 at 50. What is wrong in two ways fails by what KVM
   * looks at first: addresses of any slot, the file's end, then pages of any slot.
   */
  @Test
  void bindingsAreRefusedAsByKvm() {
    Inode inode = new Inode(PAGES);
    Inode.View view = inode.open(1, true);
    view.bind(new Slot(0, 16, 0));
    view.bind(new Slot(50, 4, 16));
    fails(Errno.EEXIST, () -> view.bind(new Slot(15, 4, 20)));
    fails(Errno.EEXIST, () -> view.bind(new Slot(15, 4, 29)));
    fails(Errno.EEXIST, () -> view.bind(new Slot(100, 4, 15)));
    fails(Errno.EINVAL, () -> view.bind(new Slot(100, 4, 29)));
    fails(Errno.EINVAL, () -> view.bind(new Slot(100, 20, 15)));
    assertThatThrownBy(() -> view.bind(new Slot(52, 4, 0))).hasMessageContaining("addresses");
    assertThatThrownBy(() -> view.bind(new Slot(100, 4, 0))).hasMessageContaining("these pages");
    fails(Errno.EFAULT, () -> view.read(16));
    Inode.View other = inode.open(2, true);
    other.bind(new Slot(0, 16, 0)); // a file of its own: the same gfns and pages
  }
}
