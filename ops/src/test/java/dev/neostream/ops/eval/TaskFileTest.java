package dev.neostream.ops.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.ops.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TaskFileTest {

  private static final String CHOICE =
      """
      name: mine
      version: 2
      kind: choice
      data: [data.jsonl]
      prompt: "{q}"
      choices: options
      target: "{a}"
      """;

  private static final String GENERATION =
      CHOICE.replace("choice", "generation").replace("choices: options\n", "");

  private static final String GOOD = "{\"q\": \"ab\", \"options\": [\"a\", \"b\"], \"a\": 1}\n";

  @TempDir Path folder;

  private Evaluation prepare(String yaml, String data) throws IOException {
    Files.writeString(folder.resolve("data.jsonl"), data);
    Path task = Files.writeString(folder.resolve("task.yaml"), yaml);
    return Evaluation.prepare(TaskFile.read(task.toString()), Integer.MAX_VALUE);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        // the task
        Arguments.of("a: [", GOOD, "T: line 1: while parsing a flow node"),
        Arguments.of("", GOOD, "T: kind must be one of [choice, generation, text]: kind="),
        Arguments.of(
            CHOICE.replace("choice\n", "chioce\n"),
            GOOD,
            "T: kind must be one of [choice, generation, text]: kind=\"chioce\""),
        Arguments.of(CHOICE.replace("target", "taget"), GOOD, "T: there must be a target"),
        Arguments.of(CHOICE.replace("version: 2", ""), GOOD, "T: there must be a version"),
        Arguments.of(
            CHOICE + "metric: [acc]", GOOD, "T: unknown name: metric; did you mean metrics?"),
        Arguments.of(
            CHOICE + "metrics: [f1]",
            GOOD,
            "T: metrics must be some of acc, acc_norm, acc_bytes: [f1]"),
        Arguments.of(
            CHOICE.replace("{q}", "{q"),
            GOOD,
            "T: a brace must be one of a pair, or written twice to stand for itself:"
                + " template={q, index=0"),
        Arguments.of(
            CHOICE.replace("options", "{a: b}"),
            GOOD,
            "T: it must be the name of a field or a list of templates: {\"a\":\"b\"}"),
        Arguments.of(
            CHOICE + "fewshot: {count: -1}", GOOD, "T: count of fewshot must be 0 to 1000: -1"),
        Arguments.of(GENERATION + "maxTokens: 0", GOOD, "T: maxTokens must be at least 1: 0"),
        Arguments.of(
            GENERATION + "stop: ['']", GOOD, "T: stop must be at most 16 texts, none empty: []"),
        Arguments.of(
            GENERATION + "extract: '(a'",
            GOOD,
            "T: it must be a regular expression: (a: Unclosed group"),
        Arguments.of(
            CHOICE.replace("\"{a}\"", "1"), GOOD, "T: a template must be a text, in quotes: 1"),
        Arguments.of(CHOICE + "group: ~", GOOD.replace("1}", "3}"), "D:1: a target must be"),
        // the data
        Arguments.of(CHOICE, "", "a task's data must hold a record: data=D, records=0"),
        Arguments.of(CHOICE, "\n \n", "a task's data must hold a record: data=D, records=0"),
        Arguments.of(
            CHOICE,
            GOOD + "\n{\"q\": \"b\",\n",
            "D:3: a line must be a JSON object: Unexpected end-of-input within/between Object"
                + " entries"),
        Arguments.of(CHOICE, GOOD + "[1]\n", "D:2: a line must be a JSON object: type=ARRAY"),
        Arguments.of(
            CHOICE,
            "{\"q\": 1, \"q\": 2}\n",
            "D:1: a line must be a JSON object: Duplicate field 'q'"),
        Arguments.of(
            CHOICE,
            GOOD + GOOD.replace("\"q\"", "\"qu\""),
            "D:2: there must be a field q; did you mean qu?"),
        Arguments.of(
            CHOICE,
            GOOD + GOOD.replace("[\"a\", \"b\"]", "[\"a\"]"),
            "D:2: there must be two choices or more, none empty: choices=[a]"),
        Arguments.of(
            CHOICE,
            GOOD.replace("\"b\"", "\"\""),
            "D:1: there must be two choices or more, none empty: choices=[a, ]"),
        Arguments.of(
            CHOICE,
            GOOD.replace("[\"a\", \"b\"]", "\"ab\""),
            "D:1: a field must be an array of texts: field=options, type=STRING"),
        Arguments.of(
            CHOICE,
            GOOD.replace("1}", "2}"),
            "D:1: a target must be a choice's place, from 0: target=2, choices=2"),
        Arguments.of(
            CHOICE,
            GOOD.replace("1}", "\"B\"}"),
            "D:1: a target must be a choice's place, from 0: target=B, choices=2"),
        Arguments.of(
            CHOICE.replace("\"{a}\"", "\"{c}\""),
            GOOD,
            "D:1: there must be a field c; did you mean q?"),
        Arguments.of(
            CHOICE + "labels: [A, B, C]",
            GOOD,
            "D:1: every choice must have a label: labels=3, choices=2"),
        Arguments.of(
            CHOICE + "labels: [A, B]",
            GOOD,
            "D:1: a target must be one of the labels: target=1, labels=[A, B]"),
        Arguments.of(
            CHOICE + "labels: ['1', '1']",
            GOOD,
            "D:1: a target must be one of the labels: target=1, labels=[1, 1]"),
        Arguments.of(
            CHOICE + "fewshot: {count: 1}",
            GOOD,
            "D:1: there must be enough other records to show: fewshot=1, records=0"),
        Arguments.of(
            CHOICE + "fewshot: {count: 1, data: none.jsonl}",
            GOOD,
            "a task's data must be a readable file of JSON Lines: data=F/none.jsonl"),
        Arguments.of(
            "{name: t, version: 1, kind: text, text: '{q}', data: data.jsonl}",
            GOOD.replace("ab", ""),
            "D:1: a text must not be empty"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void shouldSayWhatIsWrongAndWhere(String yaml, String data, String problem) {
    var refused = assertThrows(UserError.class, () -> prepare(yaml, data));

    String expected =
        problem
            .replaceFirst("^T", folder.resolve("task.yaml").toString())
            .replaceFirst("(^|=)D\\b", "$1" + folder.resolve("data.jsonl"))
            .replaceFirst("=F\\b", "=" + folder);
    String said = refused.getMessage();
    assertEquals(expected, said.substring(0, Math.min(said.length(), expected.length())), said);
    assertEquals(UserError.USAGE, refused.exitCode());
  }

  @Test
  void shouldRefuseDataThatIsNotUtf8() throws IOException {
    Files.write(folder.resolve("latin.jsonl"), new byte[] {'{', '"', (byte) 0xe9, '"', '}'});
    TaskFile task = TaskFile.read("text=" + folder.resolve("latin.jsonl"));

    var refused = assertThrows(UserError.class, () -> Evaluation.prepare(task, 1));

    assertEquals(
        "a task's data must be UTF-8: data=" + folder.resolve("latin.jsonl"), refused.getMessage());
  }

  @Test
  void shouldReadEveryTaskThatComesAlong() throws IOException {
    Map<String, String> records =
        Map.of(
            "arc",
            "{\"question\": \"q\", \"choices\": {\"text\": [\"x\", \"y\"], \"label\": [\"1\","
                + " \"2\"]}, \"answerKey\": \"2\"}",
            "blimp",
            "{\"sentence_good\": \"g\", \"sentence_bad\": \"b\", \"UID\": \"u\"}",
            "ceval",
            "{\"question\": \"q\", \"A\": 1, \"B\": 2, \"C\": 3, \"D\": 4, \"answer\": \"D\"}",
            "gsm8k",
            "{\"question\": \"q%d\", \"answer\": \"#### 5\"}",
            "mmlu",
            "{\"question\": \"q\", \"subject\": \"s\", \"choices\": [\"w\", \"x\", \"y\", \"z\"],"
                + " \"answer\": 3}",
            "text",
            "{\"text\": \"t\", \"domain\": \"d\"}");
    for (String name : TaskFile.NAMES) {
      var lines = new StringBuilder();
      for (int i = 0; i < 6; i++) {
        lines.append(records.get(name).replace("%d", "" + i)).append('\n');
      }
      Path data = Files.writeString(folder.resolve(name + ".jsonl"), lines);

      TaskFile task = TaskFile.read(name + "=" + data);
      Evaluation.prepare(task, Integer.MAX_VALUE);

      assertEquals(name, task.task().name());
      assertEquals(data.toString(), task.definition().path("data").get(0).asText());
      assertEquals(
          "a task must have data: task=%s; give it as %s=FILE".formatted(name, name),
          assertThrows(UserError.class, () -> Evaluation.prepare(TaskFile.read(name), 1))
              .getMessage());
    }
  }

  @Test
  void shouldKnowWhatAMisspeltTaskMeant() {
    assertEquals(
        "--tasks must be a file or one of " + TaskFile.NAMES + ": tasks=blip; did you mean blimp?",
        assertThrows(UserError.class, () -> TaskFile.read("blip=x.jsonl")).getMessage());
  }

  @Test
  void shouldTakeDataRelativeToTheTaskUnlessItIsGiven() throws IOException {
    prepare(CHOICE, GOOD);
    Path task = folder.resolve("task.yaml");

    assertEquals(
        List.of(folder.resolve("data.jsonl").toString()),
        TaskFile.read(task.toString()).task().data());
    assertEquals(
        List.of(folder.resolve("other.jsonl").toString()),
        TaskFile.read(task + "=" + folder.resolve("other.jsonl")).task().data());
    Path odd = Files.copy(task, folder.resolve("a=b.yaml"));
    assertEquals("mine", TaskFile.read(odd.toString()).task().name());
  }
}
