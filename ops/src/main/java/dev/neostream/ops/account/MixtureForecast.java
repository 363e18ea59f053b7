package dev.neostream.ops.account;

import dev.neostream.tokens.mixture.MixturePlan;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What a plan will have taken of each domain when it ends. */
public final class MixtureForecast {

  private MixtureForecast() {}

  /**
   * One domain at the end of the plan, in tokens.
   *
   * @param weight share asked of it by the next step, among the domains that hold tokens; 0 if it
   *     holds none
   * @param available in blocks that are sealed by now
   * @param trained taken so far
   * @param ahead still to be taken
   */
  public record Domain(double weight, long available, long trained, long ahead) {

    /** Returns how often it will have been read through; NaN if it holds nothing. */
    public double epochs() {
      return available == 0 ? Double.NaN : (double) (trained + ahead) / available;
    }
  }

  /**
   * Returns the forecast for every domain that the plan asks or that holds tokens.
   *
   * @param plan the plan
   * @param nextStep first step that is not yet trained on
   * @param tokensAStep tokens that a step takes
   * @param available tokens by domain in sealed blocks; one without gives its share to the others
   * @param trained tokens by domain taken so far
   */
  public static Map<String, Domain> of(
      MixturePlan plan,
      long nextStep,
      long tokensAStep,
      Map<String, Long> available,
      Map<String, Long> trained) {
    Set<String> domains = new TreeSet<>(available.keySet());
    plan.phases().forEach(phase -> domains.addAll(phase.weights().keySet()));
    Predicate<String> holding = domain -> available.getOrDefault(domain, 0L) > 0;
    Map<String, Double> now =
        nextStep < plan.steps() ? plan.shares(nextStep, holding) : Map.<String, Double>of();
    Map<String, Double> ahead = plan.asked(nextStep, plan.steps(), holding);
    Map<String, Domain> forecast = new TreeMap<>();
    for (String domain : domains) {
      forecast.put(
          domain,
          new Domain(
              now.getOrDefault(domain, 0.0),
              available.getOrDefault(domain, 0L),
              trained.getOrDefault(domain, 0L),
              Math.round(ahead.getOrDefault(domain, 0.0) * tokensAStep)));
    }
    return forecast;
  }

  /**
   * Returns the domains that a step would wait for: asked, but without tokens.
   *
   * @param shared whether the others give the share of a domain that stays silent
   */
  public static List<String> waitedFor(
      Map<String, Double> weights, Map<String, Long> available, boolean shared) {
    List<String> asked =
        new TreeMap<>(weights).keySet().stream().filter(domain -> weights.get(domain) > 0).toList();
    List<String> empty =
        asked.stream().filter(domain -> available.getOrDefault(domain, 0L) == 0).toList();
    return shared && empty.size() < asked.size() ? List.of() : empty;
  }
}
