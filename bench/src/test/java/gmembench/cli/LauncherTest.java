// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Host;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When scripts/gmembench builds, in a checkout of nothing with a Maven that copies a jar and a Java
 * that says how it was called.
 */
@Tag("slow")
class LauncherTest {
  @TempDir Path temp;
  private Path source = Path.of("");
  private Path jar = Path.of("");

  @BeforeEach
  void checkout() throws IOException {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    source = temp.resolve("bench/src/main/Source.java");
    jar = temp.resolve("bench/target/gmembench.jar");
    Files.createDirectories(source.resolve("..").normalize());
    Files.createDirectories(temp.resolve("scripts"));
    for (String name : List.of("LICENSE", "pom.xml", "bench/pom.xml")) {
      Files.writeString(temp.resolve(name), "x");
    }
    Files.writeString(source, "x");
    for (String name : List.of("scripts/gmembench", "scripts/jvm.options")) {
      Files.copy(Checkout.path(name), temp.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.writeString(temp.resolve("any.jar"), "jar");
    program(
        "mvn",
        """
        echo "$MAVEN_OPTS" >> %1$s/builds
        [ ! -e %1$s/broken ] || exit 1
        for word; do case $word in -Dgmembench.jar=*) cp %1$s/any.jar "${word#*=}";; esac; done
        """);
    Files.createDirectories(temp.resolve("jdk/bin"));
    Files.writeString(temp.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    program("jdk/bin/javac", "");
    program(
        "jdk/bin/java",
        """
        stale=null jar=
        for word; do
          case $word in -Dgmembench.stale=*) stale="${word#*=}";; *.jar) jar=$word;; esac
        done
        cmp -s "$jar" %1$s/any.jar && echo "stale: $stale"
        """);
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(temp.resolve(name), "#!/bin/sh\n" + script.formatted(temp));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Ran(int code, String out, String err) {}

  private Ran run(String... before) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(before));
    command.add(temp.resolve("scripts/gmembench").toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PATH", temp + ":" + System.getenv("PATH"));
    builder.environment().put("JAVA_HOME", temp.resolve("jdk").toString());
    builder.environment().keySet().removeAll(Set.of("MAVEN_OPTS", "GMEMBENCH_JAVA_OPTS"));
    Path out = Files.createTempFile("gmembench", ".out");
    Path err = Files.createTempFile("gmembench", ".err");
    try {
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      int code = builder.start().waitFor();
      return new Ran(code, Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private long builds() throws IOException {
    return Files.readAllLines(temp.resolve("builds")).size();
  }

  /** A source of another clock's future is newer than every jar, and is built once. */
  @Test
  void itBuildsOnceForEachState() throws IOException, InterruptedException {
    FileTime future = FileTime.from(Instant.now().plus(Duration.ofDays(400)));
    Files.setLastModifiedTime(source, future);
    assertThat(run().err()).contains("building gmembench (first use)");
    Ran again = run();
    assertThat(again.err()).isEmpty();
    assertThat(again.out()).isEqualTo("stale: null\n");
    assertThat(builds()).isEqualTo(1);
    Files.writeString(source, "yy");
    Files.setLastModifiedTime(source, future);
    assertThat(run().err()).contains("building gmembench (sources changed)");
    assertThat(run().err()).isEmpty();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aBuildThatFailsLeavesTheJarAndSaysSo() throws IOException, InterruptedException {
    run();
    Files.writeString(temp.resolve("broken"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    for (int i = 0; i < 2; i++) {
      Ran failed = run();
      assertThat(failed.code()).isEqualTo(2);
      assertThat(failed.err()).contains("the build failed");
      assertThat(failed.out()).isEmpty();
    }
    assertThat(jar).hasSameBinaryContentAs(temp.resolve("any.jar"));
    Files.delete(temp.resolve("broken"));
    assertThat(run().code()).isZero();
    assertThat(builds()).isEqualTo(4);
  }

  @Test
  void whoWaitsSaysForWhom() throws IOException, InterruptedException {
    run();
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    Path lock = Files.writeString(temp.resolve("bench/target/build.lock"), "4711");
    Process holder = new ProcessBuilder("flock", lock.toString(), "sleep", "3").start();
    Thread.sleep(500);
    assertThat(run().err())
        .startsWith("waiting for process 4711, which builds gmembench ...\nbuilding gmembench");
    assertThat(holder.waitFor()).isZero();
  }

  /** A user who may not write there, and one whose home by passwd is not there. */
  @Tag("root")
  @Test
  void anotherUserRunsWhatIsThereAndIsTold() throws IOException, InterruptedException {
    Host.rootOrSkip();
    Host.toolOrSkip("setpriv");
    String[] nobody = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env"};
    run();
    assertThat(run(nobody).err()).isEmpty();
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    Ran stale = run(nobody);
    assertThat(stale.err()).contains("was not built from these sources").contains("not writable");
    assertThat(stale.out()).isEqualTo("stale: true\n");
    assertThat(builds()).isEqualTo(1);

    String[] homeless = Arrays.copyOf(nobody, nobody.length + 1);
    homeless[nobody.length] = "HOME=" + temp;
    Files.delete(temp.resolve("bench/target/build.log"));
    for (String open : List.of("bench/target", "bench/target/build.lock", "builds")) {
      Files.setPosixFilePermissions(
          temp.resolve(open), PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    assertThat(run(homeless).code()).isZero();
    assertThat(Files.readAllLines(temp.resolve("builds")).getLast())
        .contains("-Duser.home=" + temp);
  }
}
