// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.mm.Term;
import org.apache.commons.statistics.descriptive.Median;
import org.hipparchus.optim.linear.LinearConstraint;
import org.hipparchus.optim.linear.LinearConstraintSet;
import org.hipparchus.optim.linear.LinearObjectiveFunction;
import org.hipparchus.optim.linear.NonNegativeConstraint;
import org.hipparchus.optim.linear.Relationship;
import org.hipparchus.optim.linear.SimplexSolver;
import org.hipparchus.optim.nonlinear.scalar.GoalType;

/**
 * Whole ns for each term, fitted to points.
 *
 * <p>The sum of absolute relative errors is made smallest: median regression, so that a figure that
 * a busy machine spoiled pulls no more than any other (it is Theil-Sen's idea for several terms at
 * once), and relative, since sizes span three decades and all are to be predicted alike. No cost is
 * below 0. That is a linear program, which has one smallest value and is solved exactly.
 *
 * @param ns what each term costs
 */
public record Fitted(Map<Term, Long> ns, List<Point> points) {
  /** Fits the terms that any of the points has a count of. */
  public static Fitted to(List<Point> points) {
    return to(points, Set.of());
  }

  /** The same without some of them. */
  static Fitted to(List<Point> points, Set<Term> without) {
    List<Term> terms = new ArrayList<>();
    for (Term term : Term.values()) {
      if (!without.contains(term) && points.stream().anyMatch(p -> p.count(term) != 0)) {
        terms.add(term);
      }
    }
    double[] solution = solve(points, terms);
    Map<Term, Long> ns = new EnumMap<>(Term.class);
    for (int i = 0; i < terms.size(); i++) {
      ns.put(terms.get(i), Math.round(solution[i]));
    }
    return new Fitted(ns, List.copyOf(points));
  }

  /** Variables: the terms, then for each point how far it is over and how far under. */
  private static double[] solve(List<Point> points, List<Term> terms) {
    int variables = terms.size() + 2 * points.size();
    double[] objective = new double[variables];
    List<LinearConstraint> constraints = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      double[] row = new double[variables];
      for (int t = 0; t < terms.size(); t++) {
        row[t] = point.count(terms.get(t)) / point.ns();
      }
      int over = terms.size() + 2 * i;
      row[over] = -1;
      row[over + 1] = 1;
      objective[over] = 1;
      objective[over + 1] = 1;
      constraints.add(new LinearConstraint(row, Relationship.EQ, 1));
    }
    return new SimplexSolver()
        .optimize(
            new LinearObjectiveFunction(objective, 0),
            new LinearConstraintSet(constraints),
            new NonNegativeConstraint(true),
            GoalType.MINIMIZE)
        .getPoint();
  }

  /** Predicted / measured - 1. */
  public double error(Point point) {
    double sum = 0;
    for (Map.Entry<Term, Long> term : ns.entrySet()) {
      sum += term.getValue() * point.count(term.getKey());
    }
    return sum / point.ns() - 1;
  }

  /** Half of the points are predicted better than this. */
  public double medianError() {
    return Median.withDefaults()
        .evaluate(points.stream().mapToDouble(p -> Math.abs(error(p))).toArray());
  }

  /** The point that is predicted worst. */
  public Point worst() {
    return Collections.max(points, Comparator.comparingDouble(p -> Math.abs(error(p))));
  }
}
