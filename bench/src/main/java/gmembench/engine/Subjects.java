// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.workload.Workload;

/** Workloads made ready, each once as long as there is memory for them. */
public final class Subjects {
  private final Map<Workload, SoftReference<Subject>> known = new HashMap<>();

  public synchronized Subject of(Workload workload) {
    SoftReference<Subject> reference = known.get(workload);
    Subject subject = reference == null ? null : reference.get();
    if (subject == null) {
      subject = Subject.of(workload);
      known.put(workload, new SoftReference<>(subject));
    }
    return subject;
  }
}
