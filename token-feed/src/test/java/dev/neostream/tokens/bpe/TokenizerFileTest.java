package dev.neostream.tokens.bpe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFileTest {

  private static final Tokenizer TOKENIZER =
      new Tokenizer(
          Vocabulary.ofLearned(List.of("ab", "a", "b", "é", " ", "\n", "\"", "😀")), true);

  @TempDir Path folder;

  @Test
  void shouldReadWhatItWrote() throws IOException {
    Path file = folder.resolve(TokenizerFile.NAME);

    TokenizerFile.write(TOKENIZER, file);
    Tokenizer read = TokenizerFile.read(file);

    assertEquals(TOKENIZER.fingerprint(), read.fingerprint());
    assertEquals(TOKENIZER.vocabulary().learned(), read.vocabulary().learned());
    assertTrue(read.dummyPrefix());
    assertArrayEquals(TOKENIZER.encode("ab é😀\n"), read.encode("ab é😀\n"));
  }

  @Test
  void shouldReplaceAFileAndLeaveNothingElse() throws IOException {
    Path file = folder.resolve(TokenizerFile.NAME);
    Files.writeString(file, "old");

    TokenizerFile.write(TOKENIZER, file);

    assertEquals(TOKENIZER.fingerprint(), TokenizerFile.read(file).fingerprint());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void shouldWriteTheSameBytesEveryTime() throws IOException {
    TokenizerFile.write(TOKENIZER, folder.resolve("a"));
    TokenizerFile.write(TOKENIZER, folder.resolve("b"));

    assertEquals(-1, Files.mismatch(folder.resolve("a"), folder.resolve("b")));
  }

  @Test
  void shouldReadTheDocumentedFormat() throws IOException {
    Path file = folder.resolve("a");
    Files.writeString(file, json(TOKENIZER.fingerprint(), 1, PIECES));

    assertEquals(TOKENIZER.fingerprint(), TokenizerFile.read(file).fingerprint());
  }

  /** Pinned: files of today stay as they are. */
  @Test
  void shouldWriteTheLayoutOfTrainingAsVersionOne() throws IOException {
    Path file = folder.resolve("a");

    TokenizerFile.write(TOKENIZER, file);

    assertEquals(
        """
        {
          "format" : "neo-bpe",
          "version" : 1,
          "fingerprint" : "561c7d4983a4d0fe",
          "dummyPrefix" : true,
          "pieces" : [ "ab", "a", "b", "é", " ", "\\n", "\\"", "\\uD83D\\uDE00" ]
        }"""
            .replace("\n", System.lineSeparator()),
        Files.readString(file));
  }

  @Test
  void shouldReadWhatItWroteOfAnyOtherLayout() throws IOException {
    List<Piece> pieces = new ArrayList<>(TOKENIZER.vocabulary().pieces());
    pieces.add(3, new Piece(Piece.Kind.CONTROL, "<|user|>"));
    pieces.add(new Piece(Piece.Kind.USER, "<code>\n"));
    Tokenizer tokenizer = new Tokenizer(new Vocabulary(pieces), false);
    Path file = folder.resolve("a");

    TokenizerFile.write(tokenizer, file);
    Tokenizer read = TokenizerFile.read(file);

    assertEquals(pieces, read.vocabulary().pieces());
    assertEquals(tokenizer.fingerprint(), read.fingerprint());
    String json = Files.readString(file);
    assertTrue(json.contains("\"version\" : 2"), json);
    assertTrue(
        json.replaceAll("\\s", "").contains("{\"kind\":\"control\",\"text\":\"<|user|>\"}"), json);
    assertRefused(json.replace("|user|", "|User|"), "fingerprint must match");
    assertRefused(json.replace("\"user\"", "\"control\""), "fingerprint must match");
    assertRefused(json.replace("\"user\"", "3"), "must be the JSON");
    assertRefused(json.replace("\"user\"", "\"other\""), "must be the JSON");
    assertRefused(json.replace("\"user\"", "null"), "must be the JSON");
    assertRefused(json.replace("neo-bpe", "other"), "format=other");
    assertRefused(json.replace("\"version\" : 2", "\"version\" : 1"), "must be the JSON");
  }

  @Test
  void shouldRefuseAChangedPiece() {
    String changed = json(TOKENIZER.fingerprint(), 1, PIECES.replace("\"ab\"", "\"ba\""));

    assertRefused(changed, "fingerprint must match");
  }

  @Test
  void shouldRefuseAnotherFormatOrVersion() {
    String good = json(TOKENIZER.fingerprint(), 1, PIECES);

    assertRefused(json(TOKENIZER.fingerprint(), 2, PIECES), "version=2");
    assertRefused(good.replace("neo-bpe", "other"), "format=other");
  }

  @Test
  void shouldRefuseHostileJson() {
    String good = json(TOKENIZER.fingerprint(), 1, PIECES);

    assertRefused("", "must be the JSON");
    assertRefused("null", "must have format");
    assertRefused("[]", "must be the JSON");
    assertRefused(good.substring(0, good.length() / 2), "must be the JSON");
    assertRefused(good + good, "must be the JSON");
    assertRefused(good.replace("\"version\":1,", ""), "must be the JSON");
    assertRefused(good.replace("\"version\":1", "\"version\":1.5"), "must be the JSON");
    assertRefused(good.replace("\"version\":1", "\"version\":1,\"version\":1"), "must be the JSON");
    assertRefused(good.replace("\"version\":1", "\"version\":1,\"more\":1"), "must be the JSON");
    assertRefused(good.replace("\"pieces\":", "\"pieces\":" + "[".repeat(100_000)), "must be");
    assertRefused(json("", 1, "\"a\",null"), "null at 1");
    assertRefused(json("", 1, "\"a\",\"\""), "must not be empty: id=260");
    assertRefused(json("", 1, "\"a\",\"a\""), "must be there once: id=260");
    assertRefused(
        json("", 1, "\"ab\",\"a\""), "every character of a piece must be a piece: id=259");
    assertRefused(json("", 1, "\"\\ud800\""), "lone surrogate");
    assertRefused(
        json("", 1, "\"a\",\"" + "a".repeat(129) + "\""), "at most 128 code points: id=260");
  }

  @Test
  void shouldRefuseAHugeFile() throws IOException {
    Path file = folder.resolve("huge");
    try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 32);
    }

    var e = assertThrows(IOException.class, () -> TokenizerFile.read(file));

    assertTrue(e.getMessage().contains("must have at most 16777216 bytes"), e.getMessage());
  }

  private static final String PIECES =
      "\"ab\",\"a\",\"b\",\"é\",\" \",\"\\n\",\"\\\"\",\"\\ud83d\\ude00\"";

  private static String json(String fingerprint, int version, String pieces) {
    return "{\"format\":\"neo-bpe\",\"version\":"
        + version
        + ",\"fingerprint\":\""
        + fingerprint
        + "\",\"dummyPrefix\":true,\"pieces\":["
        + pieces
        + "]}";
  }

  private void assertRefused(String json, String problem) {
    try {
      Path file = Files.writeString(folder.resolve("hostile"), json);
      var e = assertThrows(IOException.class, () -> TokenizerFile.read(file), json);

      assertTrue(e.getMessage().contains("hostile: "), e.getMessage());
      assertTrue(e.getMessage().contains(problem), e.getMessage());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
