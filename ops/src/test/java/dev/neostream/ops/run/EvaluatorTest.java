package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.serve.StoredTinyModel;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorTest {

  private static final int EVERY = 10;

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();
  private EmbeddedBroker broker;
  private KafkaConnection connection;
  private RunFolder run;

  @BeforeEach
  void start() {
    run = new RunFolder(folder.resolve("run"));
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
    connection = broker.connection(new Topics("demo"));
    TopicAdmin.create(connection, connection.topics().all(List.of(), 1, 1, 1));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private String task(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name + ".jsonl"), "{\"t\": \"%s\"}\n".formatted(text));
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        "{name: %s, version: 1, kind: text, data: %s.jsonl, text: '{t}', group: '{t}'}"
            .formatted(name, name));
    return file.toString();
  }

  private Evaluator evaluator(String... tasks) {
    var spec = new RunSpec.Eval(List.of(tasks), EVERY, 5);
    return new Evaluator(spec, Evaluator.prepare(spec), run.checkpoints(), connection, said::add);
  }

  private List<EvalResult> results() {
    try (var reader =
        new TopicReader<>(connection, connection.topics().evalResults(), EvalResult.class)) {
      return reader.readToEnd();
    }
  }

  private static void await(Evaluator evaluator) {
    while (!evaluator.finished()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldAskEachCheckpointWhoseTurnItIsOnce() throws Exception {
    String first = task("first", "a b");
    String second = task("second", "c ab");
    try (Evaluator evaluator = evaluator(first, second)) {
      StoredTinyModel.save(run, 4, 16);
      evaluator.look(4);
      assertTrue(results().isEmpty(), "before the first ten steps");
      StoredTinyModel.save(run, 9, 16);
      evaluator.look(9);
      await(evaluator);
      evaluator.look(14);
    }
    try (Evaluator again = evaluator(first, second)) {
      again.look(9);
      await(again);
    }

    List<EvalResult> results = results();
    assertEquals(List.of(), said);
    // Two metrics of a text, of all and of its only group.
    assertEquals(
        List.of("first all", "first a b", "second all", "second c ab"),
        results.stream().map(r -> r.getTask() + " " + r.getDomain()).distinct().toList());
    assertEquals(List.of(9L), results.stream().map(EvalResult::getStep).distinct().toList());
    assertEquals(
        results.size(),
        results.stream().map(r -> r.getTask() + r.getDomain() + r.getMetric()).distinct().count());
  }

  @Test
  void shouldAskTheLastCheckpointWhateverItsStep() throws Exception {
    try (Evaluator evaluator = evaluator(task("only", "a b c"))) {
      StoredTinyModel.save(run, 3, 16);
      assertFalse(evaluator.finished());
      await(evaluator);
    }

    assertEquals(List.of("Evaluating the last checkpoint"), said);
    assertEquals(List.of(3L), results().stream().map(EvalResult::getStep).distinct().toList());
    assertTrue(results().stream().allMatch(result -> result.getChance() != null));
  }

  @Test
  void shouldSayThatACheckpointCannotBeAskedAndGoOn() throws Exception {
    try (Evaluator evaluator = evaluator(task("only", "a b c"))) {
      StoredTinyModel.save(run, 9, 16);
      Path model = run.checkpoints().resolve("step-00000009").resolve("model.safetensors");
      Files.write(model, new byte[3]);
      evaluator.look(9);
      await(evaluator);
    }

    assertEquals(1, said.size(), said.toString());
    assertTrue(said.get(0).startsWith("the checkpoint of step 9 was not evaluated: "), said.get(0));
    assertEquals(List.of(), results());
  }

  @Test
  void shouldHaveNothingToDoWithoutTasks() throws Exception {
    try (Evaluator evaluator = evaluator()) {
      evaluator.look(99);
      assertTrue(evaluator.finished());
    }
  }

  @Test
  void shouldRefuseATaskWithoutDataBeforeAnythingStarts() {
    String refused =
        assertThrows(
                UserError.class, () -> Evaluator.prepare(new RunSpec.Eval(List.of("blimp"), 10, 5)))
            .getMessage();

    assertTrue(refused.contains("a task must have data: task=blimp"), refused);
  }
}
