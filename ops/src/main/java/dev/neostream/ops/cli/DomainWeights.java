package dev.neostream.ops.cli;

import dev.neostream.ops.Nearest;
import dev.neostream.ops.UserError;
import dev.neostream.ops.account.MixtureForecast;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.tokens.mixture.WhenSilent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Weights of domains as a user gives them, and what must hold of them. */
final class DomainWeights {

  /** The option that gives weights. */
  static final String OPTION = "--weights";

  private DomainWeights() {}

  /** Returns the weights of {@code --weights}. */
  static Map<String, Double> given(List<String> given) {
    var weights = new TreeMap<>(NamedNumbers.of(OPTION, "DOMAIN=WEIGHT", given));
    requireSharing(weights);
    return weights;
  }

  private static void requireSharing(Map<String, Double> weights) {
    weights.forEach(
        (domain, weight) ->
            OptionRule.require(
                weight >= 0, OPTION, "DOMAIN=WEIGHT, not negative", domain + "=" + weight));
    OptionRule.require(
        weights.values().stream().anyMatch(weight -> weight > 0),
        OPTION,
        "above 0 for at least one domain",
        weights);
  }

  /** Refuses domains that the run has not; {@code place} is what gave the weights. */
  static void requireDomains(String place, Map<String, Double> weights, List<String> domains) {
    for (String domain : weights.keySet()) {
      if (!domains.contains(domain)) {
        throw UserError.usage(
            place
                + " must name domains of the run: domain="
                + domain
                + ", domains="
                + domains
                + Nearest.to(domain, domains)
                    .map(near -> "; did you mean " + near + "?")
                    .orElse(""));
      }
    }
  }

  /** Refuses weights that would stop training without a word: a step waits for its tokens. */
  static void requireTokens(
      String place, Map<String, Double> weights, RunFolder folder, WhenSilent whenSilent) {
    Map<String, Long> blocks =
        folder.read(folder.status(), Status.class).map(Status::blocks).orElse(Map.of());
    List<String> empty = MixtureForecast.waitedFor(weights, blocks, whenSilent != WhenSilent.WAIT);
    if (!empty.isEmpty()) {
      throw UserError.usage(
          place
              + " must be of domains that hold tokens, or training waits for some: without="
              + empty
              + ", asked="
              + weights.keySet().stream().filter(domain -> weights.get(domain) > 0).toList()
              + "; leave these out, or add --wait");
    }
  }
}
