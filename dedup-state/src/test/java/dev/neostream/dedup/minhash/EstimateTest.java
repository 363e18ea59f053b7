package dev.neostream.dedup.minhash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dynatrace.hash4j.similarity.ElementHashProvider;
import com.dynatrace.hash4j.similarity.SimilarityHashPolicy;
import com.dynatrace.hash4j.similarity.SimilarityHasher;
import com.dynatrace.hash4j.similarity.SimilarityHashing;
import dev.neostream.dedup.Fingerprint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Estimates by equal bins beside those of hash4j's signatures, on the same sets. */
class EstimateTest {

  private static final int BITS = 32;

  /** Errors of estimates of one kind. */
  private static final class Errors {
    private int count;
    private double sum;
    private double squares;

    void add(double error) {
      count++;
      sum += error;
      squares += error * error;
    }

    double rootMeanSquare() {
      return Math.sqrt(squares / count);
    }

    void assertUnbiased() {
      assertEquals(0, sum / count, 3 * rootMeanSquare() / Math.sqrt(count));
    }
  }

  /** Signatures of hash4j. */
  private static final class Oracle {
    private final SimilarityHashPolicy policy;
    private final SimilarityHasher hasher;
    private final Errors errors = new Errors();

    Oracle(SimilarityHashPolicy policy) {
      this.policy = policy;
      hasher = policy.createHasher();
    }

    void estimate(SetPair pair) {
      byte[] a = hasher.compute(ElementHashProvider.ofValues(pair.a()));
      byte[] b = hasher.compute(ElementHashProvider.ofValues(pair.b()));
      errors.add(policy.getFractionOfEqualComponents(a, b) - pair.jaccard());
    }
  }

  /**
   * SuperMinHash wins on sets with fewer elements than components, where its error falls below that
   * of MinHash and that of copied bins lies above. Those sets are counted, not estimated.
   */
  @ParameterizedTest
  @CsvSource({
    "  20, 400, 1.30, 2.00",
    "  50, 400, 1.15, 1.75",
    " 100, 400, 1.15, 1.60",
    " 200, 400, 1.15, 1.40",
    " 500, 200, 1.15, 1.15",
    "1000, 200, 1.15, 1.15",
    "3000, 100, 1.15, 1.15"
  })
  void shouldEstimateAsWellAsOtherSignatures(
      int union, int trials, double toMinHash, double toSuperMinHash) {
    var fingerprinter = SetPair.fingerprinter();
    var bins = new Errors();
    var minHash = new Oracle(SimilarityHashing.minHash(Fingerprinter.BINS, BITS));
    var superMinHash = new Oracle(SimilarityHashing.superMinHash(Fingerprinter.BINS, BITS));
    for (int twentieth = 10; twentieth < 20; twentieth++) {
      for (int trial = 0; trial < trials; trial++) {
        SetPair pair =
            SetPair.random(union, union * twentieth / 20, 31L * union + 20 * trial + twentieth);
        Fingerprint[] prints = pair.fingerprints(fingerprinter);
        bins.add(Similarity.estimate(prints[0], prints[1]) - pair.jaccard());
        minHash.estimate(pair);
        superMinHash.estimate(pair);
      }
    }

    bins.assertUnbiased();
    assertWithin(toMinHash, bins, minHash.errors);
    assertWithin(toSuperMinHash, bins, superMinHash.errors);
  }

  private static void assertWithin(double ratio, Errors ours, Errors theirs) {
    assertTrue(
        ours.rootMeanSquare() <= ratio * theirs.rootMeanSquare(),
        () -> ours.rootMeanSquare() + " against " + theirs.rootMeanSquare());
  }
}
