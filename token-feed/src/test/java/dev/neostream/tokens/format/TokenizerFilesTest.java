package dev.neostream.tokens.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.bpe.Vocabulary;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFilesTest {

  @TempDir Path folder;

  private static Tokenizer tokenizer(String... learned) {
    return new Tokenizer(Vocabulary.ofLearned(List.of(learned)), false);
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Test
  void shouldWriteEveryFormatAndReadEachOfOurs() throws IOException {
    Tokenizer written = tokenizer("ab", "a", "b");

    assertEquals(Map.of(), TokenizerFiles.write(written, folder, 512));

    assertEquals(
        Set.of(
            "tokenizer.neo.json",
            "tokenizer.model",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json"),
        names());
    assertTrue(Files.readString(folder.resolve("tokenizer_config.json")).contains("512"));
    for (Path path :
        List.of(
            folder,
            folder.resolve("tokenizer.neo.json"),
            folder.resolve("tokenizer.model"),
            folder.resolve("tokenizer.json"))) {
      assertEquals(written.fingerprint(), TokenizerFiles.read(path).fingerprint());
    }
  }

  @Test
  void shouldReadByContentWhateverTheName() throws IOException {
    Tokenizer written = tokenizer("ab", "a", "b");
    TokenizerFile.write(written, folder.resolve("mine.model"));
    Files.write(folder.resolve("theirs.json"), SentencePieceModel.bytes(written));

    for (String name : List.of("mine.model", "theirs.json")) {
      assertEquals(written.fingerprint(), TokenizerFiles.read(folder.resolve(name)).fingerprint());
    }
  }

  @Test
  void shouldPreferOursInAFolderWithBoth() throws IOException {
    TokenizerFile.write(tokenizer("ab", "a", "b"), folder.resolve("tokenizer.neo.json"));
    Files.write(
        folder.resolve("tokenizer.model"), SentencePieceModel.bytes(tokenizer("ba", "a", "b")));

    assertEquals(
        tokenizer("ab", "a", "b").fingerprint(), TokenizerFiles.read(folder).fingerprint());
    Files.delete(folder.resolve("tokenizer.neo.json"));
    assertEquals(
        tokenizer("ba", "a", "b").fingerprint(), TokenizerFiles.read(folder).fingerprint());
  }

  @Test
  void shouldSayWhichFormatCannotHoldItAndWhy() throws IOException {
    List<Piece> pieces = new ArrayList<>(tokenizer("a").vocabulary().pieces());
    pieces.add(new Piece(Piece.Kind.USER, "</s>"));

    Map<String, String> left =
        TokenizerFiles.write(new Tokenizer(new Vocabulary(pieces), false), folder, 512);

    assertEquals(Set.of("tokenizer.model", "tokenizer.json"), left.keySet());
    assertTrue(left.get("tokenizer.model").contains("one id a text"), left.toString());
    assertEquals(Set.of("tokenizer.neo.json"), names());
  }

  private String refused(Path path) {
    return assertThrows(IOException.class, () -> TokenizerFiles.read(path)).getMessage();
  }

  @Test
  void shouldNameWhatIsNoTokenizer() throws IOException {
    Path missing = folder.resolve("missing");
    assertEquals(
        "a tokenizer must be a file or a folder with one: path=" + missing, refused(missing));
    assertEquals(
        "a tokenizer's folder must hold one of [tokenizer.neo.json, tokenizer.model,"
            + " tokenizer.json]: folder="
            + folder,
        refused(folder));
    Path empty = Files.createFile(folder.resolve("empty"));
    assertEquals(
        "tokenizer file " + empty + ": model_type must be BPE: is=unigram", refused(empty));
    Path json = Files.writeString(folder.resolve("other.json"), " {\"model\": {}}");
    assertTrue(refused(json).startsWith("tokenizer file " + json), refused(json));
    Path large = folder.resolve("large");
    try (var file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(1L << 33);
    }
    assertEquals(
        "a tokenizer file must have at most 67108864 bytes: file=" + large + ", bytes=8589934592",
        refused(large));
    assertFalse(names().contains("tokenizer.json"));
  }

  @Test
  void shouldReadAByteLevelFileForWhatItCanBeUsedFor() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    Files.write(file, ByteLevelJson.gpt2(List.of("Ġ a"), List.of()));

    TextCodec read = TokenizerFiles.readAny(folder);

    assertArrayEquals(new int[] {256}, read.encode(" a"));
    assertEquals(
        "a tokenizer to train with or to export must have byte fallback; a byte-level one can be used"
            + " to encode, decode and inspect: path="
            + folder,
        refused(folder));
  }
}
