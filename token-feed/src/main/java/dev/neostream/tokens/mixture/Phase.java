package dev.neostream.tokens.mixture;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A stretch of steps under one mixture and one learning-rate rule.
 *
 * @param name name: fundamental, decay ...
 * @param steps length in steps, {@code > 0}
 * @param weights share of tokens asked of each domain, in name order; not negative, at least one
 *     positive; only their ratios count
 * @param ramp steps at its start over which shares go linearly from those of the phase before to
 *     its own: step k of them asks k / ramp of its own; 0: none
 * @param learningRate rule inside the phase
 */
public record Phase(
    String name,
    long steps,
    SortedMap<String, Double> weights,
    long ramp,
    LearningRate learningRate) {

  /** Longest ramp in steps: exact sums of its shares must fit 64 bits. */
  public static final long LONGEST_RAMP = 1L << 22;

  public Phase {
    if (name.isBlank()) {
      throw new IllegalArgumentException("phase name must not be blank");
    }
    if (steps <= 0) {
      throw new IllegalArgumentException(
          "phase steps must be > 0: phase=" + name + ", steps=" + steps);
    }
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    double sum = 0;
    for (Map.Entry<String, Double> weight : weights.entrySet()) {
      if (!(weight.getValue() >= 0 && Double.isFinite(weight.getValue()))) {
        throw new IllegalArgumentException(
            "weight must be finite and >= 0: phase="
                + name
                + ", domain="
                + weight.getKey()
                + ", weight="
                + weight.getValue());
      }
      sum += weight.getValue();
    }
    if (!(sum > 0 && Double.isFinite(sum))) {
      throw new IllegalArgumentException(
          "weights must have a finite sum > 0: phase=" + name + ", weights=" + weights);
    }
    if (ramp < 0 || ramp > Math.min(steps, LONGEST_RAMP)) {
      throw new IllegalArgumentException(
          "ramp must be from 0 to the phase's steps and at most "
              + LONGEST_RAMP
              + ": phase="
              + name
              + ", ramp="
              + ramp
              + ", steps="
              + steps);
    }
    long ruleSteps = learningRate.totalSteps() == 0 ? steps : learningRate.totalSteps();
    if (learningRate.offsetSteps() > ruleSteps - steps) {
      throw new IllegalArgumentException(
          "a phase must end where its learning-rate rule does, or before: phase="
              + name
              + ", offsetSteps="
              + learningRate.offsetSteps()
              + ", steps="
              + steps
              + ", totalSteps="
              + ruleSteps);
    }
    if (learningRate.warmupSteps() > ruleSteps) {
      throw new IllegalArgumentException(
          "warmupSteps must not exceed the phase: phase="
              + name
              + ", warmupSteps="
              + learningRate.warmupSteps()
              + ", steps="
              + ruleSteps);
    }
  }

  /** Returns a phase without a ramp. */
  public Phase(
      String name, long steps, SortedMap<String, Double> weights, LearningRate learningRate) {
    this(name, steps, weights, 0, learningRate);
  }

  /**
   * Returns the share of each domain; they sum to 1.
   *
   * @param holding domains that hold tokens: the others' shares are 0, all if none does
   */
  SortedMap<String, Double> shares(Predicate<String> holding) {
    SortedMap<String, Double> shares = new TreeMap<>(weights);
    shares.replaceAll((domain, weight) -> holding.test(domain) ? weight : 0);
    double sum = shares.values().stream().mapToDouble(weight -> weight).sum();
    shares.replaceAll((domain, weight) -> sum == 0 ? 0 : weight / sum);
    return shares;
  }

  /** Returns whether a domain that is asked holds tokens. */
  boolean holdsAny(Predicate<String> holding) {
    return weights.entrySet().stream()
        .anyMatch(weight -> weight.getValue() > 0 && holding.test(weight.getKey()));
  }

  static Phase from(dev.neostream.schemas.avro.Phase phase) {
    return new Phase(
        phase.getName(),
        phase.getSteps(),
        new TreeMap<>(phase.getWeights()),
        phase.getRamp(),
        LearningRate.from(phase.getLearningRate()));
  }

  dev.neostream.schemas.avro.Phase toAvro() {
    return new dev.neostream.schemas.avro.Phase(name, steps, weights, learningRate.toAvro(), ramp);
  }
}
