package dev.neostream.trainer.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import dev.neostream.checkpoint.format.GgufType;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.trainer.model.Decoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What llama.cpp itself makes of an exported file: ids, text and logits must be ours. */
class LlamaCppTest {

  private static final List<String> DOCUMENTS =
      List.of(
          "The train waits at the station until the last of the passengers has taken a seat.",
          "When the rain had stopped, they went on to the station through the wet streets.",
          "火车在车站等候，直到最后一位乘客就座。雨停了以后，他们穿过潮湿的街道去车站。",
          "int next = (state * 31 + value) % size; // 火车 and station  \n\treturn next;");

  /** English, Chinese, code, and characters that are in no document. */
  private static final List<String> PROMPTS =
      List.of(
          "The passengers went on through the station",
          "他们在车站等候，雨停了",
          "return (next + 31);\n\t",
          "naïve 🚂 Ünïcödé \u0007 station");

  private static final int GENERATED = 24;

  @TempDir static Path natives;
  @TempDir Path folder;

  /** The library removes files of other processes where it unpacks itself. */
  @BeforeAll
  static void unpackApart() {
    System.setProperty("de.kherud.llama.tmpdir", natives.toString());
    try {
      Class.forName(LlamaModel.class.getName());
    } catch (ClassNotFoundException | LinkageError e) {
      Assumptions.abort("llama.cpp does not run on this machine: " + e);
    }
  }

  private static Tokenizer trained(BpeConfig config) {
    return BpeTrainer.train(config.withVocabSize(420), DOCUMENTS);
  }

  private Stored stored(Tokenizer tokenizer) throws IOException {
    return StoredLlama.save(
        folder.resolve("checkpoints"),
        StoredLlama.config(tokenizer.vocabSize()),
        tokenizer,
        DOCUMENTS);
  }

  private LlamaModel exported(Stored checkpoint, GgufType type) throws IOException {
    Path out = folder.resolve(type.name());
    GgufExport.write(checkpoint, "a model", type, out);
    return new LlamaModel(
        new ModelParameters()
            .setModel(out.resolve(GgufExport.file(type)).toString())
            .setCtxSize(96)
            .setThreads(1)
            .setThreadsBatch(1)
            // Keys and values are rounded to 16 bits otherwise.
            .setCacheTypeK(CacheType.F32)
            .setCacheTypeV(CacheType.F32)
            .skipWarmup()
            .disableLog());
  }

  private static InferenceParameters greedy(String prompt, int tokens) {
    return new InferenceParameters(prompt).setTemperature(0).setNPredict(tokens);
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      best = logits[id] > logits[best] ? id : best;
    }
    return best;
  }

  private static String greedy(Decoder decoder, Tokenizer tokenizer, String prompt) {
    int[] ids = tokenizer.encode(prompt);
    var text = new ByteArrayOutputStream();
    for (int i = 0; i < GENERATED; i++) {
      int next = likeliest(decoder.logits(ids));
      if (next == tokenizer.endOfDocument()) {
        break;
      }
      text.writeBytes(tokenizer.bytes(next));
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = next;
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /**
   * Holds the logits of the token after a prompt to ours, of all learned pieces. The library gives
   * no numbers, but takes some: a piece is chosen exactly when what is added to its logit is more
   * than what it lacks to the likeliest's.
   */
  private static void assertSameLogits(
      Tokenizer tokenizer, Decoder decoder, LlamaModel llama, String prompt, float tolerance) {
    float[] logits = decoder.logits(tokenizer.encode(prompt));
    int best = likeliest(logits);
    for (int id : tokenizer.vocabulary().ids(Piece.Kind.LEARNED)) {
      if (id == best) {
        continue;
      }
      String piece = new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
      float lack = logits[best] - logits[id];
      String message = "prompt=%s, id=%d, best=%d, lack=%s".formatted(prompt, id, best, lack);
      assertNotEquals(piece, chosen(llama, prompt, id, lack - tolerance), message);
      assertEquals(piece, chosen(llama, prompt, id, lack + tolerance), message);
    }
  }

  private static String chosen(LlamaModel llama, String prompt, int id, float bias) {
    return llama.complete(greedy(prompt, 1).setTokenIdBias(Map.of(id, bias)));
  }

  @Test
  void shouldGiveTheSameTextAndLogits() throws IOException {
    for (BpeConfig config : List.of(BpeConfig.standard(), BpeConfig.published())) {
      Tokenizer tokenizer = trained(config);
      Stored checkpoint = stored(tokenizer);
      try (Decoder decoder = StoredModel.read(checkpoint).decoder(1);
          LlamaModel llama = exported(checkpoint, GgufType.F32)) {
        for (String prompt : PROMPTS) {
          assertSameLogits(tokenizer, decoder, llama, prompt, 1e-3f);
          String text = greedy(decoder, tokenizer, prompt);
          assertEquals(text, llama.complete(greedy(prompt, GENERATED)), prompt);
          assertTrue(text.codePoints().distinct().count() > 3, text); // not one token for ever
        }
      }
      clear();
    }
  }

  @Test
  void shouldBeNearWithFewerBits() throws IOException {
    Tokenizer tokenizer = trained(BpeConfig.standard());
    Stored checkpoint = stored(tokenizer);
    for (var type : Map.of(GgufType.F16, 0.05f, GgufType.Q8_0, 0.3f).entrySet()) {
      try (Decoder decoder = StoredModel.read(checkpoint).decoder(1);
          LlamaModel llama = exported(checkpoint, type.getKey())) {
        for (String prompt : PROMPTS) {
          assertSameLogits(tokenizer, decoder, llama, prompt, type.getValue());
        }
      }
    }
  }

  @Test
  void shouldGiveTheSameIds() throws IOException {
    List<Piece> pieces = new ArrayList<>(trained(BpeConfig.standard()).vocabulary().pieces());
    for (String text : List.of("<code>", "<code>\n", "火车站", "x  y")) {
      pieces.add(3, new Piece(Piece.Kind.USER, text));
    }
    for (Tokenizer tokenizer :
        List.of(
            trained(BpeConfig.standard()),
            trained(BpeConfig.published()),
            new Tokenizer(new Vocabulary(pieces), false))) {
      try (LlamaModel llama = exported(stored(tokenizer), GgufType.F32)) {
        var random = new Random(5);
        List<String> texts = new ArrayList<>(PROMPTS);
        texts.addAll(DOCUMENTS);
        texts.addAll(List.of("", " ", "   station", "<code>\n<code> x  y火车站", "\r\n\n", "é"));
        for (int i = 0; i < 2_000; i++) {
          texts.add(random(random));
        }
        for (String text : texts) {
          assertArrayEquals(tokenizer.encode(text), llama.encode(text), text);
        }
      }
      clear();
    }
  }

  /** Parts of the documents with characters from anywhere but NUL, which ends a C string. */
  private static String random(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      String document = DOCUMENTS.get(random.nextInt(DOCUMENTS.size()));
      int from = random.nextInt(document.length());
      text.append(document, from, Math.min(document.length(), from + random.nextInt(12)));
      int anything = 1 + random.nextInt(0x10FFFF);
      if (anything != 0x2581 && !(anything >= 0xD800 && anything <= 0xDFFF)) {
        text.appendCodePoint(anything);
      }
    }
    return text.toString();
  }

  private void clear() throws IOException {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        if (!path.equals(folder)) {
          Files.delete(path);
        }
      }
    }
  }
}
