package dev.neostream.ops.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.ops.account.RejectExamples;
import dev.neostream.ops.account.StepTimeline;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.HeldOutBlock;
import dev.neostream.schemas.avro.HeldOutSet;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.LearningRate;
import dev.neostream.schemas.avro.LearningRateKind;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.Phase;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.StageCounts;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.tokens.topic.HeldOutCounts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunMonitorTest {

  @TempDir Path folder;

  private static <T extends SpecificRecordBase> void send(
      KafkaConnection connection, String topic, Class<T> type, T value) throws Exception {
    send(connection, topic, type, value, 1_000);
  }

  private static <T extends SpecificRecordBase> void send(
      KafkaConnection connection, String topic, Class<T> type, T value, long writtenAt)
      throws Exception {
    try (var producer =
        new KafkaProducer<>(
            connection.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] frame = AvroCodec.of(type, connection.registry()).encode(value);
      producer.send(new ProducerRecord<>(topic, 0, writtenAt, new byte[0], frame)).get();
    }
  }

  private static void plan(KafkaConnection connection, long step) throws Exception {
    send(
        connection,
        connection.topics().trainBatches(),
        TrainBatch.class,
        new TrainBatch(
            step,
            1,
            "only",
            1e-3,
            // The third step reads again what the second did.
            List.of(new BatchRow("code", 0, Math.min(step, 1), 0, 1L)),
            step == 9));
  }

  private static void report(KafkaConnection connection, long step, double loss, long finishedAt)
      throws Exception {
    send(
        connection,
        connection.topics().trainSteps(),
        StepReport.class,
        new StepReport(
            step,
            1,
            "only",
            1e-3,
            loss,
            64L,
            List.of(new DomainLoss("code", 1, 64L, loss)),
            1.5,
            7L,
            8L,
            finishedAt,
            0.5,
            0.125,
            ""));
  }

  private static DuplicateMark duplicate(long ordinal, String rule) {
    return new DuplicateMark(
        "id-" + ordinal, ordinal, "source", "url", "id-0", rule, 1.0, true, false, false);
  }

  private static EvalResult heldOut(long step, String domain, double loss) {
    return new EvalResult(step, "held-out", domain, "loss", loss, 64L, null, null);
  }

  @Test
  void shouldTellWhatTheTopicsTell() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      KafkaConnection connection = broker.connection(new Topics("demo"));
      Topics topics = connection.topics();
      TopicAdmin.create(connection, topics.all(List.of("code"), 1, 1, 1));
      var plan =
          new MixtureUpdate(
              1,
              0,
              "test",
              "first plan",
              5L,
              List.of(
                  new Phase(
                      "only",
                      10L,
                      Map.of("code", 1.0),
                      new LearningRate(LearningRateKind.COSINE, 1e-3, 1e-3, 0L, 0.0, 0L, 0L),
                      0L)),
              false);
      try (var monitor =
          new RunMonitor(
              connection,
              List.of(Stage.DEDUP),
              10,
              new HeldOutCounts(List.of("code"), 2),
              new StepFiles(folder.resolve("metrics.jsonl"), folder.resolve("tensorboard")))) {
        assertEquals(-1, monitor.refresh().checkpointStep());
        assertEquals(
            new Status.HeldOutSet(0, -1, 0, 0, 0, "code has 0 of 2 blocks"),
            monitor.refresh().heldOutSet());

        send(
            connection,
            topics.ingestPositions(),
            IngestPosition.class,
            new IngestPosition(
                List.of("a", "b"),
                4L,
                0,
                List.of(2L, 1L),
                3L,
                2L,
                1L,
                99L,
                false,
                List.of(),
                List.of(0L, 1L)));
        for (String stage : List.of("clean", "dedup", "tokenize")) {
          send(
              connection,
              topics.pipelineCounts(),
              StageCounts.class,
              new StageCounts(1L, stage, 0, 1, 1L, 1L, 0L, 0L, 0L, 64L, 1L, Map.of()),
              1_300);
        }
        send(connection, topics.mixturePlans(), MixtureUpdate.class, plan);
        send(
            connection,
            topics.mixtureDecisions(),
            MixtureDecision.class,
            new MixtureDecision(1, true, 0L, "test", "first plan", 5L, "", MixtureChange.PLAN, ""));
        var silent =
            new MixtureDecision(
                1, false, 1L, "sequencer", "no block", 6L, "", MixtureChange.SILENT, "code");
        send(connection, topics.mixtureDecisions(), MixtureDecision.class, silent);
        send(
            connection,
            topics.rejectedDocuments(),
            RejectedDocument.class,
            new RejectedDocument(
                "", -1L, "a", "u", "f", 3L, "ingest", "jsonl.syntax", "{", "JSON", "", "", ""));
        for (long block : List.of(0L, 1L, 2L)) {
          send(
              connection,
              topics.tokenIndex(),
              TokenIndex.class,
              new TokenIndex("code", 0, block, 64, 1L, false),
              1_250);
        }
        for (String rule : List.of("exact", "minhash", "exact")) {
          send(
              connection,
              topics.duplicatesDocuments(),
              DuplicateMark.class,
              duplicate(rule.length(), rule));
        }
        for (long step : List.of(0L, 1L, 2L)) {
          plan(connection, step);
        }
        report(connection, 0, 9.0, 1_000L);
        report(connection, 1, 8.0, 1_500L);
        for (long step : List.of(0L, 1L)) {
          for (String domain : List.of("code", "en.web", "all")) {
            send(
                connection,
                topics.evalResults(),
                EvalResult.class,
                heldOut(step, domain, domain.length() - 0.5 * step));
          }
        }
        send(
            connection,
            topics.checkpoints(),
            CheckpointManifest.class,
            new CheckpointManifest(
                1L, "checkpoints/step-1", 1, Map.of(), "m", "t", 7L, List.of(), 2_000L));

        send(
            connection,
            topics.evalSets(),
            HeldOutSet.class,
            new HeldOutSet(
                3, 1L, List.of(new HeldOutBlock("heldout.code", 0, 1L, 256, 7L)), 256L, 8L, 2, 9L));

        Status status = monitor.refresh();

        assertEquals(new Status.HeldOutSet(3, 1, 1, 256, 2, ""), status.heldOutSet());
        assertEquals(new Status.Ingest(3, 2, 1, 99, 2, false), status.ingest());
        assertEquals(Map.of("exact", 2L, "minhash", 1L), status.duplicates());
        assertEquals(Map.of("code", 3L), status.blocks());
        assertEquals(
            Map.of("raw.documents", 1L, "token.index", 1L, "train.batches", 1L),
            status.flow().lag());
        assertEquals(0.25, status.flow().blockSeconds());
        assertEquals(0.5, status.flow().gradientSeconds());
        assertEquals(Map.of(0L, 3.0, 1L, 2.5), status.heldOut());
        assertEquals(Map.of("code", 3.5, "en.web", 5.5), status.heldOutByDomain());
        assertEquals(1, status.checkpointStep());
        assertEquals(2_000L, status.checkpointAt());
        Status.Training training = status.training();
        assertEquals(1, training.step());
        assertEquals(8.0, training.loss());
        assertEquals(1.0, training.stepSeconds());
        assertEquals(0.25, training.syncSeconds());
        assertEquals(1_500L, training.finishedAt());
        assertEquals(Map.of("code", 128L), training.tokensByDomain());
        assertEquals(128.0, training.tokensPerSecond());
        History history = monitor.history();
        assertEquals(List.of(0L, 1L), history.steps().stream().map(StepReport::getStep).toList());
        assertEquals(
            List.of(new Status.Change(1, true, 0, "test", "first plan", 5, "")), history.changes());
        assertEquals(Map.of(1, plan), history.plans());
        assertEquals(List.of(silent), history.silences());
        assertEquals(
            List.of(new RejectExamples.Example(Stage.INGEST, "jsonl.syntax", "", "u", "{", "JSON")),
            history.rejects());
        Timeline timeline = monitor.timeline();
        assertEquals(
            List.of(9.0, 8.0), timeline.points().stream().map(StepTimeline.Point::loss).toList());
        assertEquals(Map.of("code", 1.0), timeline.points().get(0).asked());
        assertEquals(history.changes(), timeline.changes());
        assertEquals(history.plans(), timeline.plans());
        assertEquals(history.silences(), timeline.silences());
        assertEquals(history.rejects(), timeline.rejects());
        assertEquals(
            List.of(new Timeline.Checkpoint(1, "checkpoints/step-1", 2_000L)),
            timeline.checkpoints());

        assertEquals(0.0, training.checkpointSeconds());
        report(connection, 2, 7.0, 3_500L);
        Status next = monitor.refresh();
        // Made at 2.0 s, and the step after it began half a second before it ended.
        assertEquals(1.0, next.training().checkpointSeconds());
        assertEquals(0L, next.flow().lag().get("train.batches"));
        assertEquals(0.5, next.flow().gradientSeconds(), "a step of a block that was read before");
      }
    }
  }

  @Test
  void shouldKeepWhatNoTopicTellsWhenTheStateChanges() {
    Status watched =
        Status.starting(10)
            .with(Status.TOKENS, "block 3 of code lane 0", Status.Ranks.UNKNOWN, 2, 1L << 30);

    Status stopped = watched.in("stopped", "");

    assertEquals("block 3 of code lane 0", watched.waiting());
    assertEquals("tokens", watched.stall());
    assertEquals("", stopped.waiting() + stopped.stall());
    assertEquals(2, stopped.restarts());
    assertEquals(1L << 30, stopped.freeBytes());
  }
}
