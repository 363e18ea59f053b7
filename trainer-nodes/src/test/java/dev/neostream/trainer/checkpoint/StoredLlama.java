package dev.neostream.trainer.checkpoint;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
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

/** A small model, trained for a moment and stored as a run stores one. */
final class StoredLlama {

  private static final int STEPS = 80;
  private static final double LEARNING_RATE = 5e-3;

  private StoredLlama() {}

  /** GQA, heads that together are wider than the model, and an FFN of no whole q8_0 blocks. */
  static ModelConfig config(int vocabSize) {
    return new ModelConfig(vocabSize, 64, 3, 4, 2, 24, 80, 96, 10_000, 1e-5);
  }

  /** Trains until the model knows some of the documents by heart. */
  static Stored save(
      Path checkpoints, ModelConfig config, Tokenizer tokenizer, List<String> documents)
      throws IOException {
    var store = new CheckpointStore(checkpoints);
    try (var decoder = new Decoder(config, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(11);
      for (int step = 1; step <= STEPS; step++) {
        int[] ids = tokenizer.encode(documents.get(step % documents.size()));
        training.gradients(new int[][] {ids});
        training.update(step, LEARNING_RATE, 1.0 / (ids.length - 1));
      }
      new StoredCheckpoints(
              store,
              tokenizer.fingerprint(),
              Map.of(TokenizerFile.NAME, TokenizerFile.bytes(tokenizer)),
              1)
          .save(
              new Snapshot(
                  7, 1, Map.of("code", 12L), ParameterHash.of(decoder), Instant.EPOCH, training));
    }
    return store.newest().orElseThrow();
  }
}
