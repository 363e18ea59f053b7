package dev.neostream.tokens.mixture;

import dev.neostream.schemas.avro.LearningRateKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a plan becomes when it is changed from a step on. Steps before stay as they were: the phase
 * of the step is cut in two, of which the second goes on with the learning-rate rule of the first
 * where it was, and is named after it and its first step: {@code decay@400}.
 */
public final class PlanRevision {

  private PlanRevision() {}

  /**
   * Returns the same plan with a phase that begins at a step. Rates are as before to the last bit,
   * shares in a ramp that is cut to the last unit but one.
   *
   * @throws IllegalArgumentException if the plan has no such step
   */
  public static MixturePlan cut(MixturePlan plan, long step) {
    long start = plan.phaseStart(step);
    if (step == start) {
      return plan;
    }
    Phase phase = plan.phaseAt(step);
    long head = step - start;
    var phases = new ArrayList<>(plan.phases());
    int index = plan.indexAt(step);
    phases.set(
        index,
        new Phase(
            phase.name(),
            head,
            plan.inRamp(step) ? plan.shares(step, domain -> true) : phase.weights(),
            Math.min(phase.ramp(), head),
            phase.learningRate().continuedAt(0, phase.steps())));
    phases.add(
        index + 1,
        new Phase(
            partName(phase, step),
            phase.steps() - head,
            phase.weights(),
            Math.max(0, phase.ramp() - head),
            phase.learningRate().continuedAt(head, phase.steps())));
    return new MixturePlan(phases);
  }

  /**
   * Returns a plan with other weights from a step until the end of the phase that it is in.
   *
   * @throws IllegalArgumentException if the plan has no such step, or the phase ends before the
   *     ramp
   */
  public static MixturePlan withWeights(MixturePlan plan, WeightChange change) {
    long start = plan.phaseStart(change.at());
    return withWeights(plan, change, start + plan.phaseAt(change.at()).steps());
  }

  /**
   * Returns a plan with the weights of a program: from its first step on those of each change until
   * the next, of the last until the end. Phases keep their lengths and learning rates.
   *
   * @param changes at least one, in the order of their steps; each ramp ends before the next begins
   * @throws IllegalArgumentException if that is not so, or the plan ends before a change does
   */
  public static MixturePlan scheduled(MixturePlan plan, List<WeightChange> changes) {
    if (changes.isEmpty()) {
      throw new IllegalArgumentException("a schedule must have at least one change");
    }
    MixturePlan scheduled = plan;
    for (int i = 0; i < changes.size(); i++) {
      WeightChange change = changes.get(i);
      long until = i + 1 < changes.size() ? changes.get(i + 1).at() : plan.steps();
      scheduled = withWeights(scheduled, change, until);
    }
    return scheduled;
  }

  private static MixturePlan withWeights(MixturePlan plan, WeightChange change, long until) {
    if (change.at() >= until || change.ramp() > until - change.at()) {
      throw new IllegalArgumentException(
          "a change of weights and its ramp must end before the next, the phase or the plan does:"
              + " at="
              + change.at()
              + ", ramp="
              + change.ramp()
              + ", end="
              + until);
    }
    if (change.at() == 0 && change.ramp() > 0) {
      throw new IllegalArgumentException(
          "a ramp must begin after step 0, since no weights are before it: ramp=" + change.ramp());
    }
    MixturePlan cut = cut(plan, change.at());
    cut = until < plan.steps() ? cut(cut, until) : cut;
    SortedMap<String, Double> before =
        change.ramp() == 0 ? change.weights() : cut.phaseBefore(change.at()).shares(domain -> true);
    var phases = new ArrayList<Phase>();
    long start = 0;
    for (Phase phase : cut.phases()) {
      boolean changed = change.at() <= start && start < until;
      phases.add(changed ? within(change, before, phase, start) : phase);
      start += phase.steps();
    }
    return new MixturePlan(phases);
  }

  /** Returns a phase with its part of a change, which a ramp may reach over the end of. */
  private static Phase within(
      WeightChange change, SortedMap<String, Double> before, Phase phase, long start) {
    long left = Math.max(0, change.at() + change.ramp() - start);
    SortedMap<String, Double> weights = change.weights();
    if (left > phase.steps()) {
      double way = (double) (start + phase.steps() - change.at()) / change.ramp();
      double sum = weights.values().stream().mapToDouble(weight -> weight).sum();
      var reached = new TreeMap<String, Double>();
      before.forEach((domain, share) -> reached.merge(domain, (1 - way) * share, Double::sum));
      change
          .weights()
          .forEach((domain, weight) -> reached.merge(domain, way * weight / sum, Double::sum));
      weights = reached;
    }
    return new Phase(
        phase.name(), phase.steps(), weights, Math.min(left, phase.steps()), phase.learningRate());
  }

  /**
   * Returns a plan whose learning rate falls linearly from a step on, and which ends where it
   * reaches its floor. Weights are as before; the last phase's go on if the plan gets longer.
   *
   * @param from first step of the fall, whose rate is the one that the plan had
   * @param steps length of the fall, {@code > 0}
   * @param floor rate at the end, not above that of the first step
   * @throws IllegalArgumentException if the plan has no such step, or the rate is below the floor
   */
  public static MixturePlan decaying(MixturePlan plan, long from, long steps, double floor) {
    if (steps <= 0 || steps > Long.MAX_VALUE - from) {
      throw new IllegalArgumentException("a decay must have at least one step: steps=" + steps);
    }
    double peak = plan.learningRate(from);
    if (!(floor >= 0 && floor <= peak)) {
      throw new IllegalArgumentException(
          "floor must be from 0 to the rate where the decay begins: floor="
              + floor
              + ", rate="
              + peak
              + ", step="
              + from);
    }
    MixturePlan cut = cut(plan, from);
    cut = from + steps < cut.steps() ? cut(cut, from + steps) : cut;
    var phases = new ArrayList<Phase>();
    long start = 0;
    for (Phase phase : cut.phases()) {
      if (start >= from + steps) {
        break;
      }
      boolean last = start + phase.steps() == cut.steps();
      long length = last ? from + steps - start : phase.steps();
      phases.add(
          start < from
              ? phase
              : new Phase(
                  phase.name(),
                  length,
                  phase.weights(),
                  phase.ramp(),
                  new LearningRate(
                      LearningRateKind.LINEAR, peak, floor, 0, 0, start - from, steps)));
      start += phase.steps();
    }
    return new MixturePlan(phases);
  }

  /**
   * Returns a plan that ends at another step. Steps before {@code from} keep their weights and
   * rates to the last bit. A plan made longer gives the steps to what is left of the phase of
   * {@code from}, whose decay then takes longer; phases after it keep their length and move. One
   * made shorter takes them there, and where that is not enough from the phases after it in order,
   * of which the last keeps at least a step. After the last step of a plan its last phase goes on,
   * at the rate that it reached if its rule is to decay.
   *
   * @param from first step that may change, at most the plan's length
   * @param steps length of the plan, beyond {@code from}
   * @throws IllegalArgumentException if that is not so
   */
  public static MixturePlan until(MixturePlan plan, long from, long steps) {
    if (from > plan.steps() || steps <= from) {
      throw new IllegalArgumentException(
          "a plan must end beyond the steps that stay: steps="
              + steps
              + ", from="
              + from
              + ", planned="
              + plan.steps());
    }
    if (steps == plan.steps()) {
      return plan;
    }
    if (from == plan.steps()) {
      return goingOn(plan, steps - from);
    }
    MixturePlan cut = cut(plan, from);
    int first = cut.indexAt(from);
    var phases = new ArrayList<>(cut.phases().subList(0, first));
    long more = steps - plan.steps();
    for (int i = first; i < cut.phases().size(); i++) {
      Phase phase = cut.phases().get(i);
      long least = i == cut.phases().size() - 1 ? 1 : 0;
      long length = Math.max(least, phase.steps() + more);
      more -= length - phase.steps();
      if (length > 0) {
        phases.add(resized(phase, length, phases.isEmpty()));
      }
    }
    return new MixturePlan(phases);
  }

  private static Phase resized(Phase phase, long steps, boolean first) {
    return new Phase(
        phase.name(),
        steps,
        phase.weights(),
        first ? 0 : Math.min(phase.ramp(), steps),
        steps == phase.steps()
            ? phase.learningRate()
            : phase.learningRate().stretched(phase.steps(), steps));
  }

  /** Returns a plan with one phase more, which goes on with the last. */
  private static MixturePlan goingOn(MixturePlan plan, long steps) {
    var phases = new ArrayList<>(plan.phases());
    Phase last = phases.get(phases.size() - 1);
    phases.add(
        new Phase(
            partName(last, plan.steps()),
            steps,
            last.weights(),
            last.learningRate().after(last.steps(), steps)));
    return new MixturePlan(phases);
  }

  private static String partName(Phase phase, long step) {
    return phase.name().replaceFirst("@[0-9]+$", "") + "@" + step;
  }

  /**
   * Returns a plan that is as one before the phase of a step, and from that phase on as another:
   * from the phase of the same name, or where there is none from the step that it begins with.
   *
   * @throws IllegalArgumentException if the other ends before that phase
   */
  static MixturePlan continued(MixturePlan plan, MixturePlan other, long step) {
    Phase phase = plan.phaseAt(step);
    long start = plan.phaseStart(step);
    List<String> names = other.phases().stream().map(Phase::name).toList();
    int from = names.indexOf(phase.name());
    MixturePlan rest = other;
    if (from < 0) {
      if (start >= other.steps()) {
        throw new IllegalArgumentException(
            "the plan before must have the phase of step "
                + step
                + ": phase="
                + phase.name()
                + ", has="
                + names);
      }
      rest = cut(other, start);
      from = rest.indexAt(start);
    }
    var joined = new ArrayList<>(plan.phases().subList(0, plan.indexAt(step)));
    joined.addAll(rest.phases().subList(from, rest.phases().size()));
    return new MixturePlan(joined);
  }
}
