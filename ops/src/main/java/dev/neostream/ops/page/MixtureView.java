package dev.neostream.ops.page;

import dev.neostream.ops.account.MixtureForecast;
import dev.neostream.ops.monitor.Status;
import dev.neostream.tokens.mixture.MixturePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The answer of {@code /api/mixture} and its preview: what a plan asks now and what it will have
 * taken when it ends.
 *
 * @param version of the plan in force, which a change must name
 * @param phase phase of the next step
 * @param phaseEnds first step after it
 * @param rampEnds first step that asks the phase's own weights, or -1 if the next step does
 * @param steps length of the run
 * @param domains in name order
 */
record MixtureView(
    int version, String phase, long phaseEnds, long rampEnds, long steps, List<Domain> domains) {

  /**
   * One domain.
   *
   * @param weight share asked of it by the next step, whether it holds tokens or not
   * @param share what it gives of that, since domains without tokens leave theirs to the others
   * @param available tokens in sealed blocks
   * @param trained tokens taken so far
   * @param ahead tokens still to be taken
   * @param epochs how often it will have been read through; NaN if it holds nothing
   */
  record Domain(
      String domain,
      double weight,
      double share,
      long available,
      long trained,
      long ahead,
      double epochs) {}

  /**
   * Returns the view of a plan.
   *
   * @param version version in force
   * @param plan that plan, or a candidate
   */
  static MixtureView of(RunFacts facts, Status status, int version, MixturePlan plan) {
    long next = nextStep(status, plan);
    Map<String, Long> available = new HashMap<>();
    for (String domain : facts.domains()) {
      available.put(domain, status.blocks().getOrDefault(domain, 0L) * facts.sequenceLength());
    }
    Map<String, MixtureForecast.Domain> forecast =
        MixtureForecast.of(
            plan,
            status.training().step() + 1,
            facts.tokensAStep(),
            available,
            status.training().tokensByDomain());
    Map<String, Double> shares = plan.shares(next, domain -> true);
    List<Domain> domains = new ArrayList<>();
    forecast.forEach(
        (name, domain) ->
            domains.add(
                new Domain(
                    name,
                    shares.getOrDefault(name, 0.0),
                    domain.weight(),
                    domain.available(),
                    domain.trained(),
                    domain.ahead(),
                    domain.epochs())));
    return new MixtureView(
        version,
        plan.phaseAt(next).name(),
        plan.phaseStart(next) + plan.phaseAt(next).steps(),
        plan.inRamp(next) ? plan.phaseStart(next) + plan.phaseAt(next).ramp() : -1,
        plan.steps(),
        domains);
  }

  /** Returns the step that is next, or the last one if the plan is over. */
  static long nextStep(Status status, MixturePlan plan) {
    return Math.min(status.training().step() + 1, plan.steps() - 1);
  }
}
