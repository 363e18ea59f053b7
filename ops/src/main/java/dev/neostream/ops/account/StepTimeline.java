package dev.neostream.ops.account;

import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The training steps of a run as at most {@value #MOST} points, however long it runs: when there
 * are more, every two neighbours become one. Not thread-safe.
 */
public final class StepTimeline {

  /** Points; more than a screen has columns for. */
  public static final int MOST = 512;

  /**
   * Some steps in a row.
   *
   * @param from first step
   * @param to last step
   * @param learningRate of the last step
   * @param loss mean, nats a token
   * @param gradientNorm mean, before clipping
   * @param tokensPerSecond tokens by time in steps
   * @param syncShare part of that time spent waiting for the all-reduce
   * @param lossByDomain mean over the domain's tokens
   * @param delivered share of each domain among the rows
   * @param asked share that was asked of each domain, mean over steps
   */
  public record Point(
      long from,
      long to,
      double learningRate,
      double loss,
      double gradientNorm,
      double tokensPerSecond,
      double syncShare,
      Map<String, Double> lossByDomain,
      Map<String, Double> delivered,
      Map<String, Double> asked) {}

  private final List<Sum> sums = new ArrayList<>();
  private long width = 1;

  /**
   * Adds the next step.
   *
   * @param asked share asked of each domain in this step
   */
  public void add(StepReport step, Map<String, Double> asked) {
    var next = new Sum(step, asked);
    if (!sums.isEmpty() && next.from / width == last().from / width) {
      last().add(next);
      return;
    }
    sums.add(next);
    if (sums.size() > MOST) {
      width *= 2;
      mergeNeighbours();
    }
  }

  private Sum last() {
    return sums.get(sums.size() - 1);
  }

  private void mergeNeighbours() {
    var merged = new ArrayList<Sum>(MOST);
    for (Sum sum : sums) {
      Sum before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (before != null && before.from / width == sum.from / width) {
        before.add(sum);
      } else {
        merged.add(sum);
      }
    }
    sums.clear();
    sums.addAll(merged);
  }

  /** Returns the points so far, in order. */
  public List<Point> points() {
    return sums.stream().map(Sum::point).toList();
  }

  private static final class Sum {

    private final long from;
    private final Map<String, Double> nats = new TreeMap<>();
    private final Map<String, Double> tokensOf = new TreeMap<>();
    private final Map<String, Double> rows = new TreeMap<>();
    private final Map<String, Double> asked;
    private long to;
    private long steps = 1;
    private double learningRate;
    private double loss;
    private double gradientNorm;
    private double tokens;
    private double seconds;
    private double syncSeconds;

    Sum(StepReport step, Map<String, Double> asked) {
      from = step.getStep();
      to = from;
      learningRate = step.getLearningRate();
      loss = step.getLoss();
      gradientNorm = step.getGradientNorm();
      tokens = step.getTokens();
      seconds = step.getStepSeconds();
      syncSeconds = step.getSyncSeconds();
      for (DomainLoss domain : step.getDomains()) {
        nats.put(domain.getDomain(), domain.getLoss() * domain.getTokens());
        tokensOf.put(domain.getDomain(), (double) domain.getTokens());
        rows.put(domain.getDomain(), (double) domain.getRows());
      }
      this.asked = new TreeMap<>(asked);
    }

    void add(Sum next) {
      to = next.to;
      steps += next.steps;
      learningRate = next.learningRate;
      loss += next.loss;
      gradientNorm += next.gradientNorm;
      tokens += next.tokens;
      seconds += next.seconds;
      syncSeconds += next.syncSeconds;
      next.nats.forEach((domain, value) -> nats.merge(domain, value, Double::sum));
      next.tokensOf.forEach((domain, value) -> tokensOf.merge(domain, value, Double::sum));
      next.rows.forEach((domain, value) -> rows.merge(domain, value, Double::sum));
      next.asked.forEach((domain, value) -> asked.merge(domain, value, Double::sum));
    }

    Point point() {
      var losses = new TreeMap<String, Double>();
      nats.forEach((domain, sum) -> losses.put(domain, sum / tokensOf.get(domain)));
      double allRows = rows.values().stream().mapToDouble(n -> n).sum();
      return new Point(
          from,
          to,
          learningRate,
          loss / steps,
          gradientNorm / steps,
          seconds > 0 ? tokens / seconds : 0,
          seconds > 0 ? syncSeconds / seconds : 0,
          losses,
          over(rows, allRows),
          over(asked, steps));
    }

    private static Map<String, Double> over(Map<String, Double> sums, double whole) {
      var shares = new TreeMap<String, Double>();
      sums.forEach((domain, sum) -> shares.put(domain, sum / whole));
      return shares;
    }
  }
}
