package dev.neostream.ops.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.eval.EvalTask.Measure;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TallyTest {

  private static Score score(double[]... measures) {
    var tally = new Tally();
    for (double[] m : measures) {
      tally.add(new Measure(m[0], m[1], m[2]));
    }
    return tally.score("acc", "g");
  }

  @Test
  void shouldHaveTheStandardErrorOfAMean() {
    Score score =
        score(
            new double[] {1, 1, .25},
            new double[] {1, 1, .25},
            new double[] {1, 1, .25},
            new double[] {0, 1, .5});

    // Deviations 1/4, 1/4, 1/4, -3/4: squares 12/16, by n - 1 is 1/4; sqrt(1/4) / sqrt(4).
    assertEquals(new Score("acc", "g", 4, .75, .25, .3125), score);
  }

  @Test
  void shouldHaveTheStandardErrorOfARatio() {
    Score score = score(new double[] {6, 2, 8}, new double[] {4, 3, 8}, new double[] {10, 5, 8});

    // R = 20/10; deviations 6 - 4, 4 - 6, 10 - 10: squares 8, by 2 is 4; 2 / (sqrt 3 * 10/3).
    assertEquals(2, score.value());
    assertEquals(2 / (Math.sqrt(3) * 10 / 3), score.standardError(), 1e-15);
    assertEquals(8, score.chance());
  }

  @Test
  void shouldNotKnowHowSureASingleQuestionIs() {
    Score score = score(new double[] {1, 1, .5});

    assertEquals(1, score.value());
    assertTrue(Double.isNaN(score.standardError()));
  }

  /** 2,000 evaluations of 200 documents: what the formula says is how far they lie apart. */
  @Test
  void shouldSayHowFarRatiosOfSamplesLieApart() {
    var random = new SplittableRandom(5);
    int draws = 2_000;
    double[] values = new double[draws];
    double said = 0;
    for (int draw = 0; draw < draws; draw++) {
      var tally = new Tally();
      for (int i = 0; i < 200; i++) {
        double bytes = 10 + random.nextInt(90);
        tally.add(new Measure(bytes * (1 + random.nextDouble()), bytes, 8));
      }
      Score score = tally.score("bits_per_byte", "");
      values[draw] = score.value();
      said += score.standardError() / draws;
    }
    double mean = 0;
    for (double value : values) {
      mean += value / draws;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }

    // A standard deviation of 2,000 draws is itself known to 1 / sqrt(2 * 2,000), 1.6 %.
    assertEquals(1, said / Math.sqrt(squares / (draws - 1)), .05);
  }
}
