package dev.neostream.ops.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.serve.StoredTinyModel;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.model.Decoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks put to a stored model, against sums computed here from the decoder's logits. */
class EvaluationTest {

  private static final int ALL = Integer.MAX_VALUE;

  private static final String CHOICE =
      """
      name: letters
      version: 3
      kind: choice
      prompt: "{q}"
      choices: choices
      target: "{answer}"
      metrics: [acc, acc_norm, acc_bytes]
      group: "{g}"
      """;

  private static final Evaluation.Progress QUIET = (task, asked, all) -> {};

  @TempDir static Path folder;

  private static StoredModel stored;
  private static StoredLanguageModel model;
  private static Decoder decoder;

  @BeforeAll
  static void open() throws IOException {
    stored = StoredTinyModel.save(new RunFolder(folder.resolve("run")), 7, 48);
    model = StoredLanguageModel.open(stored, 1);
    decoder = stored.decoder(1);
  }

  @AfterAll
  static void close() {
    model.close();
    decoder.close();
  }

  /** Returns the sum of log softmax over the last ids, straight from the definition. */
  private static double direct(int[] ids, int scored) {
    double total = 0;
    for (int i = ids.length - scored; i < ids.length; i++) {
      float[] logits = decoder.logits(Arrays.copyOf(ids, i));
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit);
      }
      total += logits[ids[i]] - Math.log(sum);
    }
    return total;
  }

  private static int[] prefixed(String text) {
    return IntStream.concat(
            IntStream.of(stored.tokenizer().endOfDocument()),
            Arrays.stream(stored.tokenizer().encode(text)))
        .toArray();
  }

  private static String json(Object record) throws IOException {
    return new ObjectMapper().writeValueAsString(record) + "\n";
  }

  private static Evaluation evaluation(String yaml, String data, int limit) throws IOException {
    Path task = Files.writeString(Files.createTempFile(folder, "task", ".yaml"), yaml);
    Path records = Files.writeString(Files.createTempFile(folder, "data", ".jsonl"), data);
    return Evaluation.prepare(TaskFile.read(task + "=" + records), limit);
  }

  private static TaskResult run(String yaml, String data) throws Exception {
    return evaluation(yaml, data, ALL).run(model, QUIET);
  }

  private static Score score(TaskResult result, String metric, String group) {
    return result.scores().stream()
        .filter(s -> s.metric().equals(metric) && s.group().equals(group))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldScoreChoicesByTheirOwnTokensLogProbabilities() throws Exception {
    var random = new SplittableRandom(11);
    var data = new StringBuilder();
    double[] right = new double[3];
    double[] inGroup = new double[3];
    int questions = 60;
    for (int q = 0; q < questions; q++) {
      String prompt = q % 4 == 0 ? "" : word(random, 5);
      List<String> choices = new ArrayList<>();
      while (choices.size() < 2 + q % 2) {
        choices.add(word(random, 6) + (choices.isEmpty() ? "\u4E2D" : ""));
      }
      int answer = random.nextInt(choices.size());
      String group = q % 3 == 0 ? "third" : "other";
      data.append(json(Map.of("q", prompt, "choices", choices, "answer", answer, "g", group)));
      int[] best = new int[3];
      double[][] values = new double[3][choices.size()];
      for (int i = 0; i < choices.size(); i++) {
        String choice = choices.get(i);
        int[] ids =
            prompt.isEmpty()
                ? prefixed(" " + choice)
                : stored.tokenizer().encode(prompt + " " + choice);
        int context = prompt.isEmpty() ? 1 : stored.tokenizer().encode(prompt).length;
        double sum = direct(ids, ids.length - context);
        values[0][i] = sum;
        values[1][i] = sum / choice.length();
        values[2][i] = sum / choice.getBytes(StandardCharsets.UTF_8).length;
        for (int metric = 0; metric < 3; metric++) {
          best[metric] = values[metric][i] > values[metric][best[metric]] ? i : best[metric];
        }
      }
      for (int metric = 0; metric < 3; metric++) {
        right[metric] += best[metric] == answer ? 1 : 0;
        inGroup[metric] += best[metric] == answer && group.equals("third") ? 1 : 0;
      }
    }

    TaskResult result = run(CHOICE, data.toString());

    List<String> metrics = List.of("acc", "acc_norm", "acc_bytes");
    for (int metric = 0; metric < 3; metric++) {
      Score all = score(result, metrics.get(metric), "");
      assertEquals(right[metric] / questions, all.value());
      assertEquals(questions, all.count());
      assertEquals((1 / 2.0 + 1 / 3.0) / 2, all.chance(), 1e-12);
      double p = all.value();
      assertEquals(
          Math.sqrt(p * (1 - p) / (questions - 1)), all.standardError(), 1e-12, "of a proportion");
      assertEquals(inGroup[metric] / 20, score(result, metrics.get(metric), "third").value());
      assertEquals(20, score(result, metrics.get(metric), "third").count());
    }
    assertTrue(right[0] != right[1] || right[1] != right[2], "the metrics are told apart");
    assertEquals(9, result.scores().size());
    assertEquals(3, result.version());
    assertEquals(0, result.truncated());
  }

  private static String word(SplittableRandom random, int most) {
    var word = new StringBuilder();
    for (int n = 1 + random.nextInt(most); n > 0; n--) {
      word.append("abc".charAt(random.nextInt(3)));
    }
    return word.toString();
  }

  @Test
  void shouldTellTheLikelierSentenceOfAPair() throws Exception {
    List<String> sentences = List.of("abc", "cab c", "ccc", "b a", "aab");
    var data = new StringBuilder();
    int right = 0;
    for (String good : sentences) {
      for (String bad : sentences) {
        data.append(json(Map.of("sentence_good", good, "sentence_bad", bad, "UID", "u")));
        int[] one = prefixed(" " + good);
        int[] other = prefixed(" " + bad);
        right += direct(one, one.length - 1) >= direct(other, other.length - 1) ? 1 : 0;
      }
    }
    Path file = Files.writeString(folder.resolve("pairs.jsonl"), data);

    TaskResult result = Evaluation.prepare(TaskFile.read("blimp=" + file), ALL).run(model, QUIET);

    // Of equal ones the first, the good one, counts, as in numpy's argmax.
    assertEquals(15, right);
    assertEquals(right / 25.0, score(result, "acc", "").value());
    assertEquals(.5, score(result, "acc", "u").chance());
  }

  @Test
  void shouldMeasureBitsPerByteOfTexts() throws Exception {
    List<String> texts = List.of("abc cab", "\u4E2D a", "cc");
    double bits = 0;
    int bytes = 0;
    var data = new StringBuilder();
    for (String text : texts) {
      int[] ids = prefixed(text);
      bits -= direct(ids, ids.length - 1) / Math.log(2);
      bytes += text.getBytes(StandardCharsets.UTF_8).length;
      data.append(json(Map.of("text", text, "domain", text.length() > 3 ? "long" : "short")));
    }
    Path file = Files.writeString(folder.resolve("texts.jsonl"), data);

    TaskResult result = Evaluation.prepare(TaskFile.read("text=" + file), ALL).run(model, QUIET);

    assertEquals(bits / bytes, score(result, "bits_per_byte", "").value(), 1e-4);
    assertEquals(8, score(result, "bits_per_byte", "short").chance());
    assertEquals(2, score(result, "bits_per_byte", "short").count());
    assertEquals(1, score(result, "bits_per_byte", "long").count());
  }

  @Test
  void shouldMeasureTheSameWhateverTheContextThatATextFits() throws Exception {
    String text = "abc cab ab";
    Path file =
        Files.writeString(folder.resolve("fits.jsonl"), json(Map.of("text", text, "domain", "d")));
    Evaluation evaluation = Evaluation.prepare(TaskFile.read("text=" + file), ALL);
    int fits = prefixed(text).length;
    double expected = score(evaluation.run(model, QUIET), "bits_per_byte", "").value();

    for (int context : new int[] {fits - 2, fits, fits + 1, 200}) {
      var other = StoredTinyModel.save(new RunFolder(folder.resolve("of" + context)), 7, context);
      try (var windowed = StoredLanguageModel.open(other, 1)) {
        double value = score(evaluation.run(windowed, QUIET), "bits_per_byte", "").value();

        if (context < fits) {
          assertNotEquals(expected, value, "a second window sees less");
        } else {
          assertEquals(expected, value);
        }
      }
    }
  }

  private static final String GENERATION =
      """
      name: continue
      version: 1
      kind: generation
      prompt: "{q}"
      target: "{a}"
      maxTokens: 12
      """;

  @Test
  void shouldCompareWhatIsWritten() throws Exception {
    String written = model.generate(stored.tokenizer().encode("ab"), 12, List.of());
    assertTrue(written.length() > 3, written);
    String middle = written.substring(1, 2);
    String data =
        json(Map.of("q", "ab", "a", written)) + json(Map.of("q", "ab", "a", written + "a"));

    TaskResult whole = run(GENERATION, data);
    TaskResult stopped =
        run(
            GENERATION + "stop: " + json(List.of(middle)),
            json(Map.of("q", "ab", "a", written.substring(0, written.indexOf(middle)))));

    assertEquals(.5, score(whole, "exact_match", "").value());
    assertEquals(0, score(whole, "exact_match", "").chance());
    assertEquals(1, score(stopped, "exact_match", "").value());
  }

  @Test
  void shouldCutPromptsToLeaveRoomForTheAnswer() throws Exception {
    int[] last = stored.tokenizer().encode("cb".repeat(18));
    assertEquals(36, last.length);
    String written = model.generate(last, 12, List.of());

    TaskResult cut = run(GENERATION, json(Map.of("q", "cb".repeat(30), "a", written)));
    TaskResult whole = run(GENERATION, json(Map.of("q", "cb".repeat(18), "a", written)));

    assertEquals(1, score(cut, "exact_match", "").value());
    assertEquals(1, cut.truncated());
    assertEquals(0, whole.truncated());
    Evaluation noRoom =
        evaluation(GENERATION.replace("12", "48"), json(Map.of("q", "a", "a", "b")), ALL);
    assertEquals(
        "task continue: maxTokens must leave room for a prompt: maxTokens=48, the model's"
            + " context=48",
        assertThrows(UserError.class, () -> noRoom.run(model, QUIET)).getMessage());
  }

  @Test
  void shouldAskTheFirstRecordsOfEachFileOfAFolder() throws Exception {
    Path data = Files.createDirectory(folder.resolve("files"));
    for (String name : List.of("b", "a")) {
      var lines = new StringBuilder("\n");
      for (int i = 0; i < 5; i++) {
        lines.append(json(Map.of("text", "abc", "domain", name + i)));
      }
      Files.writeString(data.resolve(name + ".jsonl"), lines);
    }
    Files.writeString(data.resolve("README.md"), "no data");

    List<String> progress = new ArrayList<>();

    TaskResult result =
        Evaluation.prepare(TaskFile.read("text=" + data), 2)
            .run(model, (task, asked, all) -> progress.add(task + " " + asked + "/" + all));

    assertEquals(
        List.of("", "a0", "a1", "b0", "b1"), result.scores().stream().map(Score::group).toList());
    assertEquals(4, result.questions());
    assertEquals(List.of("text 1/4", "text 2/4", "text 3/4", "text 4/4"), progress);
    assertEquals(List.of(2, 2), result.data().stream().map(TaskResult.Data::asked).toList());
    assertEquals(List.of(5, 5), result.data().stream().map(TaskResult.Data::records).toList());
    assertTrue(result.data().get(0).file().endsWith("a.jsonl"));
  }

  @Test
  void shouldGiveTheSameBitsAgainAndWhateverElseIsAsked() throws Exception {
    var data = new StringBuilder();
    var random = new SplittableRandom(2);
    for (int i = 0; i < 40; i++) {
      data.append(json(Map.of("text", word(random, 60), "domain", "d" + i)));
    }
    Path file = Files.writeString(folder.resolve("again.jsonl"), data);

    TaskResult all = Evaluation.prepare(TaskFile.read("text=" + file), ALL).run(model, QUIET);
    TaskResult again = Evaluation.prepare(TaskFile.read("text=" + file), ALL).run(model, QUIET);
    TaskResult some = Evaluation.prepare(TaskFile.read("text=" + file), 7).run(model, QUIET);

    assertEquals(all, again);
    for (int i = 0; i < 7; i++) {
      assertEquals(score(all, "bits_per_byte", "d" + i), score(some, "bits_per_byte", "d" + i));
    }
  }

  @Test
  void shouldAskTheModelWhatTheServerIsAsked() {
    int[] ids = prefixed("abc cab");
    double[] own = model.logProbabilities(ids);

    assertEquals(ids.length - 1, own.length);
    for (int i = 1; i < ids.length; i++) {
      assertEquals(direct(Arrays.copyOf(ids, i + 1), 1), own[i - 1], 1e-4);
    }
    assertArrayEquals(new double[0], model.logProbabilities(new int[] {ids[0]}));
  }
}
