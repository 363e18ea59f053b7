package dev.neostream.trainer.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.checkpoint.format.DType;
import dev.neostream.checkpoint.format.GgufType;
import dev.neostream.checkpoint.format.Safetensors;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.tokens.format.SentencePieceModel;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceImportTest {

  private static final Tokenizer TOKENIZER =
      new Tokenizer(Vocabulary.ofLearned(List.of("ab", "a", "b", " ", "中")), false);
  private static final ModelConfig MODEL = StoredLlama.config(TOKENIZER.vocabSize());
  private static final long NO_SHARDS = 1 << 30;
  private static final String OUTPUT = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final int[] IDS = {1, 260, 40, 263, 2};

  @TempDir Path folder;

  private Stored checkpoint;
  private Path from;

  @BeforeEach
  void export() throws IOException {
    checkpoint = StoredLlama.save(folder.resolve("run"), MODEL, TOKENIZER, List.of("ab ba 中 ab"));
    from = folder.resolve("exported");
    HuggingFaceExport.write(checkpoint, "", NO_SHARDS, from);
  }

  private CheckpointManifest imported(Path from, String name) throws IOException {
    return HuggingFaceImport.write(
        from, new CheckpointStore(folder.resolve(name)), Instant.ofEpochMilli(5));
  }

  private StoredModel model(String name) throws IOException {
    return StoredModel.read(new CheckpointStore(folder.resolve(name)).newest().orElseThrow());
  }

  private float[] logits(String name) throws IOException {
    try (Decoder decoder = model(name).decoder(1)) {
      return decoder.logits(IDS);
    }
  }

  private void config(Consumer<ObjectNode> change) throws IOException {
    var json = new ObjectMapper();
    Path file = from.resolve("config.json");
    ObjectNode config = json.readValue(file.toFile(), ObjectNode.class);
    change.accept(config);
    json.writeValue(file.toFile(), config);
  }

  private void tensors(UnaryOperator<List<Tensor>> change) throws IOException {
    Path file = from.resolve("model.safetensors");
    List<Tensor> tensors = change.apply(new ArrayList<>(Safetensors.read(file)));
    Path changed = folder.resolve("changed");
    Files.deleteIfExists(changed);
    Safetensors.write(changed, Map.of(), tensors);
    Files.move(changed, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Tensor named(List<Tensor> tensors, String name) {
    return tensors.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  /** As others' folders are, which have no file of ours. */
  @Test
  void shouldReadSentencePiecesTokenizer() throws IOException {
    Files.delete(from.resolve(TokenizerFile.NAME));

    CheckpointManifest imported = imported(from, "imported");

    assertEquals(checkpoint.manifest().getTokenizer(), imported.getTokenizer());
    assertEquals(checkpoint.manifest().getParameterHash(), imported.getParameterHash());
  }

  @Test
  void shouldGiveBackWhatWasExportedFromOneFileAndFromShards() throws IOException {
    Path shards = folder.resolve("shards");
    HuggingFaceExport.write(checkpoint, "", 50_000, shards);
    long hash = checkpoint.manifest().getParameterHash();

    for (Path source : List.of(from, shards)) {
      String name = source.getFileName() + "-imported";
      CheckpointManifest manifest = imported(source, name);
      Stored stored = new CheckpointStore(folder.resolve(name)).at(0).orElseThrow();
      stored.verify();

      assertEquals(hash, manifest.getParameterHash());
      assertEquals(MODEL, model(name).config());
      assertEquals(MODEL.fingerprint(), manifest.getModel());
      assertEquals(TOKENIZER.fingerprint(), model(name).tokenizer().fingerprint());
      assertEquals(Map.of(), manifest.getTokens());
      assertEquals(5, manifest.getCreatedAt());
      assertArrayEquals(logits("run"), logits(name));
    }
    assertTrue(Files.exists(shards.resolve("model.safetensors.index.json")));
  }

  @Test
  void shouldExportWhatWasImportedAsTheSameBytes() throws IOException {
    imported(from, "imported");
    Path again = folder.resolve("again");

    HuggingFaceExport.write(model("imported").checkpoint(), "", NO_SHARDS, again);

    for (String file : List.of("model.safetensors", "config.json", "tokenizer.json")) {
      assertEquals(-1, Files.mismatch(from.resolve(file), again.resolve(file)), file);
    }
  }

  /** Values that 16 bits hold are the same in three types. */
  @Test
  void shouldReadThreeTypes() throws IOException {
    tensors(all -> retyped(all, DType.BF16));
    imported(from, "bf16");
    tensors(all -> retyped(all, DType.F32));
    imported(from, "f32");
    float[] logits = logits("bf16");

    assertArrayEquals(logits("f32"), logits);
    // Near those of the model itself, which has more bits, and not by chance.
    float[] whole = logits("run");
    for (int i = 0; i < whole.length; i++) {
      assertEquals(whole[i], logits[i], 0.1);
    }
    assertFalse(Arrays.equals(whole, logits));
  }

  /** Keeps the upper 16 bits of each fp32, which are its bf16. */
  private static List<Tensor> retyped(List<Tensor> tensors, DType type) {
    List<Tensor> retyped = new ArrayList<>();
    for (Tensor tensor : tensors) {
      FloatBuffer values = FloatBuffer.allocate(tensor.data().remaining() / tensor.dtype().size());
      tensor.copyFloats(values);
      values.flip();
      ByteBuffer bytes =
          ByteBuffer.allocate(values.remaining() * type.size()).order(ByteOrder.LITTLE_ENDIAN);
      while (values.hasRemaining()) {
        int bits = Float.floatToRawIntBits(values.get());
        if (type == DType.BF16) {
          bytes.putShort((short) (bits >>> 16));
        } else {
          bytes.putInt(bits & 0xFFFF0000);
        }
      }
      retyped.add(new Tensor(tensor.name(), type, tensor.shape(), bytes.flip()));
    }
    return retyped;
  }

  @Test
  void shouldReadWhatOthersLeaveOutOrWriteElsewhere() throws IOException {
    config(
        json -> {
          json.putObject("rope_parameters")
              .put("rope_theta", 500_000.0)
              .put("rope_type", "default");
          List.of("rope_theta", "rms_norm_eps", "max_position_embeddings", "hidden_act")
              .forEach(json::remove);
          json.putNull("attention_bias");
        });

    imported(from, "imported");

    ModelConfig config = model("imported").config();
    assertEquals(500_000, config.ropeTheta());
    assertEquals(1e-6, config.rmsNormEps());
    assertEquals(2048, config.maxSequence());
  }

  @Test
  void shouldDeriveHeadsThatAreNotGiven() throws IOException {
    ObjectNode json =
        new ObjectMapper()
            .readValue(
                """
                {"architectures":["LlamaForCausalLM"],"model_type":"llama","vocab_size":64256,
                 "hidden_size":3072,"intermediate_size":24576,"num_hidden_layers":28,
                 "num_attention_heads":16,"max_position_embeddings":8192,"rms_norm_eps":1e-05,
                 "rope_theta":10000.0,"rope_scaling":null,"tie_word_embeddings":false}""",
                ObjectNode.class);

    assertEquals(ModelConfig.named("7B", 64_256, 8192), HuggingFaceConfig.imported(json));
    json.put("hidden_size", 3073);
    var e = assertThrows(IllegalArgumentException.class, () -> HuggingFaceConfig.imported(json));
    assertTrue(e.getMessage().contains("hidden_size=3073"), e.getMessage());
  }

  @Test
  void shouldGiveTiedEmbeddingsAnOutputMatrixOfTheirOwn() throws IOException {
    config(json -> json.put("tie_word_embeddings", true));
    assertRefused("are one, but they differ");
    tensors(
        all -> {
          all.removeIf(tensor -> tensor.name().equals(OUTPUT));
          return all;
        });

    imported(from, "tied");
    List<Tensor> tensors = model("tied").checkpoint().tensors("model.safetensors");
    Tensor embedding = named(tensors, EMBEDDING);
    assertEquals(embedding.data(), named(tensors, OUTPUT).data());

    tensors(
        all -> {
          Tensor e = named(all, EMBEDDING);
          all.add(new Tensor(OUTPUT, e.dtype(), e.shape(), e.data()));
          return all;
        });
    assertEquals(
        model("tied").checkpoint().manifest().getParameterHash(),
        imported(from, "both").getParameterHash());
    config(json -> json.put("tie_word_embeddings", false));
    tensors(
        all -> {
          all.removeIf(tensor -> tensor.name().equals(OUTPUT));
          return all;
        });
    assertRefused("tensor lm_head.weight must have the shape");
  }

  @Test
  void shouldFillRowsWithoutIdsByPiecesOfNoText() throws IOException {
    Tokenizer smaller = new Tokenizer(Vocabulary.ofLearned(List.of("ab", "a", "b")), true);
    TokenizerFile.write(smaller, from.resolve(TokenizerFile.NAME));

    imported(from, "padded");

    Tokenizer tokenizer = model("padded").tokenizer();
    assertEquals(264, tokenizer.vocabSize());
    assertEquals("[PAD263]", tokenizer.vocabulary().piece(263));
    assertEquals("", tokenizer.decode(new int[] {262, 263}));
    String text = "ab [PAD263] 中";
    assertArrayEquals(smaller.encode(text), tokenizer.encode(text));
    assertTrue(tokenizer.dummyPrefix());
    GgufExport.write(model("padded").checkpoint(), "padded", GgufType.F16, folder.resolve("gguf"));
  }

  @Test
  void shouldRefuseByNameWhatTheModelCannotHold() throws IOException {
    Map<String, Consumer<ObjectNode>> changes =
        Map.ofEntries(
            Map.entry(
                "architectures=[\"MistralForCausalLM\"]",
                json -> json.putArray("architectures").add("MistralForCausalLM")),
            Map.entry("architectures=", json -> json.remove("architectures")),
            Map.entry("model_type=\"qwen2\"", json -> json.put("model_type", "qwen2")),
            Map.entry("hidden_act=\"gelu\"", json -> json.put("hidden_act", "gelu")),
            Map.entry("attention_bias=true", json -> json.put("attention_bias", true)),
            Map.entry("mlp_bias=true", json -> json.put("mlp_bias", true)),
            Map.entry(
                "rope_scaling={\"factor\":8}",
                json -> json.putObject("rope_scaling").put("factor", 8)),
            Map.entry(
                "rope_type=\"llama3\"",
                json -> json.putObject("rope_parameters").put("rope_type", "llama3")),
            Map.entry("quantization_config={}", json -> json.putObject("quantization_config")),
            Map.entry("partial_rotary_factor=0.5", json -> json.put("partial_rotary_factor", 0.5)),
            Map.entry("vocab_size=", json -> json.remove("vocab_size")),
            Map.entry("hidden_size=\"64\"", json -> json.put("hidden_size", "64")),
            Map.entry("rope_theta=\"x\"", json -> json.put("rope_theta", "x")),
            Map.entry(
                "num_hidden_layers=2000000000",
                json -> json.put("num_hidden_layers", 2_000_000_000)),
            Map.entry(
                "no place for these tensors: [model.layers.2.",
                json -> json.put("num_hidden_layers", 2)),
            Map.entry(
                "tensor model.layers.3.input_layernorm.weight",
                json -> json.put("num_hidden_layers", 4)),
            Map.entry(
                "tensor model.embed_tokens.weight must have the shape [2000000, 64]",
                json -> json.put("vocab_size", 2_000_000)),
            Map.entry(
                "tensor model.layers.0.mlp.gate_proj.weight must",
                json -> json.put("intermediate_size", 81)),
            Map.entry("nKvHeads=3, nHeads=4", json -> json.put("num_key_value_heads", 3)));
    byte[] config = Files.readAllBytes(from.resolve("config.json"));
    for (var change : changes.entrySet()) {
      config(change.getValue());
      assertRefused(change.getKey());
      Files.write(from.resolve("config.json"), config);
    }
    imported(from, "unchanged");
  }

  @Test
  void shouldRefuseAFolderThatLacksAFileOrHasAnother() throws IOException {
    tensors(
        all -> {
          Tensor norm = named(all, "model.norm.weight");
          all.add(
              new Tensor(
                  "model.layers.0.self_attn.q_proj.bias", norm.dtype(), norm.shape(), norm.data()));
          return all;
        });
    assertRefused("no place for these tensors: [model.layers.0.self_attn.q_proj.bias]");
    tensors(
        all -> {
          all.removeIf(tensor -> tensor.name().endsWith("bias"));
          Tensor norm = named(all, "model.norm.weight");
          all.remove(norm);
          all.add(new Tensor(norm.name(), DType.I32, norm.shape(), norm.data()));
          return all;
        });
    assertRefused("must be F32, F16 or BF16: tensor=model.norm.weight, dtype=I32");
    TokenizerFile.write(
        new Tokenizer(Vocabulary.ofLearned(List.of("a", "b", "c", "d", "e", "f")), false),
        from.resolve(TokenizerFile.NAME));
    assertRefused("vocab_size=264, tokenizer=265");
    Files.delete(from.resolve(TokenizerFile.NAME));
    Files.delete(from.resolve(SentencePieceModel.NAME));
    Files.delete(from.resolve("tokenizer.json"));
    assertRefused("a tokenizer's folder must hold one of");
    Files.delete(from.resolve("model.safetensors"));
    assertRefused("must hold model.safetensors or model.safetensors.index.json");
    Files.writeString(from.resolve("config.json"), "[]");
    assertRefused("config.json must be a JSON object");
    Files.delete(from.resolve("config.json"));
    assertRefused("file=" + from.resolve("config.json"));
  }

  private void assertRefused(String problem) {
    var e = assertThrows(IOException.class, () -> imported(from, "refused"), problem);
    assertTrue(e.getMessage().contains(problem), problem + ": " + e);
    assertTrue(e.getMessage().contains(from.toString()), e.getMessage());
    assertFalse(Files.exists(folder.resolve("refused")));
  }
}
