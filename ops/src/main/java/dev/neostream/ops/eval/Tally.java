package dev.neostream.ops.eval;

import dev.neostream.ops.eval.EvalTask.Measure;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds up the n measures of a score. With amounts x, sizes b and R = sum x / sum b:
 *
 * <pre>
 *   value          = R
 *   standard error = sqrt(sum (x - R b)^2 / (n - 1)) / (sqrt(n) mean b)
 * </pre>
 *
 * <p>This is the ratio estimate of a simple random sample (Cochran, Sampling Techniques, 3rd ed.
 * 1977, section 2.11). Where every size is 1, as for accuracies, R is the mean and this the sample
 * standard error of the mean, which lm-evaluation-harness shows ({@code mean_stderr}); for bits per
 * byte it counts documents, not bytes, as what was drawn.
 */
final class Tally {

  private final List<Measure> measures = new ArrayList<>();

  void add(Measure measure) {
    measures.add(measure);
  }

  Score score(String metric, String group) {
    int n = measures.size();
    double size = measures.stream().mapToDouble(Measure::size).sum();
    double value = measures.stream().mapToDouble(Measure::amount).sum() / size;
    double squares =
        measures.stream().mapToDouble(m -> Math.pow(m.amount() - value * m.size(), 2)).sum();
    double error = n == 1 ? Double.NaN : Math.sqrt(squares / (n - 1)) / (Math.sqrt(n) * (size / n));
    double chance = measures.stream().mapToDouble(m -> m.chance() * m.size()).sum() / size;
    return new Score(metric, group, n, value, error, chance);
  }
}
