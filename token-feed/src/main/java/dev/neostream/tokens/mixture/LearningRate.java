package dev.neostream.tokens.mixture;

import dev.neostream.schemas.avro.LearningRateKind;

/**
 * Learning rate as a pure function of the step inside a phase (MAP-Neo, arXiv 2405.19327, section
 * on pre-training: cosine in the fundamental phase, exponential in the decay phase).
 *
 * @param kind the rule
 * @param peak highest rate, {@code > 0}
 * @param floor lowest rate, {@code 0 <= floor <= peak}
 * @param warmupSteps steps of linear warm-up (COSINE); 0 otherwise
 * @param halfLifeSteps steps in which the rate halves (EXPONENTIAL); 0 otherwise
 */
public record LearningRate(
    LearningRateKind kind, double peak, double floor, long warmupSteps, double halfLifeSteps) {

  public LearningRate {
    if (!(peak > 0 && Double.isFinite(peak))) {
      throw new IllegalArgumentException("peak must be finite and > 0: peak=" + peak);
    }
    if (!(floor >= 0 && floor <= peak)) {
      throw new IllegalArgumentException(
          "floor must be in [0, peak]: floor=" + floor + ", peak=" + peak);
    }
    boolean cosine = kind == LearningRateKind.COSINE;
    if (cosine ? warmupSteps < 0 : warmupSteps != 0) {
      throw new IllegalArgumentException(
          "warmupSteps must be >= 0 for COSINE and 0 for EXPONENTIAL: warmupSteps=" + warmupSteps);
    }
    if (cosine ? halfLifeSteps != 0 : !(halfLifeSteps > 0 && Double.isFinite(halfLifeSteps))) {
      throw new IllegalArgumentException(
          "halfLifeSteps must be finite and > 0 for EXPONENTIAL and 0 for COSINE: halfLifeSteps="
              + halfLifeSteps);
    }
  }

  /** Returns the rule: linear from floor to peak, then half a cosine from peak to floor. */
  public static LearningRate cosine(double peak, double floor, long warmupSteps) {
    return new LearningRate(LearningRateKind.COSINE, peak, floor, warmupSteps, 0);
  }

  /** Returns the rule: peak * 0.5^(t / halfLifeSteps), never below floor. */
  public static LearningRate exponential(double peak, double floor, double halfLifeSteps) {
    return new LearningRate(LearningRateKind.EXPONENTIAL, peak, floor, 0, halfLifeSteps);
  }

  /**
   * Returns the rate of a step, bit-identical on every machine.
   *
   * @param step step inside the phase, from 0; the floor of COSINE is reached where the phase ends,
   *     that is at {@code step == phaseSteps}
   * @param phaseSteps length of the phase
   */
  public double at(long step, long phaseSteps) {
    if (step < 0 || step >= phaseSteps) {
      throw new IllegalArgumentException(
          "step must be in [0, phaseSteps): step=" + step + ", phaseSteps=" + phaseSteps);
    }
    // StrictMath: Math.cos and Math.pow may differ in the last bit between machines.
    if (kind == LearningRateKind.EXPONENTIAL) {
      return Math.max(floor, peak * StrictMath.pow(0.5, step / halfLifeSteps));
    }
    if (step < warmupSteps) {
      return floor + (peak - floor) * ((double) step / warmupSteps);
    }
    double progress = (double) (step - warmupSteps) / (phaseSteps - warmupSteps);
    return floor + (peak - floor) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress));
  }

  static LearningRate from(dev.neostream.schemas.avro.LearningRate rate) {
    return new LearningRate(
        rate.getKind(),
        rate.getPeak(),
        rate.getFloor(),
        rate.getWarmupSteps(),
        rate.getHalfLifeSteps());
  }

  dev.neostream.schemas.avro.LearningRate toAvro() {
    return new dev.neostream.schemas.avro.LearningRate(
        kind, peak, floor, warmupSteps, halfLifeSteps);
  }
}
