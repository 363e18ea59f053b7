package dev.neostream.clean.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class EvaluationTest {

  @Test
  void countsPairsForTheAuc() {
    // Of six pairs three are won, one is a tie.
    Evaluation evaluation = evaluate(new float[] {0.9f, 0.4f}, new float[] {0.8f, 0.4f, 0.6f});
    assertEquals(3.5 / 6, evaluation.auc(), 1e-9);
    assertEquals(0.5, evaluate(new float[0], new float[] {1}).auc());
  }

  @Test
  void measuresWhatIsAboveAThreshold() {
    Evaluation evaluation =
        evaluate(new float[] {0.95f, 0.75f, 0.2f, 0.55f}, new float[] {0.6f, 0.1f});
    Evaluation.AtThreshold half = evaluation.thresholds().get(4);
    assertEquals(0.5, half.threshold());
    assertEquals(3 / 4.0, half.precision(), 1e-9);
    assertEquals(3 / 4.0, half.recall(), 1e-9);
    assertEquals(3 / 4.0, half.f1(), 1e-9);
    Evaluation.AtThreshold highest = evaluation.thresholds().get(10);
    assertEquals(0, highest.precision());
    assertEquals(0, highest.recall());
  }

  private static Evaluation evaluate(float[] positives, float[] negatives) {
    return Evaluation.of(positives, negatives);
  }
}
