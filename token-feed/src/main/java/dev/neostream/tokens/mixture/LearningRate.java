package dev.neostream.tokens.mixture;

import dev.neostream.schemas.avro.LearningRateKind;

/**
 * Learning rate as a pure function of the step inside a phase (MAP-Neo, arXiv 2405.19327, section
 * on pre-training: cosine in the fundamental phase, exponential in the decay phase).
 *
 * @param kind the rule
 * @param peak highest rate, {@code > 0}
 * @param floor lowest rate, {@code 0 <= floor <= peak}
 * @param warmupSteps steps of linear warm-up from floor; 0 for EXPONENTIAL
 * @param halfLifeSteps steps in which the rate halves (EXPONENTIAL); 0 otherwise
 * @param offsetSteps steps of the rule that are over when the phase begins; 0 but in a phase that
 *     goes on with the rule of the one before
 * @param totalSteps length of the rule, offsetSteps included; 0: that of the phase
 */
public record LearningRate(
    LearningRateKind kind,
    double peak,
    double floor,
    long warmupSteps,
    double halfLifeSteps,
    long offsetSteps,
    long totalSteps) {

  public LearningRate {
    if (!(peak > 0 && Double.isFinite(peak))) {
      throw new IllegalArgumentException("peak must be finite and > 0: peak=" + peak);
    }
    if (!(floor >= 0 && floor <= peak)) {
      throw new IllegalArgumentException(
          "floor must be in [0, peak]: floor=" + floor + ", peak=" + peak);
    }
    boolean exponential = kind == LearningRateKind.EXPONENTIAL;
    if (exponential ? warmupSteps != 0 : warmupSteps < 0) {
      throw new IllegalArgumentException(
          "warmupSteps must be >= 0, and 0 for EXPONENTIAL: kind="
              + kind
              + ", warmupSteps="
              + warmupSteps);
    }
    if (exponential ? !(halfLifeSteps > 0 && Double.isFinite(halfLifeSteps)) : halfLifeSteps != 0) {
      throw new IllegalArgumentException(
          "halfLifeSteps must be finite and > 0 for EXPONENTIAL and 0 for others: kind="
              + kind
              + ", halfLifeSteps="
              + halfLifeSteps);
    }
    if (offsetSteps < 0 || totalSteps < 0 || (totalSteps == 0 && offsetSteps > 0)) {
      throw new IllegalArgumentException(
          "offsetSteps must be >= 0, and totalSteps must be beyond it or both 0: offsetSteps="
              + offsetSteps
              + ", totalSteps="
              + totalSteps);
    }
  }

  /** Returns the rule: linear from floor to peak, then half a cosine from peak to floor. */
  public static LearningRate cosine(double peak, double floor, long warmupSteps) {
    return new LearningRate(LearningRateKind.COSINE, peak, floor, warmupSteps, 0, 0, 0);
  }

  /** Returns the rule: peak * 0.5^(t / halfLifeSteps), never below floor. */
  public static LearningRate exponential(double peak, double floor, double halfLifeSteps) {
    return new LearningRate(LearningRateKind.EXPONENTIAL, peak, floor, 0, halfLifeSteps, 0, 0);
  }

  /**
   * Returns the rule: linear from floor to peak, then peak. With {@link #linear} as the phase after
   * it this is warm-up, stable, decay (WSD; MiniCPM, arXiv 2404.06395, section 4).
   */
  public static LearningRate constant(double peak, double floor, long warmupSteps) {
    return new LearningRate(LearningRateKind.CONSTANT, peak, floor, warmupSteps, 0, 0, 0);
  }

  /** Returns the rule: linear from peak to floor. */
  public static LearningRate linear(double peak, double floor) {
    return new LearningRate(LearningRateKind.LINEAR, peak, floor, 0, 0, 0, 0);
  }

  /**
   * Returns the rule of a phase that is a part of this rule's phase: every step keeps its rate, to
   * the last bit.
   *
   * @param step step inside the phase that the part begins with
   * @param phaseSteps length of this rule's phase
   */
  LearningRate continuedAt(long step, long phaseSteps) {
    return part(offsetSteps + step, totalSteps == 0 ? phaseSteps : totalSteps);
  }

  /**
   * Returns the rule of a phase that is made longer or shorter: where it decays it does so slower
   * or faster, from where it is to where it was to end, to a step of the rule. Steps of warm-up and
   * half-lives stay as they are.
   *
   * @param phaseSteps length of this rule's phase
   * @param newSteps length that the phase gets
   */
  LearningRate stretched(long phaseSteps, long newSteps) {
    if (offsetSteps == 0 && totalSteps == 0 && warmupSteps <= newSteps) {
      return this;
    }
    long end = totalSteps == 0 ? phaseSteps : totalSteps;
    long warmupLeft = Math.max(0, warmupSteps - offsetSteps);
    boolean decays = kind == LearningRateKind.COSINE || kind == LearningRateKind.LINEAR;
    if (!decays || Math.min(phaseSteps, newSteps) <= warmupLeft) {
      return part(offsetSteps, Math.max(end, offsetSteps + newSteps));
    }
    long from = Math.max(warmupSteps, offsetSteps);
    double factor = (double) (newSteps - warmupLeft) / (phaseSteps - warmupLeft);
    long toCome = Math.max(newSteps - warmupLeft, Math.round((end - from) * factor));
    // Rounded up, so that the rate never rises.
    long over = (long) Math.ceil(toCome * (double) (from - warmupSteps) / (end - from));
    return part(warmupLeft > 0 ? offsetSteps : warmupSteps + over, warmupSteps + over + toCome);
  }

  /**
   * Returns the rule of a phase that follows this rule's phase, which was the last: it goes on, and
   * what has decayed stays at the rate of its last step.
   *
   * @param phaseSteps length of this rule's phase
   * @param newSteps length of the phase after it
   */
  LearningRate after(long phaseSteps, long newSteps) {
    if (kind == LearningRateKind.EXPONENTIAL || kind == LearningRateKind.CONSTANT) {
      long over = offsetSteps + phaseSteps;
      return part(over, Math.max(totalSteps, over + newSteps));
    }
    double reached = at(phaseSteps - 1, phaseSteps);
    return constant(reached, reached, 0);
  }

  private LearningRate part(long offset, long total) {
    return new LearningRate(kind, peak, floor, warmupSteps, halfLifeSteps, offset, total);
  }

  /**
   * Returns the rate of a step, bit-identical on every machine.
   *
   * @param step step inside the phase, from 0; the floor of COSINE and LINEAR is reached where the
   *     rule ends, that is at {@code step == phaseSteps} if it is as long as the phase
   * @param phaseSteps length of the phase
   */
  public double at(long step, long phaseSteps) {
    if (step < 0 || step >= phaseSteps) {
      throw new IllegalArgumentException(
          "step must be in [0, phaseSteps): step=" + step + ", phaseSteps=" + phaseSteps);
    }
    long now = offsetSteps + step;
    // StrictMath: Math.cos and Math.pow may differ in the last bit between machines.
    if (kind == LearningRateKind.EXPONENTIAL) {
      return Math.max(floor, peak * StrictMath.pow(0.5, now / halfLifeSteps));
    }
    if (now < warmupSteps) {
      return floor + (peak - floor) * ((double) now / warmupSteps);
    }
    if (kind == LearningRateKind.CONSTANT) {
      return peak;
    }
    long end = totalSteps == 0 ? phaseSteps : totalSteps;
    double progress = (double) (now - warmupSteps) / (end - warmupSteps);
    return kind == LearningRateKind.LINEAR
        ? floor + (peak - floor) * (1 - progress)
        : floor + (peak - floor) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress));
  }

  static LearningRate from(dev.neostream.schemas.avro.LearningRate rate) {
    return new LearningRate(
        rate.getKind(),
        rate.getPeak(),
        rate.getFloor(),
        rate.getWarmupSteps(),
        rate.getHalfLifeSteps(),
        rate.getOffsetSteps(),
        rate.getTotalSteps());
  }

  dev.neostream.schemas.avro.LearningRate toAvro() {
    return new dev.neostream.schemas.avro.LearningRate(
        kind, peak, floor, warmupSteps, halfLifeSteps, offsetSteps, totalSteps);
  }
}
