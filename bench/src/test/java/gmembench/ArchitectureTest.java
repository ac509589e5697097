// SPDX-License-Identifier: Apache-2.0
package gmembench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The house rules: one direction of flow, FFM in one place, no catch-all names. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("gmembench");

  @Test
  void dataFlowsOneWay() {
    rule("gmembench.linux..");
    rule("gmembench.workload..");
    rule("gmembench.result..");
    rule("gmembench.tracker..", "gmembench.workload..");
    rule("gmembench.alignment..", "gmembench.workload..");
    rule("gmembench.backing..", "gmembench.linux..", "gmembench.workload..");
    rule(
        "gmembench.strategy..",
        "gmembench.backing..",
        "gmembench.tracker..",
        "gmembench.workload..");
  }

  /** Classes in a package may use these packages, their own, the root's and other people's. */
  private static void rule(String own, String... allowed) {
    noClasses()
        .that()
        .resideInAPackage(own)
        .should()
        .dependOnClassesThat(ours().and(DescribedPredicate.not(in(own, allowed))))
        .because(own + " comes before what it must not know of")
        .check(ALL);
  }

  private static DescribedPredicate<JavaClass> ours() {
    return JavaClass.Predicates.resideInAPackage("gmembench..");
  }

  private static DescribedPredicate<JavaClass> in(String own, String... allowed) {
    DescribedPredicate<JavaClass> all = JavaClass.Predicates.resideInAnyPackage(own, "gmembench");
    for (String each : allowed) {
      all = all.or(JavaClass.Predicates.resideInAPackage(each));
    }
    return all;
  }

  @Test
  void nobodyCallsTheCommands() {
    noClasses()
        .that()
        .resideOutsideOfPackage("gmembench.cli..")
        .and()
        .doNotHaveSimpleName("Main")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("gmembench.cli..")
        .check(ALL);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("gmembench.(*)..").should().beFreeOfCycles().check(ALL);
  }

  @Test
  void ffmIsOnlyInLinux() {
    noClasses()
        .that()
        .resideOutsideOfPackage("gmembench.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(ALL);
  }

  @Test
  void pluginsAreRecords() {
    classes()
        .that()
        .implement(Plugin.class)
        .and()
        .areNotInterfaces()
        .should()
        .beRecords()
        .check(ALL);
  }

  @Test
  void namesSayWhatThingsAre() {
    noClasses()
        .should()
        .haveSimpleNameStartingWith("Abstract")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .check(ALL);
    for (String name : List.of("util", "common", "impl", "manager", "helper")) {
      noClasses().should().resideInAPackage(".." + name + "..").check(ALL.that(isOurs()));
    }
  }

  private static DescribedPredicate<JavaClass> isOurs() {
    return JavaClass.Predicates.resideInAPackage("gmembench..");
  }

  @Test
  void filesFitAHead() throws IOException {
    Path sources = Path.of(System.getProperty("gmembench.home"), "bench/src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Assertions.assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThan(400);
      }
    }
  }
}
