package dev.neostream.ops.account;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.mixture.MixturePlan;
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
  private MixturePlan inForce;
  private Map<String, Double> shares = Map.of();
  private final Map<String, Double> asked = new TreeMap<>();
  private final Map<String, Long> delivered = new TreeMap<>();

  /**
   * Adds a step.
   *
   * @param plan plan that the batch was made under
   * @param domains domains that hold blocks: one without has ended empty, and its share goes to the
   *     others in proportion
   * @throws IllegalStateException if that is not the phase of the step in the plan
   */
  public void add(TrainBatch batch, MixtureUpdate plan, Set<String> domains) {
    if (batch.getPlanVersion() != planVersion || !batch.getPhase().equals(phase)) {
      planVersion = batch.getPlanVersion();
      phase = batch.getPhase();
      fromStep = batch.getStep();
      inForce = MixturePlan.from(plan);
      asked.clear();
      delivered.clear();
    }
    if (!inForce.phaseAt(batch.getStep()).name().equals(phase)) {
      throw new IllegalStateException(
          "a batch's phase must be that of its step in its plan: plan="
              + planVersion
              + ", step="
              + batch.getStep()
              + ", phase="
              + phase);
    }
    shares = inForce.shares(batch.getStep(), domains::contains);
    shares.keySet().retainAll(domains);
    shares.forEach(
        (domain, share) -> asked.merge(domain, share * batch.getRows().size(), Double::sum));
    for (BatchRow row : batch.getRows()) {
      delivered.merge(row.getDomain(), 1L, Long::sum);
    }
  }

  /** Returns the version of the plan of the last step added; 0 before the first. */
  public int planVersion() {
    return planVersion;
  }

  /** Returns the first step of the account. */
  public long fromStep() {
    return fromStep;
  }

  /** Returns the share of tokens that the last step added asks of each domain; they sum to 1. */
  public Map<String, Double> weights() {
    return Map.copyOf(shares);
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
