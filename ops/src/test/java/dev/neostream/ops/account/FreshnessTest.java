package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FreshnessTest {

  private final Freshness freshness = new Freshness();

  private static CountBook.Page page(long checkpoint, long read, long held) {
    return new CountBook.Page(
        checkpoint,
        Map.of(
            Stage.CLEAN, counts(read, 0),
            Stage.DEDUP, counts(read, held),
            // What waits for the rest of its block was taken in, and delays nothing newer.
            Stage.TOKENIZE, counts(read - held, 3)));
  }

  private static CountBook.Counts counts(long read, long held) {
    return new CountBook.Counts(read, read - held, 0, 0, held, 0, 0, Map.of());
  }

  private static TokenIndex block(String domain, long block) {
    return new TokenIndex(domain, 0, block, 64, 1L, false);
  }

  private static TrainBatch batch(long step, long... blocks) {
    return new TrainBatch(
        step,
        1,
        "only",
        1e-3,
        LongStream.of(blocks).mapToObj(block -> new BatchRow("code", 0, block, 0, 1L)).toList(),
        false);
  }

  @Test
  void shouldKnowNothingBeforeAnythingIsThrough() {
    freshness.wrote(0, 1_000);
    freshness.counted(page(1, 0, 0), 2_000);
    freshness.sealed(block("code", 0), 2_500);
    freshness.planned(batch(0, 0));
    freshness.trained(0, 3_000);

    assertTrue(Double.isNaN(freshness.blockSeconds()));
    assertTrue(Double.isNaN(freshness.gradientSeconds()));
  }

  @Test
  void shouldTakeTheNewestDocumentThatWasThroughAtTheBlocksCheckpoint() {
    freshness.wrote(100, 1_000);
    freshness.wrote(200, 2_000);
    freshness.wrote(300, 3_000);
    freshness.counted(page(1, 100, 0), 4_000);
    freshness.counted(page(2, 300, 100), 8_000);

    freshness.sealed(block("code", 0), 3_500);
    assertEquals(2.5, freshness.blockSeconds());
    // 300 read and 100 held: 200 are through, and the last of them was written at 2,000.
    freshness.sealed(block("code", 1), 7_000);
    assertEquals(5.0, freshness.blockSeconds());
    // Its checkpoint is not known yet: the one before it is the nearest.
    freshness.sealed(block("code", 2), 9_500);
    assertEquals(7.5, freshness.blockSeconds());
  }

  @Test
  void shouldMeanTheBlocksThatAStepReadsForTheFirstTime() {
    freshness.wrote(100, 1_000);
    freshness.wrote(200, 2_000);
    freshness.counted(page(1, 100, 0), 3_000);
    freshness.counted(page(2, 200, 0), 5_000);
    freshness.sealed(block("code", 0), 2_500);
    freshness.sealed(block("code", 1), 2_600);
    freshness.sealed(block("code", 2), 4_500);

    freshness.planned(batch(0, 2, 1));
    freshness.planned(batch(1, 2, 0));
    freshness.planned(batch(2, 0, 1));
    freshness.trained(0, 6_500);
    assertEquals(5.0, freshness.gradientSeconds());
    freshness.trained(1, 8_000);
    assertEquals(7.0, freshness.gradientSeconds());
    freshness.trained(2, 90_000);
    assertEquals(7.0, freshness.gradientSeconds(), "a step of blocks that were read before");
  }

  @Test
  void shouldCountBlocksThatNoBatchHasReadOnce() {
    for (long i = 0; i < 5; i++) {
      freshness.sealed(block("code", i), 1_000);
      freshness.sealed(block("heldout.code", i), 1_000);
    }
    assertEquals(5, freshness.unreadBlocks());

    freshness.planned(batch(0, 3, 0));
    freshness.planned(batch(1, 3, 4));

    assertEquals(2, freshness.unreadBlocks());
  }

  @Test
  void shouldStayNearWhateverTheLengthOfTheRun() {
    long positions = 20L * Freshness.MOST;
    for (long i = 1; i <= positions; i++) {
      freshness.wrote(10 * i, 1_000 * i);
      freshness.counted(page(i, 10 * i, 0), 1_000 * i + 500);
      freshness.sealed(block("code", i), 1_000 * i + 250);
      assertEquals(0.25, freshness.blockSeconds(), "block " + i);
    }
    for (long step : List.of(0L, positions / 3, positions / 2, positions - 1)) {
      freshness.planned(batch(step, step + 1));
      freshness.trained(step, 1_000 * (step + 1) + 750);
      double off = (positions - step) / 30.0;
      assertEquals(0.75, freshness.gradientSeconds(), off, "step " + step);
    }
  }
}
