package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.tokens.format.TokenizerFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerCommandTest {

  private static final String ENGLISH =
      "The stream reads the pages of the crawl, and the tokens of the pages are what it trains on. ";
  private static final String CHINESE = "数据流读取网页，把网页的文字变成词元，再用词元训练模型。";

  @TempDir Path folder;
  private Path corpus;
  private String errors;

  @BeforeEach
  void writeCorpus() throws IOException {
    corpus = Files.createDirectory(folder.resolve("corpus"));
    Files.writeString(corpus.resolve("en.txt"), ENGLISH.repeat(20));
    Files.writeString(corpus.resolve("zh.txt"), CHINESE.repeat(20));
    Files.writeString(
        corpus.resolve("page.html"),
        "<html><body><script>var x = 1;</script><p>" + ENGLISH.repeat(8) + "</p></body></html>");
    Files.write(corpus.resolve("picture.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G'});
  }

  private String neo(int exitCode, String in, String... options) {
    InputStream before = System.in;
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    System.setIn(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)));
    try {
      String[] arguments =
          Stream.concat(Stream.of("tokenizer"), Stream.of(options)).toArray(String[]::new);
      int exit = Main.run(new PrintStream(out, true), new PrintStream(err, true), arguments);
      errors = err.toString(StandardCharsets.UTF_8);
      assertEquals(exitCode, exit, errors);
    } finally {
      System.setIn(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private String train(String name, String... more) {
    List<String> options = new ArrayList<>(List.of("train", "--in", corpus.toString()));
    options.addAll(List.of("--vocab", "420", "--out", folder.resolve(name).toString()));
    options.addAll(List.of(more));
    return neo(0, "", options.toArray(String[]::new));
  }

  @Test
  void shouldTrainEncodeAndDecode() throws IOException {
    JsonNode trained = new ObjectMapper().readTree(train("mine", "--json"));

    Path mine = folder.resolve("mine");
    Tokenizer tokenizer = TokenizerFile.read(mine.resolve("tokenizer.neo.json"));
    assertEquals(3, trained.get("texts").asInt());
    assertEquals(tokenizer.vocabSize(), trained.get("ids").asInt());
    assertEquals(tokenizer.fingerprint(), trained.get("fingerprint").asText());
    for (String name : List.of("tokenizer.model", "tokenizer.json", "tokenizer_config.json")) {
      assertTrue(Files.exists(mine.resolve(name)), name);
    }
    String lines = "the pages\n\n  网页 🙂\n";
    String ids = neo(0, lines, "encode", "--tokenizer", mine.toString());
    assertEquals(3, ids.lines().count());
    assertEquals(lines, neo(0, ids, "decode", "--tokenizer", mine.toString()));
    // By SentencePiece's file and from a file the same.
    Path text = Files.writeString(folder.resolve("lines.txt"), lines);
    String model = mine.resolve("tokenizer.model").toString();
    assertEquals(ids, neo(0, "", "encode", "--tokenizer", model, "--in", text.toString()));
    String pieces = neo(0, "the\n", "encode", "--tokenizer", model, "--pieces");
    assertEquals("[\"t\",\"he\"]\n", pieces);
    String newline = Integer.toString(tokenizer.encode("\n")[0]);
    assertEquals("\"\\n\"\n", neo(0, newline, "decode", "--tokenizer", model, "--json"));
  }

  @Test
  void shouldUseAByteLevelFileOfHuggingFace() throws IOException {
    String file = byteLevelFile().toString();

    String ids = neo(0, "the pages\n中\n", "encode", "--tokenizer", file);
    assertEquals("256 101 32 112 97 103 101 115\n228 184 173\n", ids);
    assertEquals("the pages\n中\n", neo(0, ids, "decode", "--tokenizer", file));
    String pieces = neo(0, "the中\n", "encode", "--tokenizer", file, "--pieces");
    assertEquals("[\"th\",\"e\",\"<0xE4>\",\"<0xB8>\",\"<0xAD>\"]\n", pieces);
    JsonNode inspected =
        new ObjectMapper()
            .readTree(
                neo(
                    0,
                    "",
                    "inspect",
                    "--tokenizer",
                    file,
                    "--in",
                    corpus.resolve("en.txt").toString(),
                    "--json"));
    assertEquals(257, inspected.get("ids").asInt());
    assertEquals(0, inspected.get("changed").asInt());
    neo(2, "", "export", "--tokenizer", file, "--out", folder.resolve("out").toString());
    assertTrue(errors.contains("must have byte fallback; a byte-level one can be used"), errors);
  }

  /** Every byte has its number as id, and "th" is 256. */
  private Path byteLevelFile() throws IOException {
    var vocabulary = new ArrayList<String>();
    int others = 256;
    for (int b = 0; b < 256; b++) {
      boolean prints = b > ' ' && b < 0x7F || b > 0xA0 && b != 0xAD;
      String quoted =
          new ObjectMapper().writeValueAsString(Character.toString(prints ? b : others++));
      vocabulary.add(quoted + ":" + b);
    }
    return Files.writeString(
        folder.resolve("theirs.json"),
        """
        {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
         "decoder": {"type": "ByteLevel"},
         "model": {"type": "BPE", "vocab": {%s, "th": 256}, "merges": ["t h"]}}"""
            .formatted(String.join(",", vocabulary)));
  }

  @Test
  void shouldTrainTheSameWhateverTheOrder() throws IOException {
    train("first");
    Path moved = Files.createDirectory(folder.resolve("moved"));
    Files.move(corpus.resolve("en.txt"), moved.resolve("z.txt"));
    Files.move(corpus.resolve("zh.txt"), moved.resolve("a.txt"));
    Files.move(corpus.resolve("page.html"), moved.resolve("0.html"));
    corpus = moved;
    train("second");

    for (String name : List.of("tokenizer.neo.json", "tokenizer.model", "tokenizer.json")) {
      assertEquals(
          -1,
          Files.mismatch(
              folder.resolve("first").resolve(name), folder.resolve("second").resolve(name)));
    }
  }

  @Test
  void shouldTrainWithPublishedOptions() throws IOException {
    train("mine", "--published");

    assertTrue(TokenizerFiles.read(folder.resolve("mine")).dummyPrefix());
  }

  @Test
  void shouldSayThatFewerIdsCouldBeLearned() throws IOException {
    Path text = Files.writeString(folder.resolve("short.txt"), ENGLISH);

    String printed =
        neo(0, "", "train", "--in", text.toString(), "--out", folder.resolve("few").toString());

    assertTrue(printed.contains("fewer than asked: the texts have no more pairs"), printed);
  }

  @Test
  void shouldInspectByLanguageAndDomain() throws IOException {
    train("mine");
    Files.writeString(corpus.resolve("other.txt"), "ἐν ἀρχῇ ἦν ὁ λόγος ".repeat(10));
    String mine = folder.resolve("mine").toString();

    JsonNode told =
        new ObjectMapper()
            .readTree(
                neo(0, "", "inspect", "--tokenizer", mine, "--in", corpus.toString(), "--json"));
    String table = neo(0, "", "inspect", "--tokenizer", mine, "--in", corpus.toString());

    assertEquals(5, told.get("read").asInt());
    assertEquals(0, told.get("changed").asInt());
    JsonNode groups = told.get("groups");
    assertEquals(2, groups.get("en en.web").get("texts").asInt());
    assertEquals(0, groups.get("zh zh.web").get("byteTokens").asInt());
    assertTrue(groups.get("en en.web").get("charactersPerToken").asDouble() > 3);
    long texts = 0;
    for (JsonNode group : groups) {
      texts += group.get("texts").asLong();
    }
    assertEquals(texts, told.get("texts").asLong());
    assertEquals(10, told.get("longest").size());
    assertTrue(
        table.contains("5 read = " + texts + " texts + " + (5 - texts) + " without text"), table);
    assertTrue(table.contains("en en.web"), table);
    assertTrue(table.contains("0 texts changed by encoding and decoding"), table);
  }

  @Test
  void shouldExportWhatAFormatCanHoldAndSayWhatNot() throws IOException {
    List<Piece> pieces = new ArrayList<>(Vocabulary.ofLearned(List.of("a")).pieces());
    pieces.add(new Piece(Piece.Kind.USER, "</s>"));
    Path odd = folder.resolve("odd.json");
    TokenizerFile.write(new Tokenizer(new Vocabulary(pieces), false), odd);
    Path out = folder.resolve("out");

    neo(0, "", "export", "--tokenizer", odd.toString(), "--out", out.toString());

    assertTrue(errors.contains("neo: tokenizer.model is not written: "), errors);
    assertTrue(errors.contains("neo: tokenizer.json is not written: "), errors);
    assertEquals(TokenizerFiles.read(odd).fingerprint(), TokenizerFiles.read(out).fingerprint());
  }

  @Test
  void shouldNameTheLineThatIsWrong() {
    train("mine");
    String mine = folder.resolve("mine").toString();

    neo(2, "1 2\n3 x\n", "decode", "--tokenizer", mine);
    assertTrue(
        errors.contains("ids must be whole numbers: line=2, For input string: \"x\""), errors);
    neo(2, "1\n2\n99999\n", "decode", "--tokenizer", mine);
    assertTrue(errors.contains("line 3: id must be one of the vocabulary: id=99999"), errors);
    neo(2, "4 -1\n", "decode", "--tokenizer", mine);
    assertTrue(errors.contains("line 1: id must be one of the vocabulary: id=-1"), errors);
  }
}
