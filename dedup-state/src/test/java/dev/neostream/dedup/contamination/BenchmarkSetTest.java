package dev.neostream.dedup.contamination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.contamination.BenchmarkSet.Field;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkSetTest {

  @TempDir Path folder;

  private static List<Field> fields(String line) {
    return BenchmarkSet.item(line, "f:1").fields();
  }

  @Test
  void shouldReadAQuestionAndItsAnswerWithAndWithoutAnnotations() {
    assertEquals(
        List.of(
            new Field("question", "How many?"),
            new Field("answer", "2*3=<<2*3=6>>6\n#### 6"),
            new Field("answer_plain", "2*3=6\n#### 6")),
        fields("{\"question\":\"How many?\",\"answer\":\"2*3=<<2*3=6>>6\\n#### 6\"}"));
    assertEquals(
        List.of(new Field("question", "Who?"), new Field("answer", "Nobody.")),
        fields("{\"question\":\"Who?\",\"answer\":\"Nobody.\"}"));
  }

  @Test
  void shouldPutChoicesBehindTheQuestion() {
    var question = new Field("question", "Which?\nA. red\nB. blue");

    assertEquals(
        List.of(question),
        fields("{\"question\":\"Which?\",\"choices\":[\"red\",\"blue\"],\"answer\":1}"));
    assertEquals(
        List.of(question),
        fields("{\"id\":0,\"question\":\"Which?\",\"A\":\"red\",\"B\":\"blue\",\"answer\":\"B\"}"));
    assertEquals(
        List.of(new Field("passage", "A text."), new Field("question", "Which?\n(A)red\n(B)blue")),
        fields(
            "{\"passage\":\"A text.\",\"question\":\"Which?\",\"options\":[\"(A)red\",\"(B)blue\"],"
                + "\"label\":\"B\",\"answer\":null}"));
  }

  @Test
  void shouldReadPairsOfSentencesAndPlainTexts() {
    assertEquals(
        List.of(new Field("sentence_good", "He sings."), new Field("sentence_bad", "He sing.")),
        fields(
            "{\"sentence_good\":\"He sings.\",\"sentence_bad\":\"He sing.\",\"field\":\"syntax\"}"));
    assertEquals(List.of(new Field("text", "Words.")), fields("{\"text\":\"Words.\"}"));
  }

  @Test
  void shouldCompareEveryTextOfItemsOfUnknownShape() {
    assertEquals(
        List.of(new Field("prompt", "Add two."), new Field("target", "Two and two.")),
        fields("{\"id\":\"x\",\"prompt\":\"Add two.\",\"level\":3,\"target\":\"Two and two.\"}"));
    assertEquals(
        List.of(new Field("passage", "A text."), new Field("query", "What of it?")),
        fields("{\"query\":\"What of it?\",\"passage\":\"A text.\",\"gold\":\" \"}"));
  }

  @Test
  void shouldNameItemsByTheirIdOrTheirPlace() throws IOException {
    Path plain =
        Files.writeString(
            folder.resolve("a.jsonl"), "{\"text\":\"x\"}\n\n{\"id\":17,\"text\":\"y\"}\n");
    Path packed = folder.resolve("b.jsonl.gz");
    try (OutputStream file = Files.newOutputStream(packed)) {
      for (String line :
          List.of("{\"text\":\"z\"}\n", "{\"text\":\"behind the first member\"}\n")) {
        var member = new GZIPOutputStream(file);
        member.write(line.getBytes(StandardCharsets.UTF_8));
        member.finish();
      }
    }

    BenchmarkSet set = BenchmarkSet.read("mine", List.of(plain, packed));

    assertEquals(
        List.of("a.jsonl:1", "17", "b.jsonl.gz:1", "b.jsonl.gz:2"),
        set.items().stream().map(BenchmarkSet.Item::id).toList());
  }

  @Test
  void shouldSayWhichLineIsNoItemAndWhy() {
    String unknown =
        assertThrows(
                IllegalArgumentException.class,
                () -> BenchmarkSet.item("{\"id\":\"x\",\"level\":3}", "f.jsonl:3"))
            .getMessage();
    String broken =
        assertThrows(
                IllegalArgumentException.class, () -> BenchmarkSet.item("{\"text\":", "f.jsonl:4"))
            .getMessage();

    assertTrue(unknown.endsWith("place=f.jsonl:3, fields=[id, level]"), unknown);
    assertTrue(broken.contains("place=f.jsonl:4"), broken);
    assertThrows(IllegalArgumentException.class, () -> new BenchmarkSet("a.b", List.of()));
  }
}
