package dev.neostream.clean.quality;

import java.util.Iterator;

/**
 * Trains a {@link QualityModel} by stochastic gradient descent on the logistic loss, with the step
 * of each weight scaled by its past gradients (AdaGrad, Duchi et al. 2011).
 *
 * <p>The two classes are visited in turn, in proportion to their sizes and in the given order, and
 * weigh the same in total. A text is held out by its own hash: equal texts fall on the same side,
 * whatever else there is. One thread; the same texts in the same order and the same settings give
 * the same model, bit for bit.
 *
 * <p>Memory: eight bytes a bucket and four a held-out text; texts are read again for each epoch.
 *
 * @param ngrams longest n-gram, 1..8 tokens
 * @param bucketBits logarithm of the number of weights, 8..26
 * @param epochs how often every text is visited, at least 1
 * @param learningRate first step, above 0
 * @param heldOut share of texts that only the evaluation sees, in [0, 1)
 * @param seed of the hash
 */
public record QualityTrainer(
    int ngrams, int bucketBits, int epochs, double learningRate, double heldOut, long seed) {

  /** Keeps the first steps of rare n-grams finite. */
  private static final double EPSILON = 1e-4;

  /** A model and how well it does on the texts that were held out. */
  public record Trained(QualityModel model, Evaluation heldOut) {}

  public QualityTrainer {
    check(ngrams >= 1 && ngrams <= QualityModel.MAX_NGRAMS, "ngrams must be 1..8", ngrams);
    check(
        bucketBits >= QualityModel.MIN_BUCKET_BITS && bucketBits <= QualityModel.MAX_BUCKET_BITS,
        "bucketBits must be 8..26",
        bucketBits);
    check(epochs >= 1, "epochs must be at least 1", epochs);
    check(learningRate > 0 && learningRate < 1e6, "learningRate must be above 0", learningRate);
    check(heldOut >= 0 && heldOut < 1, "heldOut must be in [0, 1)", heldOut);
  }

  /** Word 1..3-grams as the original, 4 million weights, a twentieth held out. */
  public static QualityTrainer recommended() {
    return new QualityTrainer(3, 22, 3, 0.5, 0.05, 1);
  }

  /**
   * Trains on texts in UTF-8; both are iterated once more than there are epochs, and once again for
   * what is held out.
   *
   * @throws IllegalArgumentException if a class has no text to train on
   */
  public Trained train(Iterable<byte[]> positives, Iterable<byte[]> negatives) {
    Iterable<byte[]> good = () -> new Split(positives.iterator(), false);
    Iterable<byte[]> bad = () -> new Split(negatives.iterator(), false);
    long goodCount = count(good);
    long badCount = count(bad);
    check(goodCount > 0, "there must be positive texts that are not held out", goodCount);
    check(badCount > 0, "there must be negative texts that are not held out", badCount);
    var sgd = new Descent(goodCount, badCount);
    for (int epoch = 0; epoch < epochs; epoch++) {
      sgd.epoch(good.iterator(), bad.iterator());
    }
    var model = new QualityModel(ngrams, bucketBits, seed, sgd.bias, sgd.weights);
    return new Trained(
        model,
        Evaluation.of(
            model,
            () -> new Split(positives.iterator(), true),
            () -> new Split(negatives.iterator(), true)));
  }

  private static long count(Iterable<byte[]> texts) {
    long count = 0;
    for (Iterator<byte[]> i = texts.iterator(); i.hasNext(); i.next()) {
      count++;
    }
    return count;
  }

  private static void check(boolean holds, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ": " + value);
    }
  }

  /** The texts on one side of the split. */
  private final class Split implements Iterator<byte[]> {
    private final Iterator<byte[]> all;
    private final boolean wantHeldOut;
    private byte[] next;

    Split(Iterator<byte[]> all, boolean wantHeldOut) {
      this.all = all;
      this.wantHeldOut = wantHeldOut;
      advance();
    }

    private void advance() {
      next = null;
      while (next == null && all.hasNext()) {
        byte[] text = all.next();
        next = isHeldOut(text) == wantHeldOut ? text : null;
      }
    }

    private boolean isHeldOut(byte[] text) {
      long hash = 0;
      for (byte b : text) {
        hash = (hash ^ b & 0xff) * 0x9E3779B97F4A7C15L ^ hash >>> 32;
      }
      return (hash * 0x9E3779B97F4A7C15L >>> 11) * 0x1p-53 < heldOut;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public byte[] next() {
      byte[] text = next;
      advance();
      return text;
    }
  }

  /** The weights on their way down. */
  private final class Descent {
    private final NgramFeatures features = new NgramFeatures(ngrams, bucketBits, seed);
    private final float[] weights = new float[1 << bucketBits];
    private final float[] squares = new float[1 << bucketBits];
    private final long goodCount;
    private final long badCount;
    private float bias;
    private float biasSquares;

    Descent(long goodCount, long badCount) {
      this.goodCount = goodCount;
      this.badCount = badCount;
    }

    void epoch(Iterator<byte[]> good, Iterator<byte[]> bad) {
      double total = goodCount + badCount;
      long goodDone = 0;
      long badDone = 0;
      while (good.hasNext() || bad.hasNext()) {
        boolean takeGood = !bad.hasNext() || good.hasNext() && behind(goodDone, badDone);
        if (takeGood) {
          step(good.next(), 1, total / (2 * goodCount));
          goodDone++;
        } else {
          step(bad.next(), 0, total / (2 * badCount));
          badDone++;
        }
      }
    }

    private boolean behind(long goodDone, long badDone) {
      return (double) goodDone * badCount <= (double) badDone * goodCount;
    }

    private void step(byte[] text, int label, double weight) {
      int count = features.read(text);
      int[] buckets = features.buckets();
      double error = weight * (QualityModel.probability(bias, weights, buckets, count) - label);
      double gradient = error / Math.sqrt(Math.max(1, count));
      float square = (float) (gradient * gradient);
      for (int i = 0; i < count; i++) {
        int bucket = buckets[i];
        squares[bucket] += square;
        weights[bucket] -= (float) (learningRate * gradient / Math.sqrt(squares[bucket] + EPSILON));
      }
      biasSquares += (float) (error * error);
      bias -= (float) (learningRate * error / Math.sqrt(biasSquares + 1));
    }
  }
}
