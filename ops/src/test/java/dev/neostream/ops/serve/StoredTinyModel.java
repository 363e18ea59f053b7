package dev.neostream.ops.serve;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.trainer.checkpoint.StoredCheckpoints;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A model that is small and untrained but has opinions, stored as training stores one. */
public final class StoredTinyModel {

  static final Tokenizer TOKENIZER =
      new Tokenizer(Vocabulary.ofLearned(List.of("ab", " c", " ", "a", "b", "c")), false);

  private static final float OPINIONATED = 11;

  private StoredTinyModel() {}

  /** Saves the model of a context as a run's checkpoint of a step and reads it. */
  public static StoredModel save(RunFolder run, long step, int context) throws IOException {
    var config = new ModelConfig(TOKENIZER.vocabSize(), 16, 1, 2, 1, 8, 16, context, 10_000, 1e-5);
    Path tokenizer = run.root().resolve("tiny.json");
    Files.createDirectories(run.root());
    TokenizerFile.write(TOKENIZER, tokenizer);
    try (var decoder = new Decoder(config, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(3);
      FloatBuffer head = decoder.parameters(decoder.layout().segments().size() - 1).asFloatBuffer();
      for (int i = 0; i < head.limit(); i++) {
        head.put(i, head.get(i) * OPINIONATED);
      }
      new StoredCheckpoints(
              new CheckpointStore(run.checkpoints()),
              TOKENIZER.fingerprint(),
              Map.of(TokenizerFile.NAME, Files.readAllBytes(tokenizer)),
              9)
          .save(
              new Snapshot(
                  step,
                  1,
                  Map.of(),
                  ParameterHash.of(decoder),
                  Instant.ofEpochSecond(1_700_000_000),
                  training));
    }
    return StoredModel.read(new CheckpointStore(run.checkpoints()).newest().orElseThrow());
  }
}
