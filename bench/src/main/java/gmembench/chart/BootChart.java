// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.table.BootTable;
import org.jfree.chart.JFreeChart;
import org.jfree.data.category.DefaultCategoryDataset;

/** Boot seconds, a bar for the published time and one for the model's. */
final class BootChart {
  private BootChart() {}

  static Chart of(BootTable table) {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    boolean anyPublished = table.rows().stream().anyMatch(BootTable.Row::isPublished);
    for (BootTable.Row row : table.rows()) {
      if (anyPublished) {
        data.addValue(row.isPublished() ? row.publishedS() : null, "published", row.strategy());
      }
      data.addValue(row.modelS(), "model (" + table.costs() + ")", row.strategy());
    }
    JFreeChart drawing =
        Bars.drawing("Boot of a 1 GiB SNP guest: " + table.workload(), "boot time (s)", data);
    int rows = table.rows().size();
    return new Chart("boot-" + table.workload(), drawing, 900, 130 + 55 * rows);
  }
}
