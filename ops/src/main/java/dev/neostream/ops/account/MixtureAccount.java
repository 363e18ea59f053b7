package dev.neostream.ops.account;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.Phase;
import dev.neostream.schemas.avro.TrainBatch;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Rows asked of each domain and delivered, under one plan version and phase; it begins again with
 * each of them. What was owed when it began is delivered too, so that the two differ by the debts
 * of both ends. Not thread-safe.
 */
public final class MixtureAccount {

  private int planVersion;
  private String phase = "";
  private long fromStep;
  private Map<String, Double> weights = Map.of();
  private final Map<String, Double> asked = new TreeMap<>();
  private final Map<String, Long> delivered = new TreeMap<>();

  /**
   * Adds a step.
   *
   * @param plan plan that the batch was made under
   * @param domains domains that hold blocks: one without has ended empty, and its share goes to the
   *     others in proportion
   * @throws IllegalStateException if the plan has no such phase
   */
  public void add(TrainBatch batch, MixtureUpdate plan, Set<String> domains) {
    if (batch.getPlanVersion() != planVersion || !batch.getPhase().equals(phase)) {
      planVersion = batch.getPlanVersion();
      phase = batch.getPhase();
      fromStep = batch.getStep();
      weights = normalised(plan, phase, domains);
      asked.clear();
      delivered.clear();
    }
    weights.forEach(
        (domain, weight) -> asked.merge(domain, weight * batch.getRows().size(), Double::sum));
    for (BatchRow row : batch.getRows()) {
      delivered.merge(row.getDomain(), 1L, Long::sum);
    }
  }

  private static Map<String, Double> normalised(
      MixtureUpdate plan, String phase, Set<String> domains) {
    for (Phase candidate : plan.getPhases()) {
      if (candidate.getName().equals(phase)) {
        var weights = new TreeMap<>(candidate.getWeights());
        weights.keySet().retainAll(domains);
        double sum = weights.values().stream().mapToDouble(w -> w).sum();
        weights.replaceAll((domain, weight) -> weight / sum);
        return weights;
      }
    }
    throw new IllegalStateException(
        "a batch's phase must be in its plan: plan=" + plan.getVersion() + ", phase=" + phase);
  }

  /** Returns the version of the plan of the last step added; 0 before the first. */
  public int planVersion() {
    return planVersion;
  }

  /** Returns the first step of the account. */
  public long fromStep() {
    return fromStep;
  }

  /** Returns the share of tokens asked of each domain; they sum to 1. */
  public Map<String, Double> weights() {
    return Map.copyOf(weights);
  }

  /** Returns the rows asked of each domain. */
  public Map<String, Double> asked() {
    return new TreeMap<>(asked);
  }

  /** Returns the rows delivered of each domain. */
  public Map<String, Long> delivered() {
    return new TreeMap<>(delivered);
  }
}
