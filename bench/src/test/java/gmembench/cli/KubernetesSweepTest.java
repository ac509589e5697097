// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The manifest's places that must agree, with each other and with the tool. */
class KubernetesSweepTest {
  @TempDir Path temp;
  private Object job = Map.of();

  @BeforeEach
  void read() throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    String manifest = Files.readString(Checkout.path("scripts/kubernetes-sweep.yaml"));
    job = new Yaml(new SafeConstructor(strict)).load(manifest);
  }

  /** What is there, by names and indices. */
  private Object at(String path) {
    Object here = job;
    for (String step : path.split("\\.", -1)) {
      Object next =
          here instanceof List<?> list
              ? list.get(Integer.parseInt(step))
              : ((Map<?, ?>) here).get(step);
      here = Objects.requireNonNull(next, step);
    }
    return here;
  }

  @Test
  void theNumberOfShardsIsTheSameEverywhere() {
    assertThat(at("apiVersion") + " " + at("kind")).isEqualTo("batch/v1 Job");
    assertThat(at("spec.completionMode")).isEqualTo("Indexed");
    int completions = (Integer) at("spec.completions");
    assertThat(at("spec.template.spec.containers.0.env.0").toString())
        .isEqualTo("{name=SHARDS, value=" + completions + "}");
    assertThat((Integer) at("spec.parallelism")).isBetween(1, completions);
    assertThat((Integer) at("spec.maxFailedIndexes")).isBetween(0, completions);
  }

  /** By the tool's exit codes; Kubernetes wants restartPolicy Never and a limit for that. */
  @Test
  void failuresAreToldApart() {
    assertThat(at("spec.template.spec.restartPolicy")).isEqualTo("Never");
    assertThat((Integer) at("spec.backoffLimitPerIndex")).isNotNegative();
    Object container = at("spec.template.spec.containers.0.name");
    String codes = ", onExitCodes={containerName=" + container + ", operator=In, values=[";
    assertThat(((List<?>) at("spec.podFailurePolicy.rules")).stream().map(Object::toString))
        .containsExactly(
            "{action=FailJob" + codes + "2]}}",
            "{action=FailIndex" + codes + "3]}}",
            "{action=Ignore, onPodConditions=[{type=DisruptionTarget, status=True}]}");
  }

  @Test
  void namesAgree() {
    assertThat(at("spec.template.spec.containers.0.volumeMounts.0.name"))
        .isEqualTo(at("spec.template.spec.volumes.0.name"));
    String affinity =
        "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    assertThat(at(affinity + ".0.labelSelector.matchLabels"))
        .isEqualTo(at("spec.template.metadata.labels"));
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
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(run.waitFor()).isZero();
    assertThat(said.strip()).isEqualTo("run boot --shard 3/8 --out /results/shards/3 --resume");
  }
}
