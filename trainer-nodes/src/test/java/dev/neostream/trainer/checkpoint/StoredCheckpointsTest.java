package dev.neostream.trainer.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.schemas.avro.CheckpointFile;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.train.Checkpoints;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredCheckpointsTest {

  private static final ModelConfig MODEL =
      new ModelConfig(31, 12, 2, 4, 1, 6, 20, 16, 10_000, 1e-5);

  @TempDir Path folder;

  private CheckpointStore store;

  @BeforeEach
  void train() throws Exception {
    store = new CheckpointStore(folder);
    try (Decoder decoder = new Decoder(MODEL, 1);
        Training training = training(decoder)) {
      decoder.initialize(42);
      training.gradients(new int[][] {{1, 5, 2, 9, 30, 7, 0}, {3, 4, 8, 1, 2, 30, 11}});
      training.update(1, 3e-3, 1.0 / 12);
      new StoredCheckpoints(
              store, "tokenizer-1", Map.of("tokenizer.json", new byte[] {'{', '}'}), 2)
          .save(
              new Snapshot(
                  2,
                  1,
                  Map.of("code", 12L),
                  ParameterHash.of(decoder),
                  Instant.ofEpochMilli(1),
                  training));
    }
  }

  private static Training training(Decoder decoder) {
    return new Training(decoder, AdamW.mapNeo());
  }

  @Test
  void shouldStoreHuggingFaceLlama() throws Exception {
    Stored stored = store.newest().orElseThrow();

    Map<String, Tensor> tensors = new java.util.HashMap<>();
    stored.tensors("model.safetensors").forEach(t -> tensors.put(t.name(), t));
    JsonNode config = new ObjectMapper().readTree(stored.file("config.json").toFile());

    assertEquals(2 * 9 + 3, tensors.size());
    assertArrayEquals(new long[] {31, 12}, tensors.get("model.embed_tokens.weight").shape());
    assertArrayEquals(
        new long[] {24, 12}, tensors.get("model.layers.1.self_attn.q_proj.weight").shape());
    assertArrayEquals(
        new long[] {6, 12}, tensors.get("model.layers.1.self_attn.k_proj.weight").shape());
    assertArrayEquals(
        new long[] {12, 20}, tensors.get("model.layers.0.mlp.down_proj.weight").shape());
    assertEquals("LlamaForCausalLM", config.get("architectures").get(0).asText());
    assertEquals(1, config.get("num_key_value_heads").asInt());
    assertEquals(6, config.get("head_dim").asInt());
    assertEquals("{}", Files.readString(stored.file("tokenizer.json")));
    stored.verify();
  }

  @Test
  void shouldWriteACompleteManifest() throws Exception {
    try (Decoder decoder = new Decoder(MODEL, 1);
        Training training = training(decoder)) {
      decoder.initialize(5);
      CheckpointManifest saved =
          new StoredCheckpoints(store, "tokenizer-1", Map.of("extra.txt", new byte[3]), 2)
              .save(
                  new Snapshot(
                      7,
                      3,
                      Map.of("zh.web", 40L, "code", 24L),
                      ParameterHash.of(decoder),
                      Instant.ofEpochMilli(1234),
                      training));

      assertEquals(7, saved.getStep());
      assertEquals(folder.getFileName() + "/step-00000007", saved.getPath());
      assertEquals(3, saved.getPlanVersion());
      assertEquals(Map.of("code", 24L, "zh.web", 40L), saved.getTokens());
      assertEquals(MODEL.fingerprint(), saved.getModel());
      assertEquals("tokenizer-1", saved.getTokenizer());
      assertEquals(ParameterHash.of(decoder), saved.getParameterHash());
      assertEquals(1234, saved.getCreatedAt());
      assertEquals(
          List.of("model.safetensors", "optimizer.safetensors", "config.json", "extra.txt"),
          saved.getFiles().stream().map(CheckpointFile::getName).toList());
      assertEquals(saved, store.newest().orElseThrow().manifest());
    }
  }

  @Test
  void shouldRestoreParametersAndMoments() throws Exception {
    Checkpoints checkpoints = new StoredCheckpoints(store, "tokenizer-1", Map.of(), 2);

    try (Decoder decoder = new Decoder(MODEL, 1);
        Training training = training(decoder)) {
      var manifest = checkpoints.restore(training).orElseThrow();

      assertEquals(manifest.getParameterHash(), ParameterHash.of(decoder));
      Tensor q =
          store.newest().orElseThrow().tensors("model.safetensors").stream()
              .filter(t -> t.name().equals("model.layers.1.self_attn.q_proj.weight"))
              .findFirst()
              .orElseThrow();
      assertEquals(
          q.data().asFloatBuffer().get(3),
          decoder.parameters(2).asFloatBuffer().get(2 * 12 + 3)); // after the two norms
      assertTrue(training.firstMoment(1).asFloatBuffer().get(5) != 0);
      assertTrue(training.secondMoment(3).asFloatBuffer().get(5) > 0);
    }
  }

  @Test
  void shouldRestoreParametersAloneIntoDecoder() throws Exception {
    StoredCheckpoints checkpoints = new StoredCheckpoints(store, "tokenizer-1", Map.of(), 2);

    try (Decoder decoder = new Decoder(MODEL, 1)) {
      var manifest = checkpoints.restore(decoder).orElseThrow();

      assertEquals(manifest.getParameterHash(), ParameterHash.of(decoder));
      CheckpointStore empty = new CheckpointStore(folder.resolve("none"));
      assertTrue(
          new StoredCheckpoints(empty, "tokenizer-1", Map.of(), 2).restore(decoder).isEmpty());
    }
    ModelConfig other = new ModelConfig(31, 12, 2, 4, 1, 6, 20, 16, 20_000, 1e-5);
    try (Decoder decoder = new Decoder(other, 1)) {
      assertThrows(IOException.class, () -> checkpoints.restore(decoder));
    }
  }

  @Test
  void shouldLeaveProgramUntouchedWhenThereIsNoCheckpoint() throws Exception {
    try (Decoder decoder = new Decoder(MODEL, 1);
        Training training = training(decoder)) {
      CheckpointStore empty = new CheckpointStore(folder.resolve("none"));

      assertTrue(
          new StoredCheckpoints(empty, "tokenizer-1", Map.of(), 2).restore(training).isEmpty());

      assertEquals(0, decoder.parameters(0).asFloatBuffer().get(0));
    }
  }

  @Test
  void shouldRefuseCheckpointOfAnotherModelOrTokenizer() {
    ModelConfig other = new ModelConfig(31, 12, 2, 4, 1, 6, 20, 16, 20_000, 1e-5);
    try (Decoder decoder = new Decoder(other, 1);
        Training training = training(decoder)) {
      Checkpoints checkpoints = new StoredCheckpoints(store, "tokenizer-1", Map.of(), 2);
      String message =
          assertThrows(IOException.class, () -> checkpoints.restore(training)).getMessage();
      assertTrue(message.contains("the same model: checkpoint=" + MODEL.fingerprint()));
    }
    try (Decoder decoder = new Decoder(MODEL, 1);
        Training training = training(decoder)) {
      Checkpoints checkpoints = new StoredCheckpoints(store, "tokenizer-2", Map.of(), 2);
      String message =
          assertThrows(IOException.class, () -> checkpoints.restore(training)).getMessage();
      assertTrue(message.contains("the same tokenizer: checkpoint=tokenizer-1, run=tokenizer-2"));
    }
  }

  @Test
  void shouldRefuseDamagedParameters() throws Exception {
    Path file = store.newest().orElseThrow().file("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);

    try (Decoder decoder = new Decoder(MODEL, 1);
        Training training = training(decoder)) {
      Checkpoints checkpoints = new StoredCheckpoints(store, "tokenizer-1", Map.of(), 2);
      String message =
          assertThrows(IOException.class, () -> checkpoints.restore(training)).getMessage();
      assertTrue(message.contains("model.safetensors"), message);
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
    try (Decoder decoder = new Decoder(MODEL, 1);
        Training training = training(decoder)) {
      Checkpoints checkpoints = new StoredCheckpoints(store, "tokenizer-1", Map.of(), 2);
      assertThrows(IOException.class, () -> checkpoints.restore(training));
    }
  }
}
