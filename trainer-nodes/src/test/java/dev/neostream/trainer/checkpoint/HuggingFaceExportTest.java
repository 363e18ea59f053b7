package dev.neostream.trainer.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.checkpoint.format.Safetensors;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.tokens.format.HuggingFaceTokenizer;
import dev.neostream.tokens.format.SentencePieceModel;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceExportTest {

  private static final Tokenizer TOKENIZER =
      new Tokenizer(Vocabulary.ofLearned(List.of("ab", "a", "b", " ", "中")), false);
  private static final long NO_SHARDS = 1 << 30;

  @TempDir Path folder;

  private Path out;

  @BeforeEach
  void place() {
    out = folder.resolve("out");
  }

  /** A model of as many ids as there are, with values that training gave. */
  private Stored trained(int vocabSize, String fingerprint, Map<String, byte[]> extras)
      throws IOException {
    var store = new CheckpointStore(folder.resolve("checkpoints"));
    var model = new ModelConfig(vocabSize, 12, 2, 4, 2, 6, 20, 16, 10_000, 1e-5);
    try (var decoder = new Decoder(model, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(42);
      training.gradients(new int[][] {{1, 5, 2, 9, 30, 7, 0}, {3, 4, 8, 1, 2, 30, 11}});
      training.update(1, 3e-3, 1.0 / 12);
      new StoredCheckpoints(store, fingerprint, extras, 2)
          .save(
              new Snapshot(
                  2,
                  1,
                  Map.of("code", 12L),
                  ParameterHash.of(decoder),
                  Instant.ofEpochMilli(1),
                  training));
    }
    return store.newest().orElseThrow();
  }

  private Stored trained() throws IOException {
    Path file = folder.resolve(TokenizerFile.NAME);
    TokenizerFile.write(TOKENIZER, file);
    return trained(
        TOKENIZER.vocabSize(),
        TOKENIZER.fingerprint(),
        Map.of(TokenizerFile.NAME, Files.readAllBytes(file)));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<Tensor> byName(List<Tensor> tensors) {
    return tensors.stream().sorted(Comparator.comparing(Tensor::name)).toList();
  }

  @Test
  void shouldWriteTheModelBitForBitWithAllThatItsReaderAsksFor() throws IOException {
    Stored checkpoint = trained();

    HuggingFaceExport.write(checkpoint, "# Card 中\n", NO_SHARDS, out);

    assertEquals(
        List.of(
            "README.md",
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer.neo.json",
            "tokenizer_config.json"),
        names(out));
    assertEquals(
        -1, Files.mismatch(checkpoint.file("model.safetensors"), out.resolve("model.safetensors")));
    assertEquals("# Card 中\n", Files.readString(out.resolve("README.md")));
    for (var file : HuggingFaceTokenizer.files(TOKENIZER, 16).entrySet()) {
      assertArrayEquals(file.getValue(), Files.readAllBytes(out.resolve(file.getKey())));
    }
    assertArrayEquals(
        SentencePieceModel.bytes(TOKENIZER), Files.readAllBytes(out.resolve("tokenizer.model")));
    assertJson(
        """
        {'architectures':['LlamaForCausalLM'],'model_type':'llama','vocab_size':264,
         'hidden_size':12,'intermediate_size':20,'num_hidden_layers':2,'num_attention_heads':4,
         'num_key_value_heads':2,'head_dim':6,'max_position_embeddings':16,'rope_theta':10000.0,
         'rms_norm_eps':1.0E-5,'hidden_act':'silu','attention_bias':false,'mlp_bias':false,
         'tie_word_embeddings':false,'torch_dtype':'float32','bos_token_id':2,'eos_token_id':2,
         'pad_token_id':null,'rope_scaling':null,'attention_dropout':0.0,
         'initializer_range':0.02,'pretraining_tp':1,'use_cache':true}""",
        "config.json");
    assertJson(
        "{'bos_token_id':2,'eos_token_id':2,'pad_token_id':2,'do_sample':false}",
        "generation_config.json");
  }

  @Test
  void shouldWriteTheSameTensorsInShards() throws IOException {
    Stored checkpoint = trained();

    HuggingFaceExport.write(checkpoint, "", 10_000, out);

    JsonNode index =
        new ObjectMapper().readTree(out.resolve("model.safetensors.index.json").toFile());
    List<Tensor> tensors = new ArrayList<>();
    for (String name : names(out)) {
      if (name.endsWith(".safetensors")) {
        for (Tensor tensor : Safetensors.read(out.resolve(name))) {
          assertEquals(name, index.get("weight_map").get(tensor.name()).asText());
          tensors.add(tensor);
        }
      }
    }
    // Embedding and output matrix of 264 * 12 fp32 have a shard each, the layers share others.
    assertTrue(names(out).contains("model-00002-of-00004.safetensors"), names(out).toString());
    assertEquals(byName(checkpoint.tensors("model.safetensors")), byName(tensors));
  }

  @Test
  void shouldRefuseADamagedCheckpointAndLeaveNothing() throws IOException {
    Stored checkpoint = trained();

    for (String name : List.of("model.safetensors", "config.json", TokenizerFile.NAME)) {
      byte[] whole = Files.readAllBytes(checkpoint.file(name));
      byte[] damaged = whole.clone();
      damaged[whole.length / 2] ^= 1;
      Files.write(checkpoint.file(name), damaged);
      for (long maxShardBytes : new long[] {NO_SHARDS, 10_000}) {
        var e =
            assertThrows(
                IOException.class,
                () -> HuggingFaceExport.write(checkpoint, "", maxShardBytes, out));
        assertTrue(e.getMessage().contains(name + ": changed since it was written"), e.toString());
        assertEquals(List.of("checkpoints", TokenizerFile.NAME), names(folder));
      }
      Files.write(checkpoint.file(name), whole);
    }
  }

  @Test
  void shouldRefuseATokenizerOfAnotherRunOrSize() throws IOException {
    Path file = folder.resolve(TokenizerFile.NAME);
    TokenizerFile.write(TOKENIZER, file);
    byte[] tokenizer = Files.readAllBytes(file);

    assertRefused(
        trained(264, "0123456789abcdef", Map.of(TokenizerFile.NAME, tokenizer)),
        "manifest=0123456789abcdef");
    deleteCheckpoints();
    assertRefused(
        trained(300, TOKENIZER.fingerprint(), Map.of(TokenizerFile.NAME, tokenizer)),
        "vocab_size=300, tokenizer=264");
    deleteCheckpoints();
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                HuggingFaceExport.write(
                    trained(264, TOKENIZER.fingerprint(), Map.of()), "", NO_SHARDS, out));
    assertTrue(e.getMessage().contains("file=" + TokenizerFile.NAME), e.getMessage());
    assertFalse(Files.exists(out));
  }

  private void deleteCheckpoints() throws IOException {
    try (Stream<Path> paths = Files.walk(folder.resolve("checkpoints"))) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private void assertRefused(Stored checkpoint, String problem) {
    var e =
        assertThrows(
            IOException.class, () -> HuggingFaceExport.write(checkpoint, "", NO_SHARDS, out));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertFalse(Files.exists(out));
  }

  @Test
  void shouldRefuseAPlaceThatIsTakenAndShardsOfNothing() throws IOException {
    Stored checkpoint = trained();
    Files.createDirectory(out);

    HuggingFaceExport.write(checkpoint, "", NO_SHARDS, out);

    assertThrows(
        FileAlreadyExistsException.class,
        () -> HuggingFaceExport.write(checkpoint, "", NO_SHARDS, out));
    assertThrows(
        IllegalArgumentException.class,
        () -> HuggingFaceExport.write(checkpoint, "", 0, folder.resolve("other")));
    assertFalse(Files.exists(folder.resolve("other")));
  }

  private void assertJson(String expected, String name) throws IOException {
    var json = new ObjectMapper();
    assertEquals(
        json.readTree(expected.replace('\'', '"')).toString(),
        json.readTree(out.resolve(name).toFile()).toString());
  }
}
