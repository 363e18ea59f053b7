package dev.neostream.trainer.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.trainer.checkpoint.StoredCheckpoints;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {

  private static final String TEXT = "the cat sat on the mat; ";

  private static final Tokenizer TOKENIZER =
      BpeTrainer.train(BpeConfig.standard().withVocabSize(300), List.of(TEXT.repeat(20)));

  private static final ModelConfig MODEL =
      new ModelConfig(TOKENIZER.vocabSize(), 16, 1, 2, 1, 8, 16, 32, 10_000, 1e-5);

  @TempDir Path folder;

  @Test
  void shouldContinueEachPromptAsTheNewestCheckpointLearnedIt() throws Exception {
    int[] row = TOKENIZER.encode(TEXT.repeat(2));
    int[] prompt = TOKENIZER.encode("the cat");
    int rest = row.length / 2 - prompt.length;
    try (Decoder decoder = new Decoder(MODEL, 1);
        Training training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(1);
      save(training, 0); // knows nothing yet
      for (int t = 1; t <= 100; t++) {
        training.gradients(new int[][] {row});
        training.update(t, 1e-2, 1.0 / (row.length - 1));
      }
      save(training, 99);
    }

    List<String> said =
        Samples.greedy(folder, MODEL, TOKENIZER, List.of("the cat", "the cat sat"), rest);

    assertTrue(said.get(0).startsWith(" sat on the mat;"), said.get(0));
    assertTrue(said.get(1).startsWith(" on the mat;"), said.get(1));
    assertEquals(2, said.size());
  }

  private void save(Training training, long step) throws IOException {
    new StoredCheckpoints(new CheckpointStore(folder), TOKENIZER.fingerprint(), Map.of(), 2)
        .save(
            new Snapshot(
                step, 1, Map.of(), ParameterHash.of(training.decoder()), Instant.EPOCH, training));
  }

  @Test
  void shouldSayThatThereIsNoCheckpoint() {
    var error =
        assertThrows(
            IOException.class, () -> Samples.greedy(folder, MODEL, TOKENIZER, List.of("the"), 1));

    assertEquals("there must be a checkpoint: folder=" + folder, error.getMessage());
  }
}
