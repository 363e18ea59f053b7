package dev.neostream.ops.account;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was asked of each domain and what was trained on, under every plan and phase that a run has
 * had. Not thread-safe.
 */
public final class MixtureLedger {

  /**
   * One domain under one plan and phase.
   *
   * @param plan version of the plan
   * @param fromStep first step of the phase under this plan
   * @param toStep last step of it that was trained
   * @param asked rows asked; what was owed when it began is delivered too
   * @param rows rows trained on, each a block
   * @param tokens tokens trained on
   * @param epochs times that the domain had been read through before its latest row
   * @param loss mean over its tokens, nats; NaN if it had none
   */
  public record Entry(
      int plan,
      String phase,
      long fromStep,
      long toStep,
      String domain,
      double asked,
      long rows,
      long tokens,
      int epochs,
      double loss) {}

  private record Stretch(int plan, String phase, long fromStep) {}

  /** Sums over a stretch. */
  private static final class Sums {
    private long toStep;
    private Map<String, Double> asked = Map.of();
    private Map<String, Long> rows = Map.of();
    private final Map<String, Long> tokens = new TreeMap<>();
    private final Map<String, Double> loss = new TreeMap<>();
    private final Map<String, Integer> epochs = new TreeMap<>();
  }

  private final MixtureAccount account = new MixtureAccount();
  private final List<Stretch> stretches = new ArrayList<>();
  private final List<Sums> sums = new ArrayList<>();

  /**
   * Adds a step that was trained.
   *
   * @param plan plan that the batch was made under
   * @param domains domains that hold blocks
   * @throws IllegalArgumentException if report and batch are of different steps
   */
  public void add(StepReport report, TrainBatch batch, MixtureUpdate plan, Set<String> domains) {
    if (report.getStep() != batch.getStep()) {
      throw new IllegalArgumentException(
          "a report must be of its batch's step: report=%d, batch=%d"
              .formatted(report.getStep(), batch.getStep()));
    }
    account.add(batch, plan, domains);
    var stretch = new Stretch(account.planVersion(), batch.getPhase(), account.fromStep());
    if (stretches.isEmpty() || !stretches.get(stretches.size() - 1).equals(stretch)) {
      stretches.add(stretch);
      sums.add(new Sums());
    }
    Sums sum = sums.get(sums.size() - 1);
    sum.toStep = batch.getStep();
    sum.asked = account.asked();
    sum.rows = account.delivered();
    for (BatchRow row : batch.getRows()) {
      sum.epochs.merge(row.getDomain(), row.getEpoch(), Math::max);
    }
    for (DomainLoss domain : report.getDomains()) {
      sum.tokens.merge(domain.getDomain(), domain.getTokens(), Long::sum);
      sum.loss.merge(domain.getDomain(), domain.getLoss() * domain.getTokens(), Double::sum);
    }
  }

  /** Returns an entry a domain that was asked for or trained on, stretch by stretch. */
  public List<Entry> entries() {
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < stretches.size(); i++) {
      Stretch stretch = stretches.get(i);
      Sums sum = sums.get(i);
      var domains = new TreeSet<>(sum.asked.keySet());
      domains.addAll(sum.rows.keySet());
      for (String domain : domains) {
        long tokens = sum.tokens.getOrDefault(domain, 0L);
        entries.add(
            new Entry(
                stretch.plan,
                stretch.phase,
                stretch.fromStep,
                sum.toStep,
                domain,
                sum.asked.getOrDefault(domain, 0.0),
                sum.rows.getOrDefault(domain, 0L),
                tokens,
                sum.epochs.getOrDefault(domain, 0),
                tokens == 0 ? Double.NaN : sum.loss.get(domain) / tokens));
      }
    }
    return entries;
  }
}
