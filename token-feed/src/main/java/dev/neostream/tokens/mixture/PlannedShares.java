package dev.neostream.tokens.mixture;

import dev.neostream.tokens.mixture.Stretch.Constant;
import dev.neostream.tokens.mixture.Stretch.Ramp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a plan asks of the rows from a step on. A domain left out gives its share to the others in
 * proportion, on both sides of a ramp; a ramp with a side that is left out whole asks the other
 * side from its start to its end.
 *
 * @param plan the plan
 * @param domains all domains of the run, in name order
 * @param rowsPerStep rows of every step
 */
record PlannedShares(MixturePlan plan, List<String> domains, int rowsPerStep) {

  /** Returns the weight of each domain in a phase. */
  double[] weights(Phase phase) {
    return domains.stream()
        .mapToDouble(domain -> phase.weights().getOrDefault(domain, 0.0))
        .toArray();
  }

  /** Returns which domains a step asks: in a ramp, those of both its sides. */
  boolean[] asked(long step) {
    double[] own = weights(plan.phaseAt(step));
    double[] before = plan.inRamp(step) ? weights(plan.phaseBefore(step)) : own;
    boolean[] asked = new boolean[own.length];
    for (int i = 0; i < asked.length; i++) {
      asked[i] = own[i] > 0 || before[i] > 0;
    }
    return asked;
  }

  /**
   * Returns the sampler of a step's rows.
   *
   * @param without domains left out; the step must ask one that is not
   */
  DomainSampler sampler(long step, boolean[] without) {
    var stretches = new ArrayList<Stretch>();
    long start = plan.phaseStart(step);
    for (int i = plan.indexAt(step); i < plan.phases().size(); i++) {
      addPhase(stretches, i, start, Math.max(start, step), without);
      start += plan.phases().get(i).steps();
    }
    Stretch first = stretches.get(0);
    if (first instanceof Ramp ramp) {
      if (ramp.done() + 1 < ramp.steps()) {
        stretches.set(0, after(ramp));
      } else {
        stretches.remove(0);
      }
      return new DomainSampler(new Constant(ramp.units(ramp.done()), rowsPerStep), stretches);
    }
    return new DomainSampler((Constant) first, stretches.subList(1, stretches.size()));
  }

  private Ramp after(Ramp ramp) {
    return new Ramp(ramp.from(), ramp.to(), ramp.done() + 1, ramp.steps(), rowsPerStep);
  }

  /**
   * Adds what is left of a phase.
   *
   * @param start its first step
   * @param step the first step that is left
   */
  private void addPhase(
      List<Stretch> stretches, int index, long start, long step, boolean[] without) {
    Phase phase = plan.phases().get(index);
    double[] own = weights(phase, without);
    long level = start + phase.ramp();
    if (step < level) {
      double[] before = weights(plan.phases().get(index - 1), without);
      if (isAsked(own) && isAsked(before)) {
        stretches.add(
            new Ramp(
                DomainSampler.units(before),
                DomainSampler.units(own),
                step - start,
                phase.ramp(),
                rowsPerStep));
      } else {
        addConstant(stretches, isAsked(own) ? own : before, level - step);
      }
    }
    addConstant(stretches, own, start + phase.steps() - Math.max(level, step));
  }

  private void addConstant(List<Stretch> stretches, double[] weights, long steps) {
    if (steps > 0 && isAsked(weights)) {
      // A debt falls due within 2^41 rows, so 2^50 are for ever.
      long rows = Math.min(steps, (1L << 50) / rowsPerStep) * rowsPerStep;
      stretches.add(new Constant(DomainSampler.units(weights), rows));
    }
  }

  private double[] weights(Phase phase, boolean[] without) {
    double[] weights = weights(phase);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = without[i] ? 0 : weights[i];
    }
    return weights;
  }

  private static boolean isAsked(double[] weights) {
    return Arrays.stream(weights).anyMatch(weight -> weight > 0);
  }
}
