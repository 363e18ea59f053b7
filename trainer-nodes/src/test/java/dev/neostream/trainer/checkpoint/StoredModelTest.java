package dev.neostream.trainer.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredModelTest {

  private static final Tokenizer TOKENIZER =
      new Tokenizer(Vocabulary.ofLearned(List.of("ab", "a", "b")), false);

  /** No two numbers are alike, so none can stand for another. */
  private static final ModelConfig MODEL =
      new ModelConfig(TOKENIZER.vocabSize(), 24, 3, 4, 2, 8, 40, 12, 12_345.5, 3e-6);

  @TempDir Path folder;

  private float[] logits;

  @BeforeEach
  void save() throws IOException {
    Path file = folder.resolve(TokenizerFile.NAME);
    TokenizerFile.write(TOKENIZER, file);
    try (var decoder = new Decoder(MODEL, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(5);
      logits = decoder.logits(new int[] {1, 2, 3});
      new StoredCheckpoints(
              new CheckpointStore(folder.resolve("checkpoints")),
              TOKENIZER.fingerprint(),
              Map.of(TokenizerFile.NAME, Files.readAllBytes(file)),
              1)
          .save(new Snapshot(7, 1, Map.of(), ParameterHash.of(decoder), Instant.EPOCH, training));
    }
  }

  private Path checkpoint() {
    return folder.resolve("checkpoints/step-00000007");
  }

  private StoredModel read() throws IOException {
    return StoredModel.read(CheckpointStore.open(checkpoint()));
  }

  @Test
  void shouldBeTheModelThatWasStored() throws IOException {
    StoredModel model = read();

    assertEquals(MODEL, model.config());
    assertEquals(TOKENIZER.fingerprint(), model.tokenizer().fingerprint());
    try (Decoder decoder = model.decoder(1)) {
      assertArrayEquals(logits, decoder.logits(new int[] {1, 2, 3}));
    }
  }

  @Test
  void shouldNeedNoOptimizer() throws IOException {
    Files.delete(checkpoint().resolve("optimizer.safetensors"));

    try (Decoder decoder = read().decoder(1)) {
      assertArrayEquals(logits, decoder.logits(new int[] {1, 2, 3}));
    }
  }

  @Test
  void shouldRefuseParametersThatChanged() throws IOException {
    StoredModel model = read();
    Path file = checkpoint().resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);

    var error = assertThrows(IOException.class, () -> model.decoder(1));

    assertTrue(error.getMessage().contains("changed since it was written"), error.getMessage());
  }

  @Test
  void shouldRefuseAFolderThatIsNoCheckpoint() throws IOException {
    var error = assertThrows(IOException.class, () -> CheckpointStore.open(folder));
    assertEquals(
        "a checkpoint must be a folder step-NNNNNNNN with a manifest.json: folder=" + folder,
        error.getMessage());

    Files.delete(checkpoint().resolve("manifest.json"));
    assertThrows(IOException.class, () -> CheckpointStore.open(checkpoint()));
  }
}
