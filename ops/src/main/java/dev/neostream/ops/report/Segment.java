package dev.neostream.ops.report;

import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.tokens.mixture.MixturePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Consecutive steps under one plan, in one phase of it.
 *
 * @param plan version of the plan
 * @param from first step
 * @param to last step
 * @param asked share of these steps' rows that the plan asks of each domain; they sum to 1
 * @param delivered share of the rows that each domain gave
 */
record Segment(
    int plan,
    String phase,
    long from,
    long to,
    SortedMap<String, Double> asked,
    SortedMap<String, Double> delivered) {

  /**
   * Returns the segments of a run.
   *
   * @param plans accepted plans by version
   */
  static List<Segment> of(List<StepReport> steps, Map<Integer, MixtureUpdate> plans) {
    var segments = new ArrayList<Segment>();
    int from = 0;
    for (int i = 1; i <= steps.size(); i++) {
      if (i == steps.size() || !isSame(steps.get(i), steps.get(from))) {
        List<StepReport> part = steps.subList(from, i);
        StepReport first = part.get(0);
        segments.add(
            new Segment(
                first.getPlanVersion(),
                first.getPhase(),
                first.getStep(),
                part.get(part.size() - 1).getStep(),
                asked(plans.get(first.getPlanVersion()), part),
                delivered(part)));
        from = i;
      }
    }
    return segments;
  }

  private static boolean isSame(StepReport one, StepReport other) {
    return one.getPlanVersion() == other.getPlanVersion()
        && one.getPhase().equals(other.getPhase());
  }

  /** Returns the shares of the rows of steps that each domain gave. */
  static SortedMap<String, Double> delivered(List<StepReport> steps) {
    var rows = new TreeMap<String, Double>();
    for (StepReport step : steps) {
      for (DomainLoss domain : step.getDomains()) {
        rows.merge(domain.getDomain(), (double) domain.getRows(), Double::sum);
      }
    }
    return shares(rows);
  }

  private static SortedMap<String, Double> asked(MixtureUpdate plan, List<StepReport> steps) {
    long from = steps.get(0).getStep();
    return shares(MixturePlan.from(plan).asked(from, from + steps.size(), domain -> true));
  }

  private static SortedMap<String, Double> shares(SortedMap<String, Double> parts) {
    double sum = parts.values().stream().mapToDouble(part -> part).sum();
    parts.replaceAll((domain, part) -> sum == 0 ? 0 : part / sum);
    return parts;
  }
}
