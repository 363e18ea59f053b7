package dev.neostream.tokens.mixture;

import dev.neostream.schemas.avro.MixtureUpdate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * All phases of a run, in order; step 0 is the first of the first phase.
 *
 * @param phases at least one, names unique
 */
public record MixturePlan(List<Phase> phases) {

  // MAP-Neo: 3,726 B tokens in the fundamental phase, 778 B in the decay phase.
  private static final long FUNDAMENTAL_TOKENS = 3726;
  private static final long DECAY_TOKENS = 778;
  // MAP-Neo: 2,000 of about 365,000 steps of the fundamental phase are warm-up.
  private static final double WARMUP_SHARE = 2_000 / 365_000.0;

  public MixturePlan {
    phases = List.copyOf(phases);
    if (phases.isEmpty()) {
      throw new IllegalArgumentException("a plan must have at least one phase");
    }
    Set<String> names = new HashSet<>();
    long steps = 0;
    for (Phase phase : phases) {
      if (!names.add(phase.name())) {
        throw new IllegalArgumentException("phase names must be unique: phase=" + phase.name());
      }
      if (steps > Long.MAX_VALUE - phase.steps()) {
        throw new IllegalArgumentException("the plan's steps must fit 64 bits: " + phases);
      }
      steps += phase.steps();
    }
    if (phases.get(0).ramp() > 0) {
      throw new IllegalArgumentException(
          "the first phase must have no ramp, since no weights are before it: phase="
              + phases.get(0).name()
              + ", ramp="
              + phases.get(0).ramp());
    }
  }

  /**
   * Returns the original's two phases scaled to a number of steps: tokens 3,726 : 778, learning
   * rate 2e-4 with floor 2e-5, warm-up 2,000 / 365,000 of the first phase, half-life half of the
   * second (MAP-Neo, arXiv 2405.19327).
   *
   * <p>Decay asks en.web 74.5 %, zh.web 8.5 %, code 17 %. Fundamental asks code 14.77 %; how the
   * rest was split between the languages is not published, so it is split as in the decay phase.
   *
   * @param steps length of the run, {@code >= 2}
   */
  public static MixturePlan neo(long steps) {
    long fundamental = fundamentalSteps(steps);
    return twoPhases(steps, 2e-4, 2e-5, Math.max(1, Math.round(fundamental * WARMUP_SHARE)));
  }

  /**
   * Returns the same two phases for a model of some million parameters: a higher learning rate
   * (3e-3 works), floor a tenth of it, warm-up a tenth of the first phase.
   *
   * @param steps length of the run, {@code >= 2}
   * @param peak highest learning rate
   */
  public static MixturePlan demo(long steps, double peak) {
    return twoPhases(steps, peak, peak / 10, fundamentalSteps(steps) / 10);
  }

  private static MixturePlan twoPhases(long steps, double peak, double floor, long warmupSteps) {
    long fundamental = fundamentalSteps(steps);
    long decay = steps - fundamental;
    double text = (1 - 0.1477) / (0.745 + 0.085);
    return new MixturePlan(
        List.of(
            new Phase(
                "fundamental",
                fundamental,
                new TreeMap<>(
                    Map.of("code", 0.1477, "en.web", text * 0.745, "zh.web", text * 0.085)),
                LearningRate.cosine(peak, floor, warmupSteps)),
            new Phase(
                "decay",
                decay,
                new TreeMap<>(Map.of("code", 0.17, "en.web", 0.745, "zh.web", 0.085)),
                LearningRate.exponential(peak, floor, decay / 2.0))));
  }

  private static long fundamentalSteps(long steps) {
    if (steps < 2) {
      throw new IllegalArgumentException("two phases need at least two steps: steps=" + steps);
    }
    long rounded =
        Math.round((double) steps * FUNDAMENTAL_TOKENS / (FUNDAMENTAL_TOKENS + DECAY_TOKENS));
    return Math.min(rounded, steps - 1);
  }

  /** Returns the length of the run in steps. */
  public long steps() {
    return phases.stream().mapToLong(Phase::steps).sum();
  }

  /**
   * Returns the phase of a step.
   *
   * @throws IllegalArgumentException if the step is outside the plan
   */
  public Phase phaseAt(long step) {
    return phases.get(indexAt(step));
  }

  /** Returns the first step of the phase of a step. */
  public long phaseStart(long step) {
    return phases.subList(0, indexAt(step)).stream().mapToLong(Phase::steps).sum();
  }

  /** Returns whether the shares of a step are on their way from the phase before to its own. */
  public boolean inRamp(long step) {
    return step - phaseStart(step) < phaseAt(step).ramp();
  }

  /**
   * Returns the phase before that of a step.
   *
   * @throws IllegalArgumentException if the step is in the first phase
   */
  Phase phaseBefore(long step) {
    int index = indexAt(step);
    if (index == 0) {
      throw new IllegalArgumentException("the first phase has none before it: step=" + step);
    }
    return phases.get(index - 1);
  }

  /**
   * Returns the share asked of each domain at a step, ramps included; they sum to 1. {@link
   * PlannedShares} has them in whole units, as rows are made by.
   *
   * @param holding domains that hold tokens, see {@link #asked}
   */
  public SortedMap<String, Double> shares(long step, Predicate<String> holding) {
    return asked(step, step + 1, holding);
  }

  /**
   * Returns what some steps ask of each domain in steps: the sums of their shares.
   *
   * @param from first step
   * @param to first step after them
   * @param holding domains that hold tokens: the others' shares are 0; a ramp with a side of which
   *     none does is as its other side
   */
  public SortedMap<String, Double> asked(long from, long to, Predicate<String> holding) {
    var asked = new TreeMap<String, Double>();
    long start = 0;
    Phase before = phases.get(0);
    for (Phase phase : phases) {
      long level = start + phase.ramp();
      long first = Math.max(from, start);
      long last = Math.min(to, level);
      if (first < last) {
        // Shares are linear in the step: those of the mean step, as often as there are steps.
        double way = ((first - start) + (last - 1 - start)) / 2.0 / phase.ramp();
        boolean own = phase.holdsAny(holding);
        way = own && before.holdsAny(holding) ? way : own ? 1 : 0;
        add(asked, before.shares(holding), (last - first) * (1 - way));
        add(asked, phase.shares(holding), (last - first) * way);
      }
      first = Math.max(from, level);
      last = Math.min(to, start + phase.steps());
      if (first < last) {
        add(asked, phase.shares(holding), last - first);
      }
      start += phase.steps();
      before = phase;
    }
    return asked;
  }

  private static void add(Map<String, Double> asked, Map<String, Double> shares, double steps) {
    shares.forEach((domain, share) -> asked.merge(domain, share * steps, Double::sum));
  }

  /** Returns the learning rate of a step. */
  public double learningRate(long step) {
    Phase phase = phaseAt(step);
    return phase.learningRate().at(step - phaseStart(step), phase.steps());
  }

  /** Returns the number of the phase of a step. */
  int indexAt(long step) {
    long end = 0;
    for (int i = 0; i < phases.size(); i++) {
      end += phases.get(i).steps();
      if (step >= 0 && step < end) {
        return i;
      }
    }
    throw new IllegalArgumentException("step must be in [0, " + end + "): step=" + step);
  }

  /**
   * Returns this plan with other weights in the phase of a step, without a ramp; later phases keep
   * theirs.
   */
  public MixturePlan withWeights(long step, Map<String, Double> weights) {
    var changed = new ArrayList<>(phases);
    Phase phase = phaseAt(step);
    changed.set(
        indexAt(step),
        new Phase(phase.name(), phase.steps(), new TreeMap<>(weights), phase.learningRate()));
    return new MixturePlan(changed);
  }

  /**
   * Returns a plan that is as this one before the phase of a step, and from that phase on as
   * another: from its phase of the same name, or else from the step that the phase begins with.
   *
   * @throws IllegalArgumentException if the other ends before that phase
   */
  public MixturePlan continuedAs(MixturePlan other, long step) {
    return PlanRevision.continued(this, other, step);
  }

  /** Returns why the plan cannot run on these domains, or empty. */
  public Optional<String> problemWith(Set<String> domains) {
    for (Phase phase : phases) {
      for (String domain : phase.weights().keySet()) {
        if (!domains.contains(domain)) {
          return Optional.of(
              "domain must be one of "
                  + domains
                  + ": phase="
                  + phase.name()
                  + ", domain="
                  + domain);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Returns why the plan cannot replace another at a step, or empty. Phases that are over must stay
   * as they were, and the plan must not end before the step.
   *
   * @param current plan in force
   * @param nextStep first step the new plan would decide
   * @param afterEnd whether it may follow the last step of the plan in force
   */
  public Optional<String> problemReplacing(MixturePlan current, long nextStep, boolean afterEnd) {
    boolean over = nextStep >= current.steps();
    if (over && !afterEnd) {
      return Optional.of(
          "the run must not be over: its last step " + (current.steps() - 1) + " has been emitted");
    }
    long end = 0;
    for (int i = 0; end <= nextStep && i < current.phases.size(); i++) {
      Phase old = current.phases.get(i);
      end += old.steps();
      if (end <= nextStep && (i >= phases.size() || !phases.get(i).equals(old))) {
        return Optional.of(
            "a phase that is over must stay as it was: phase="
                + old.name()
                + ", ended before step "
                + end
                + ", next step "
                + nextStep);
      }
    }
    int inForce = over ? current.phases.size() : current.indexAt(nextStep);
    long start = over ? current.steps() : current.phaseStart(nextStep);
    if (inForce < phases.size() && start + phases.get(inForce).steps() < nextStep) {
      return Optional.of(
          "the phase in force must not end in the past: phase="
              + phases.get(inForce).name()
              + ", end="
              + (start + phases.get(inForce).steps())
              + ", next step "
              + nextStep);
    }
    if (steps() <= nextStep) {
      return Optional.of(
          "the plan must reach beyond the next step: steps=" + steps() + ", next step " + nextStep);
    }
    return Optional.empty();
  }

  /**
   * Returns the plan in a proposal.
   *
   * @throws IllegalArgumentException if the proposal is not a valid plan
   */
  public static MixturePlan from(MixtureUpdate update) {
    return new MixturePlan(update.getPhases().stream().map(Phase::from).toList());
  }

  /**
   * Returns the proposal that this plan replace another.
   *
   * @param expectedVersion version it replaces, 0 for the first
   * @param author who asks
   * @param reason why
   * @param proposedAt when, milliseconds since the epoch
   */
  public MixtureUpdate toUpdate(
      int expectedVersion, String author, String reason, long proposedAt) {
    return new MixtureUpdate(
        expectedVersion + 1,
        expectedVersion,
        author,
        reason,
        proposedAt,
        phases.stream().map(Phase::toAvro).toList(),
        false);
  }
}
