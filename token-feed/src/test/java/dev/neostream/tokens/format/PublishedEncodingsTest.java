package dev.neostream.tokens.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neostream.tokens.bpe.ByteLevelTokenizer;
import dev.neostream.tokens.bpe.ByteLevelVocabulary;
import dev.neostream.tokens.bpe.ByteLevelVocabulary.Merge;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.WordPattern;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tokenizers of others and what is published of their ids. Skipped without the data. */
class PublishedEncodingsTest {

  private static final Path DATA = Path.of("../../shared/data/tokenizers");

  @Test
  void shouldReproduceR50kBase() throws IOException {
    assertReproduced("r50k_base", WordPattern.GPT2);
  }

  @Test
  void shouldReproduceCl100kBase() throws IOException {
    assertReproduced("cl100k_base", WordPattern.CL100K);
  }

  private static void assertReproduced(String name, WordPattern pattern) throws IOException {
    Path encodings = DATA.resolve(name + "_encodings.csv");
    assumeTrue(Files.isRegularFile(encodings), "shared/data is absent");
    TextCodec tokenizer = tokenizer(name, pattern);
    List<List<String>> rows = csv(Files.readString(encodings));

    for (List<String> row : rows.subList(1, rows.size())) {
      int[] expected =
          Arrays.stream(row.get(1).replaceAll("[\\[\\]]", "").split(", "))
              .mapToInt(Integer::parseInt)
              .toArray();

      assertArrayEquals(expected, tokenizer.encode(row.get(0)), row.get(0));
      assertEquals(row.get(0), tokenizer.decode(expected));
    }
    assertTrue(rows.size() > 100, "rows=" + rows.size());
  }

  /** A vocabulary of tiktoken: a piece's id is its rank, and whatever makes it is a merge. */
  private static TextCodec tokenizer(String name, WordPattern pattern) throws IOException {
    List<byte[]> pieces = new ArrayList<>();
    Map<String, Integer> ids = new HashMap<>();
    try (InputStream in =
            com.knuddels.jtokkit.Encodings.class.getResourceAsStream(name + ".tiktoken");
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        byte[] piece = Base64.getDecoder().decode(line.split(" ")[0]);
        assertEquals(pieces.size(), Integer.parseInt(line.split(" ")[1]));
        ids.put(new String(piece, StandardCharsets.ISO_8859_1), pieces.size());
        pieces.add(piece);
      }
    }
    List<Merge> merges = new ArrayList<>();
    for (byte[] bytes : pieces) {
      String piece = new String(bytes, StandardCharsets.ISO_8859_1);
      for (int at = 1; at < piece.length(); at++) {
        Integer left = ids.get(piece.substring(0, at));
        Integer right = ids.get(piece.substring(at));
        if (left != null && right != null) {
          merges.add(new Merge(left, right));
        }
      }
    }
    return new ByteLevelTokenizer(
        new ByteLevelVocabulary(pieces, List.of(), merges, true), pattern, false);
  }

  /** Fields between commas, quoted where they hold one, a quote in them doubled (RFC 4180). */
  private static List<List<String>> csv(String text) {
    List<List<String>> rows = new ArrayList<>(List.of(new ArrayList<>()));
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
          field.append(text.charAt(++i));
        } else {
          quoted = !quoted;
        }
      } else if (quoted || c != ',' && c != '\n') {
        field.append(c);
      } else {
        rows.get(rows.size() - 1).add(field.toString());
        field.setLength(0);
        if (c == '\n' && i + 1 < text.length()) {
          rows.add(new ArrayList<>());
        }
      }
    }
    return rows;
  }

  /** The library's own ids of a file of 50,280 pieces, for texts that are hard on a tokenizer. */
  @Test
  void shouldReproduceGptNeoX() throws IOException {
    Path file = DATA.resolve("gpt-neox-tokenizer.json");
    assumeTrue(Files.isRegularFile(file), "shared/data is absent");
    TextCodec tokenizer = TokenizerFiles.readAny(file);
    List<String> texts =
        new ArrayList<>(
            ByteLevelJson.JSON.readValue(
                DATA.resolveSibling("awkward-inputs/naughty-strings.json").toFile(),
                ByteLevelJson.JSON
                    .getTypeFactory()
                    .constructCollectionType(List.class, String.class)));
    csv(Files.readString(DATA.resolve("base_prompts.csv"))).forEach(row -> texts.add(row.get(0)));
    texts.add("if (x) {\n" + " ".repeat(40) + "return |||IP_ADDRESS|||;\n\t}\n");

    try (var peer =
        ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
            file.toAbsolutePath(),
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"))) {
      for (String text : texts) {
        assertArrayEquals(
            peer.encode(text, false, false).getIds(),
            Arrays.stream(tokenizer.encode(text)).asLongStream().toArray(),
            text);
      }
    }
    assertTrue(texts.size() > 500, "texts=" + texts.size());
  }
}
