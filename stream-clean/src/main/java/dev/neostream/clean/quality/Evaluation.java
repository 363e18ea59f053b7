package dev.neostream.clean.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How well scores tell positives from negatives.
 *
 * @param positives number of texts that are positive
 * @param negatives number of texts that are not
 * @param auc probability that a positive scores above a negative, ties counting half (area under
 *     the ROC curve); 0.5 if a class is empty
 * @param thresholds 0.1 to 0.9 in tenths, then 0.96 (MAP-Neo's) and 0.99
 */
public record Evaluation(long positives, long negatives, double auc, List<AtThreshold> thresholds) {

  private static final double[] THRESHOLDS = {
    0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 0.99
  };

  /** What follows from taking all texts with a score above a threshold; 0 where undefined. */
  public record AtThreshold(double threshold, double precision, double recall, double f1) {}

  public Evaluation {
    thresholds = List.copyOf(thresholds);
  }

  /** Scores texts in UTF-8. Memory: four bytes a text. */
  public static Evaluation of(
      QualityModel model, Iterable<byte[]> positives, Iterable<byte[]> negatives) {
    return of(scores(model, positives), scores(model, negatives));
  }

  static Evaluation of(float[] positives, float[] negatives) {
    Arrays.sort(positives);
    Arrays.sort(negatives);
    var thresholds = new ArrayList<AtThreshold>();
    for (double threshold : THRESHOLDS) {
      long hits = above(positives, threshold);
      long taken = hits + above(negatives, threshold);
      thresholds.add(
          new AtThreshold(
              threshold,
              share(hits, taken),
              share(hits, positives.length),
              share(2 * hits, taken + positives.length)));
    }
    return new Evaluation(
        positives.length, negatives.length, auc(positives, negatives), thresholds);
  }

  private static double auc(float[] positives, float[] negatives) {
    double wins = 0;
    int below = 0;
    int notAbove = 0;
    for (float score : positives) {
      while (below < negatives.length && negatives[below] < score) {
        below++;
      }
      while (notAbove < negatives.length && negatives[notAbove] <= score) {
        notAbove++;
      }
      wins += (below + notAbove) / 2.0;
    }
    double pairs = (double) positives.length * negatives.length;
    return pairs == 0 ? 0.5 : wins / pairs;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private static long above(float[] scores, double threshold) {
    int count = 0;
    while (count < scores.length && scores[scores.length - 1 - count] > threshold) {
      count++;
    }
    return count;
  }

  private static float[] scores(QualityModel model, Iterable<byte[]> texts) {
    var scores = new float[16];
    int count = 0;
    for (byte[] text : texts) {
      if (count == scores.length) {
        scores = Arrays.copyOf(scores, 2 * count);
      }
      scores[count++] = model.score(text);
    }
    return Arrays.copyOf(scores, count);
  }
}
