package dev.neostream.tokens.mixture;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A stretch of steps under one mixture and one learning-rate rule.
 *
 * @param name name: fundamental, decay ...
 * @param steps length in steps, {@code > 0}
 * @param weights share of tokens asked of each domain, in name order; not negative, at least one
 *     positive; only their ratios count
 * @param learningRate rule inside the phase
 */
public record Phase(
    String name, long steps, SortedMap<String, Double> weights, LearningRate learningRate) {

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
    if (learningRate.warmupSteps() > steps) {
      throw new IllegalArgumentException(
          "warmupSteps must not exceed the phase: phase="
              + name
              + ", warmupSteps="
              + learningRate.warmupSteps()
              + ", steps="
              + steps);
    }
  }

  static Phase from(dev.neostream.schemas.avro.Phase phase) {
    return new Phase(
        phase.getName(),
        phase.getSteps(),
        new TreeMap<>(phase.getWeights()),
        LearningRate.from(phase.getLearningRate()));
  }

  dev.neostream.schemas.avro.Phase toAvro() {
    return new dev.neostream.schemas.avro.Phase(name, steps, weights, learningRate.toAvro());
  }
}
