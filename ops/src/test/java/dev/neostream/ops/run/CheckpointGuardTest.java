package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointGuardTest {

  @TempDir static Path kafka;
  private static EmbeddedBroker broker;

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(kafka);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void save() throws IOException {
    for (long step : List.of(3L, 5L, 7L)) {
      new CheckpointStore(folder)
          .save(
              new CheckpointManifest(step, "", 1, Map.of(), "m", "t", 0L, List.of(), 0L),
              Map.of(),
              Map.of());
    }
  }

  /** Brokers that hold batches and reports up to these steps. */
  private static KafkaConnection holding(long batch, long report) {
    KafkaConnection connection =
        broker.connection(new Topics("batch" + (batch + 1) + "-report" + (report + 1)));
    TopicAdmin.create(connection, connection.topics().all(List.of(), 1, 1, 1));
    try (var batches =
            new TopicWriter<>(connection, connection.topics().trainBatches(), TrainBatch.class);
        var reports =
            new TopicWriter<>(connection, connection.topics().trainSteps(), StepReport.class)) {
      for (long step = 0; step <= batch; step++) {
        batches.write(new TrainBatch(step, 1, "first", 1e-3, List.of(), false));
      }
      for (long step = 0; step <= report; step++) {
        reports.write(
            new StepReport(
                step, 1, "first", 1e-3, 1.0, 1L, List.of(), 1.0, 0L, 0L, 0L, 1.0, 0.0, ""));
      }
    }
    return connection;
  }

  @ParameterizedTest
  @CsvSource({"6, 9", "9, 6", "6, 5"})
  void shouldSetAsideWhatBatchesOrReportsDoNotReach(long batch, long report) throws IOException {
    new CheckpointGuard(folder, said::add).requireSteps(holding(batch, report));

    assertEquals(List.of(3L, 5L), new CheckpointStore(folder).steps());
    assertTrue(Files.exists(folder.resolve("step-00000007.ahead")));
    assertEquals(1, said.size());
    assertTrue(
        said.get(0).contains("last batch's step=" + batch + ", last report's step=" + report),
        said.get(0));
  }

  @Test
  void shouldLeaveCheckpointsAloneThatAreReached() throws IOException {
    new CheckpointGuard(folder, said::add).requireSteps(holding(9, 7));

    assertEquals(List.of(3L, 5L, 7L), new CheckpointStore(folder).steps());
    assertEquals(List.of(), said);
  }

  @ParameterizedTest
  @CsvSource({"9, -1", "-1, 9", "2, 2"})
  void shouldRefuseBrokersThatReachNone(long batch, long report) throws IOException {
    KafkaConnection connection = holding(batch, report);

    String refused =
        assertThrows(
                UserError.class,
                () -> new CheckpointGuard(folder, said::add).requireSteps(connection))
            .getMessage();

    assertTrue(refused.contains("oldest checkpoint's step=3"), refused);
    assertEquals(List.of(3L, 5L, 7L), new CheckpointStore(folder).steps());
  }
}
