package dev.neostream.trainer.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.format.GgufType;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What llama.cpp makes of the file is {@link LlamaCppTest}'s. */
class GgufExportTest {

  private static final Tokenizer TOKENIZER = tokenizer("<code> x", "ab", "a", " ", "b");

  @TempDir Path folder;

  private Path out;

  @BeforeEach
  void place() {
    out = folder.resolve("out");
  }

  private static Tokenizer tokenizer(String user, String... learned) {
    List<Piece> pieces = new ArrayList<>(Vocabulary.ofLearned(List.of(learned)).pieces());
    pieces.add(new Piece(Piece.Kind.USER, user));
    return new Tokenizer(new Vocabulary(pieces), true);
  }

  private Stored stored(Tokenizer tokenizer) throws IOException {
    return StoredLlama.save(
        folder.resolve("checkpoints"),
        StoredLlama.config(tokenizer.vocabSize()),
        tokenizer,
        List.of("ab a"));
  }

  @Test
  void shouldDescribeModelAndTokenizer() throws IOException {
    Map<String, Object> metadata =
        new LinkedHashMap<>(
            GgufExport.metadata(StoredModel.read(stored(TOKENIZER)), "mine", GgufType.Q8_0));

    List<?> tokens = (List<?>) metadata.remove("tokenizer.ggml.tokens");
    float[] scores = (float[]) metadata.remove("tokenizer.ggml.scores");
    int[] types = (int[]) metadata.remove("tokenizer.ggml.token_type");
    assertEquals(List.of("<unk>", "<s>", "</s>", "<0x00>"), tokens.subList(0, 4));
    assertEquals(List.of("<0xFF>", "ab", "a", "\u2581", "b", "<code> x"), tokens.subList(258, 264));
    assertArrayEquals(new float[] {0, 0, -1, -2, -3, 0}, tail(scores));
    assertEquals(
        List.of(2, 3, 3, 6, 6, 1, 1, 1, 1, 4),
        List.of(
            types[0],
            types[1],
            types[2],
            types[3],
            types[258],
            types[259],
            types[260],
            types[261],
            types[262],
            types[263]));
    assertEquals(
        """
        {general.architecture=llama, general.name=mine, general.file_type=7, \
        general.quantization_version=2, llama.vocab_size=264, llama.context_length=96, \
        llama.embedding_length=64, llama.block_count=3, llama.feed_forward_length=80, \
        llama.attention.head_count=4, llama.attention.head_count_kv=2, \
        llama.attention.key_length=24, llama.attention.value_length=24, \
        llama.attention.layer_norm_rms_epsilon=1.0E-5, llama.rope.dimension_count=24, \
        llama.rope.freq_base=10000.0, tokenizer.ggml.model=llama, tokenizer.ggml.pre=default, \
        tokenizer.ggml.bos_token_id=2, tokenizer.ggml.eos_token_id=2, \
        tokenizer.ggml.unknown_token_id=0, tokenizer.ggml.add_bos_token=false, \
        tokenizer.ggml.add_eos_token=false, tokenizer.ggml.add_space_prefix=true}""",
        metadata.toString());
  }

  private static float[] tail(float[] scores) {
    return Arrays.copyOfRange(scores, 258, scores.length);
  }

  @Test
  void shouldTakeFewerBytesInFewerBits() throws IOException {
    Stored checkpoint = stored(TOKENIZER);
    Map<GgufType, Long> sizes = new LinkedHashMap<>();
    for (GgufType type : GgufType.values()) {
      Path place = folder.resolve(type.name());
      GgufExport.write(checkpoint, "mine", type, place);
      sizes.put(type, Files.size(place.resolve(GgufExport.file(type))));
    }

    // Of a layer: q and o 96 x 64, k and v 48 x 64, gate and up 80 x 64, and down, 64 rows of 80.
    long blocks = 3 * (2 * 96 * 64 + 2 * 48 * 64 + 2 * 80 * 64) + 2 * 264 * 64;
    long halves = 3 * 64 * 80;
    assertEquals("model-q8_0.gguf", GgufExport.file(GgufType.Q8_0));
    assertEquals(2 * (blocks + halves), sizes.get(GgufType.F32) - sizes.get(GgufType.F16));
    assertEquals(blocks * 30 / 32, sizes.get(GgufType.F16) - sizes.get(GgufType.Q8_0));
  }

  @Test
  void shouldRefuseWhatTheFormatCannotHoldAndLeaveNothing() throws IOException {
    assertRefused("text=</s>, id=263, other=2", tokenizer("</s>", "ab", "a", " ", "b"));
    assertRefused("text=x\u2581, id=263", tokenizer("x\u2581", "ab", "a", " ", "b"));
    List<Piece> pieces = TOKENIZER.vocabulary().pieces();
    assertRefused(
        "piece=<unk>", new Tokenizer(new Vocabulary(pieces.subList(1, pieces.size())), false));
  }

  private void assertRefused(String problem, Tokenizer tokenizer) throws IOException {
    Stored checkpoint =
        StoredLlama.save(
            folder.resolve(problem.replaceAll("\\W", "")),
            StoredLlama.config(tokenizer.vocabSize()),
            tokenizer,
            List.of("ab a"));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> GgufExport.write(checkpoint, "mine", GgufType.F16, out));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertFalse(Files.exists(out));
  }

  @Test
  void shouldRefuseADamagedCheckpointAndAPlaceThatIsTaken() throws IOException {
    Stored checkpoint = stored(TOKENIZER);
    GgufExport.write(checkpoint, "mine", GgufType.F32, out);
    assertThrows(
        FileAlreadyExistsException.class,
        () -> GgufExport.write(checkpoint, "mine", GgufType.F32, out));
    Path model = checkpoint.file("model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 1] ^= 1;
    Files.write(model, bytes);

    Path other = folder.resolve("other");
    var e =
        assertThrows(
            IOException.class, () -> GgufExport.write(checkpoint, "mine", GgufType.F32, other));

    assertTrue(e.getMessage().contains("changed since it was written"), e.getMessage());
    assertFalse(Files.exists(other));
  }
}
