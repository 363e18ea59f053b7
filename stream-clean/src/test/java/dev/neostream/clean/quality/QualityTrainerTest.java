package dev.neostream.clean.quality;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityTrainerTest {

  private static final QualityTrainer SMALL = new QualityTrainer(3, 16, 5, 0.5, 0, 1);

  @TempDir Path folder;

  @Test
  void learnsWhatTellsTheClassesApart() {
    QualityModel model = SMALL.train(theorems(), offers()).model();
    assertTrue(model.score(utf8("We prove that the theorem holds.")) > 0.7);
    assertTrue(model.score(utf8("Buy now, free shipping!")) < 0.3);
    assertEquals(0.5, model.score(utf8("")), 0.1);
  }

  @Test
  void learnsFromChineseCharacters() {
    List<byte[]> good = List.of(utf8("我们证明这个定理成立。"), utf8("由引理可得定理的证明。"));
    List<byte[]> bad = List.of(utf8("全场包邮,欢迎选购!"), utf8("点击购买,优惠多多!"));
    QualityModel model = SMALL.train(good, bad).model();
    assertTrue(model.score(utf8("下面证明定理")) > 0.6);
    assertTrue(model.score(utf8("优惠购买")) < 0.4);
  }

  @Test
  void theSameTextsGiveTheSameFile() throws IOException {
    SMALL.train(theorems(), offers()).model().save(folder.resolve("a"));
    SMALL.train(theorems(), offers()).model().save(folder.resolve("b"));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("a")), Files.readAllBytes(folder.resolve("b")));
  }

  @Test
  void aModelReadIsTheModelWritten() throws IOException {
    QualityModel model = SMALL.train(theorems(), offers()).model();
    model.save(folder.resolve("model"));
    QualityModel read = QualityModel.load(folder.resolve("model"));
    for (byte[] text : offers()) {
      assertEquals(model.score(text), read.score(text));
      assertEquals(model.score(text), read.copy().score(text));
    }
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    Path file = folder.resolve("model");
    SMALL.train(theorems(), offers()).model().save(file);
    byte[] whole = Files.readAllBytes(file);
    byte[] flipped = whole.clone();
    flipped[1000] ^= 1;
    assertTrue(refusal(flipped).contains("checksum"));
    assertTrue(refusal(Arrays.copyOf(whole, whole.length - 4)).contains("checksum"));
    assertTrue(refusal(new byte[3]).contains("NEOQUAL"));
    assertTrue(refusal(new byte[100]).contains("NEOQUAL"));
    byte[] newer = whole.clone();
    newer[11] = 2;
    assertTrue(refusal(newer).contains("version=2"));
  }

  @Test
  void equalTextsAreHeldOutTogether() {
    var halves = new QualityTrainer(2, 12, 1, 0.5, 0.5, 1);
    var good = new ArrayList<byte[]>();
    var bad = new ArrayList<byte[]>();
    for (int i = 0; i < 200; i++) {
      for (int copy = 0; copy < 3; copy++) {
        good.add(utf8("good text " + i));
        bad.add(utf8("bad text " + i));
      }
    }
    Evaluation heldOut = halves.train(good, bad).heldOut();
    assertEquals(0, heldOut.positives() % 3);
    assertEquals(0, heldOut.negatives() % 3);
    assertEquals(600, heldOut.positives() + heldOut.negatives(), 100);
    assertEquals(1, heldOut.auc());
  }

  @Test
  void refusesWhatCannotBeTrained() {
    assertThrows(IllegalArgumentException.class, () -> SMALL.train(List.of(), offers()));
    assertThrows(IllegalArgumentException.class, () -> SMALL.train(theorems(), List.of()));
    assertThrows(IllegalArgumentException.class, () -> new QualityTrainer(0, 16, 1, 0.5, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new QualityTrainer(3, 30, 1, 0.5, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new QualityTrainer(3, 16, 1, 0.5, 1, 1));
  }

  @Test
  void anyBytesOfAnyLengthAreScored() {
    QualityModel model = SMALL.train(theorems(), offers()).model();
    var bytes = new byte[4096];
    new java.util.Random(3).nextBytes(bytes);
    for (int length = 0; length < 200; length++) {
      float score = model.score(Arrays.copyOf(bytes, length * 20));
      assertTrue(score >= 0 && score <= 1, "score=" + score);
    }
    var tokens = new NgramFeatures(1, 20, 1);
    assertEquals(1, tokens.read(utf8("a ".repeat(100_000))));
    byte[] many = new byte[2_000_000];
    Arrays.fill(many, (byte) '.');
    assertEquals(1, tokens.read(many));
  }

  @Test
  void tokensAreWordsMarksAndHanCharacters() {
    var unigrams = new NgramFeatures(1, 24, 1);
    assertEquals(4, unigrams.read(utf8("Naïve words, WORDS naïve!")));
    assertEquals(5, unigrams.read(utf8("中文abc文、。")));
    assertEquals(2, unigrams.read(utf8("привет мир")));
    assertEquals(2, unigrams.read(utf8("한국어 문장")));
    var bigrams = new NgramFeatures(2, 24, 1);
    assertEquals(5, bigrams.read(utf8("a b c")));
    assertEquals(0, bigrams.read(utf8(" \n\t")));
  }

  @Test
  void tellsReferenceTextFromWebPages() throws IOException {
    Path mix = SharedData.folder("domain-mix");
    List<byte[]> good = pieces(SharedData.lines(mix.resolve("wikipedia.en.txt")));
    var web = new ArrayList<String>();
    for (String line : SharedData.lines(mix.resolve("web-c4.en.jsonl"))) {
      web.add(new ObjectMapper().readTree(line).path("text").asText());
    }
    Evaluation heldOut =
        new QualityTrainer(3, 20, 3, 0.5, 0.3, 1).train(good, pieces(web)).heldOut();
    assertTrue(heldOut.positives() > 200 && heldOut.negatives() > 150);
    assertTrue(heldOut.auc() > 0.97, "AUC=" + heldOut.auc());
  }

  /** Returns pieces of about 800 characters, so that a few long documents are many texts. */
  private static List<byte[]> pieces(List<String> documents) {
    var pieces = new ArrayList<byte[]>();
    for (String document : documents) {
      for (int at = 0; at + 200 < document.length(); at += 800) {
        pieces.add(utf8(document.substring(at, Math.min(document.length(), at + 800))));
      }
    }
    return pieces;
  }

  private String refusal(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("damaged"), bytes);
    return assertThrows(IOException.class, () -> QualityModel.load(file)).getMessage();
  }

  private static List<byte[]> theorems() {
    return List.of(
        utf8("We prove the theorem by induction on n."),
        utf8("The lemma holds for every prime p."),
        utf8("Hence the proof of the theorem is complete."));
  }

  private static List<byte[]> offers() {
    return List.of(
        utf8("Buy one now and get free shipping!"),
        utf8("Click here for the best price, buy today!"),
        utf8("Free offer! Order now!"),
        utf8("Best shipping price in town!"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
