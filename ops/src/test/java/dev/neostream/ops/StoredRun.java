package dev.neostream.ops;

import dev.neostream.checkpoint.format.DType;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.bpe.Vocabulary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** Checkpoints in a run folder as training leaves them, of a model of two small tensors. */
public final class StoredRun {

  private static final Tokenizer TOKENIZER =
      new Tokenizer(Vocabulary.ofLearned(List.of("ab", "a", "b")), false);

  private StoredRun() {}

  /** Saves a checkpoint of a step, after 300 tokens of code and 700 of English. */
  public static void save(RunFolder run, long step) throws IOException {
    Files.createDirectories(run.tokenizer().getParent());
    TokenizerFile.write(TOKENIZER, run.tokenizer());
    String config =
        "{\"vocab_size\": %d, \"max_position_embeddings\": 8}".formatted(TOKENIZER.vocabSize());
    new CheckpointStore(run.checkpoints())
        .save(
            CheckpointManifest.newBuilder()
                .setStep(step)
                .setPath("")
                .setPlanVersion(4)
                .setTokens(Map.of("en.web", 700L, "code", 300L))
                .setModel("model")
                .setTokenizer(TOKENIZER.fingerprint())
                .setParameterHash(0xABCDL)
                .setFiles(List.of())
                .setCreatedAt(1_700_000_000_000L)
                .build(),
            Map.of("model.safetensors", List.of(tensor("w", 2, 3), tensor("norm", 5))),
            Map.of(
                "config.json",
                config.getBytes(StandardCharsets.UTF_8),
                TokenizerFile.NAME,
                Files.readAllBytes(run.tokenizer())));
  }

  private static Tensor tensor(String name, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    return new Tensor(name, DType.F32, shape, ByteBuffer.allocate(Float.BYTES * size));
  }
}
