package dev.neostream.dedup.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The budget: 40 bytes a document, one new document in a hundred taken for seen. */
class StateTest {

  private static final int DOCUMENTS = 200_000;
  private static final double BITS_PER_KEY = 21;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void shouldStayInBudget(int generations) {
    var corpus = new Corpus(DOCUMENTS, generations, BITS_PER_KEY);

    double rate = corpus.falsePositives(DOCUMENTS);

    assertTrue(corpus.bytes() <= 40L * DOCUMENTS, "bytes=" + corpus.bytes());
    assertTrue(rate <= 0.01, "rate=" + rate);
    double expected =
        generations * Corpus.KEYS_A_DOCUMENT * BlockedBloomFilter.falsePositiveRate(BITS_PER_KEY);
    // Four standard errors, and 2 % for shards that hold more keys than others.
    assertEquals(expected, rate, 4 * Math.sqrt(expected / DOCUMENTS) + 0.02 * expected);
  }
}
