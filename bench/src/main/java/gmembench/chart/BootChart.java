// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Cell;
import gmembench.result.Results;
import gmembench.table.BootTable;
import org.jfree.chart.JFreeChart;
import org.jfree.data.category.DefaultCategoryDataset;

/** Boot seconds, a bar for the published time and one for the model's. */
@AutoService(ChartKind.class)
public record BootChart() implements ChartKind {
  @Override
  public String why() {
    return "seconds of boot, published and by the model";
  }

  @Override
  public Part part() {
    return new Part(10, "Boot times");
  }

  @Override
  public List<Chart> of(Results results) {
    return results.samples().cells().stream()
        .map(Cell::workload)
        .distinct()
        .map(w -> BootTable.of(results.samples(), results.env(), w))
        .filter(Objects::nonNull)
        .map(BootChart::chart)
        .toList();
  }

  private static Chart chart(BootTable table) {
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
