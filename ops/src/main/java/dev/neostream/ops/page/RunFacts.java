package dev.neostream.ops.page;

import dev.neostream.tokens.mixture.MixturePlan;
import java.util.List;

/**
 * What does not change while a run runs.
 *
 * @param name name of the run
 * @param domains domains of its mixture
 * @param rows sequences a step
 * @param sequenceLength tokens a sequence
 * @param sharesSilence whether the others give the share of a domain that falls silent
 * @param firstPlan plan that the run begins with
 */
public record RunFacts(
    String name,
    List<String> domains,
    int rows,
    int sequenceLength,
    boolean sharesSilence,
    MixturePlan firstPlan) {

  public RunFacts {
    domains = List.copyOf(domains);
  }

  /** Returns the tokens that a step takes. */
  long tokensAStep() {
    return (long) rows * sequenceLength;
  }
}
