package dev.neostream.ops.account;

import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.Phase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a plan will have taken of each domain when it ends. */
public final class MixtureForecast {

  private MixtureForecast() {}

  /**
   * One domain at the end of the plan, in tokens.
   *
   * @param weight share asked of it in the phase of the next step, among the domains that hold
   *     tokens; 0 if it holds none
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
   * @param plan weights and lengths of all phases
   * @param nextStep first step that is not yet trained on
   * @param tokensAStep tokens that a step takes
   * @param available tokens by domain in sealed blocks; one without gives its share to the others
   * @param trained tokens by domain taken so far
   */
  public static Map<String, Domain> of(
      MixtureUpdate plan,
      long nextStep,
      long tokensAStep,
      Map<String, Long> available,
      Map<String, Long> trained) {
    Set<String> domains = new TreeSet<>(available.keySet());
    plan.getPhases().forEach(phase -> domains.addAll(phase.getWeights().keySet()));
    Map<String, Double> now = Map.of();
    Map<String, Double> ahead = new TreeMap<>();
    long start = 0;
    for (Phase phase : plan.getPhases()) {
      long end = start + phase.getSteps();
      Map<String, Double> shares = shares(phase.getWeights(), available);
      if (start <= nextStep && nextStep < end) {
        now = shares;
      }
      double tokens = (double) Math.max(0, end - Math.max(start, nextStep)) * tokensAStep;
      shares.forEach((domain, share) -> ahead.merge(domain, share * tokens, Double::sum));
      start = end;
    }
    Map<String, Domain> forecast = new TreeMap<>();
    for (String domain : domains) {
      forecast.put(
          domain,
          new Domain(
              now.getOrDefault(domain, 0.0),
              available.getOrDefault(domain, 0L),
              trained.getOrDefault(domain, 0L),
              Math.round(ahead.getOrDefault(domain, 0.0))));
    }
    return forecast;
  }

  private static Map<String, Double> shares(
      Map<String, Double> weights, Map<String, Long> available) {
    Map<String, Double> shares = new TreeMap<>(weights);
    shares.keySet().removeIf(domain -> available.getOrDefault(domain, 0L) == 0);
    double sum = shares.values().stream().mapToDouble(weight -> weight).sum();
    shares.replaceAll((domain, weight) -> sum > 0 ? weight / sum : 0);
    return shares;
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
