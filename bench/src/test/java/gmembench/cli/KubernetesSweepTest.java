// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The manifest against what batch/v1 asks of an Indexed Job. There is no cluster here: this checks
 * names, types and the rules between fields, as far as they are written down below, and runs the
 * container's command.
 */
class KubernetesSweepTest {
  private static final Path MANIFEST =
      Path.of(System.getProperty("gmembench.home")).resolve("scripts/kubernetes-sweep.yaml");

  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "", Set.of("apiVersion", "kind", "metadata", "spec"),
          "spec",
              Set.of(
                  "completionMode",
                  "completions",
                  "parallelism",
                  "backoffLimitPerIndex",
                  "maxFailedIndexes",
                  "podFailurePolicy",
                  "template"),
          "spec.template", Set.of("metadata", "spec"),
          "spec.template.spec", Set.of("restartPolicy", "affinity", "containers", "volumes"));

  @TempDir Path temp;
  private Object job = Map.of();

  @BeforeEach
  void read() throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<Object> documents = new ArrayList<>();
    new Yaml(new SafeConstructor(strict))
        .loadAll(Files.readString(MANIFEST))
        .forEach(documents::add);
    assertThat(documents).hasSize(1);
    job = documents.get(0);
  }

  private Object at(String path) {
    Object here = job;
    for (String step : path.isEmpty() ? new String[0] : path.split("\\.", -1)) {
      here = here instanceof List<?> list ? list.get(Integer.parseInt(step)) : get(here, step);
    }
    return here;
  }

  private static Object get(Object map, String key) {
    Object value = map(map).get(key);
    if (value == null) {
      throw new AssertionError("there is no " + key + " in " + map);
    }
    return value;
  }

  private static Map<?, ?> map(Object of) {
    if (of instanceof Map<?, ?> map) {
      return map;
    }
    throw new AssertionError(of + " is no map");
  }

  @Test
  void itIsAnIndexedJob() {
    FIELDS.forEach((path, names) -> {
      Set<String> found = new TreeSet<>();
      map(at(path)).keySet().forEach(k -> found.add(String.valueOf(k)));
      assertThat(names).as("fields of '%s'", path).containsAll(found);
    });
    assertThat(at("apiVersion")).isEqualTo("batch/v1");
    assertThat(at("kind")).isEqualTo("Job");
    assertThat((String) at("metadata.name")).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    assertThat(at("spec.completionMode")).isEqualTo("Indexed");
    int completions = (Integer) at("spec.completions");
    assertThat((Integer) at("spec.parallelism")).isBetween(1, completions);
    assertThat((Integer) at("spec.maxFailedIndexes")).isBetween(0, completions);
    assertThat(at("spec.template.spec.containers.0.env.0.value"))
        .as("SHARDS, a string as every variable is")
        .isEqualTo(Integer.toString(completions));
  }

  /** A failure policy needs restartPolicy Never; FailIndex needs a limit for each index. */
  @Test
  void failuresAreToldApart() {
    assertThat(at("spec.template.spec.restartPolicy")).isEqualTo("Never");
    assertThat((Integer) at("spec.backoffLimitPerIndex")).isNotNegative();
    String container = (String) at("spec.template.spec.containers.0.name");
    for (int i = 0; i < ((List<?>) at("spec.podFailurePolicy.rules")).size(); i++) {
      Map<?, ?> rule = map(at("spec.podFailurePolicy.rules." + i));
      assertThat((String) get(rule, "action")).isIn("FailJob", "FailIndex", "Ignore", "Count");
      assertThat(rule.containsKey("onExitCodes"))
          .as("one of the two conditions")
          .isNotEqualTo(rule.containsKey("onPodConditions"));
      if (rule.containsKey("onExitCodes")) {
        Map<?, ?> codes = map(get(rule, "onExitCodes"));
        assertThat(get(codes, "containerName")).isEqualTo(container);
        assertThat((String) get(codes, "operator")).isIn("In", "NotIn");
        assertThat(((List<?>) get(codes, "values")).contains(0)).as("0 is no failure").isFalse();
      }
    }
  }

  @Test
  void volumesAreThereAndQuantitiesAreStrings() {
    assertThat(at("spec.template.spec.containers.0.volumeMounts.0.name"))
        .isEqualTo(at("spec.template.spec.volumes.0.name"));
    for (String kind : List.of("requests", "limits")) {
      for (String of : List.of("cpu", "memory")) {
        assertThat(at("spec.template.spec.containers.0.resources." + kind + "." + of).toString())
            .matches("\\d+(m|Mi|Gi)?");
      }
    }
    Map<?, ?> labels =
        map(
            at(
                "spec.template.spec.affinity.podAntiAffinity"
                    + ".requiredDuringSchedulingIgnoredDuringExecution.0.labelSelector.matchLabels"));
    assertThat(labels).isEqualTo(at("spec.template.metadata.labels"));
  }

  /** An index counts from 0, a shard from 1. */
  @Test
  void theCommandRunsTheShardOfItsIndex() throws IOException, InterruptedException {
    Path stub = Files.createDirectories(temp.resolve("scripts")).resolve("gmembench");
    Files.writeString(stub, "#!/bin/sh\necho \"$@\"\n");
    assertThat(stub.toFile().setExecutable(true)).isTrue();
    List<String> command =
        ((List<?>) at("spec.template.spec.containers.0.command"))
            .stream().map(String::valueOf).toList();
    ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
    builder.environment().put("JOB_COMPLETION_INDEX", "2");
    builder.environment().put("SHARDS", "8");
    Process run = builder.redirectErrorStream(true).start();
    String said =
        new String(run.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(run.waitFor()).isZero();
    assertThat(said.strip()).isEqualTo("run boot --shard 3/8 --out /results/shards/3 --resume");
  }
}
