package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.topic.IngestWriter;
import dev.neostream.ops.RunContents;
import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.monitor.RunMonitor;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.StepFiles;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.topic.HeldOutCounts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusJobTest {

  @TempDir Path folder;

  private RunContents run(int parallelism) throws Exception {
    Path own = Files.createDirectory(folder.resolve("parallelism-" + parallelism));
    try (Pipeline pipeline = Pipeline.start(own);
        EmbeddedFlink flink =
            pipeline.submit(
                parallelism,
                Duration.ofSeconds(1),
                CorpusJob.sink(pipeline.connection(), Duration.ofHours(1)))) {
      Status status = pipeline.runToEnd(flink);
      assertEquals("", status.problem());
      status.stages().forEach((stage, counts) -> assertFalse(counts.read() == 0, stage.wireName()));
      return RunContents.read(pipeline.connection());
    }
  }

  @Test
  void shouldMakeTheSameBlocksAtAnyParallelism() throws Exception {
    RunContents one = run(1);
    RunContents three = run(3);

    assertFalse(one.blockHashes().isEmpty());
    assertEquals(one.blockHashes(), three.blockHashes());
    assertEquals(one.held(), three.held());
  }

  /** The corpus holds a page that names a domain of its own, as sets that name the site do. */
  @Test
  void shouldTakeARecordOfAnUnknownDomainForOneOfItsLanguage() throws Exception {
    try (Pipeline pipeline = Pipeline.start(folder);
        EmbeddedFlink flink =
            pipeline.submit(
                2,
                Duration.ofSeconds(1),
                CorpusJob.sink(pipeline.connection(), Duration.ofHours(1)))) {
      Status status = pipeline.runToEnd(flink);

      assertEquals(0, status.stages().get(Stage.TOKENIZE).rejected());
      assertEquals(
          List.of("code", "en.web", "zh.web"),
          status.funnel().kept().stream().map(Funnel.Kept::domain).distinct().sorted().toList());
    }
  }

  /** Checkpoints within which a window must close; without the beat it never would. */
  private static final int PATIENCE_CHECKPOINTS = 40;

  private static RawDocument raw(RawKind kind, long ordinal, String text) {
    return RawDocument.newBuilder()
        .setKind(kind)
        .setOrdinal(ordinal)
        .setId(kind == RawKind.DOCUMENT ? DocumentId.of("test", text, ordinal) : "")
        .setSource("test")
        .setUrl("")
        .setFile("")
        .setOffset(0)
        .setMediaType("text/x-java-source")
        .setCrawledAt(0)
        .setPayload(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private static <T extends SpecificRecordBase> void send(
      KafkaConnection connection, String topic, int partition, Class<T> type, T value)
      throws Exception {
    try (var producer =
        new KafkaProducer<>(
            connection.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] frame = AvroCodec.of(type, connection.registry()).encode(value);
      producer.send(new ProducerRecord<>(topic, partition, new byte[0], frame)).get();
    }
  }

  private static CountBook.Counts dedup(RunMonitor monitor) {
    return monitor.refresh().stages().get(Stage.DEDUP);
  }

  @Test
  void shouldCloseWindowsWhenRestoredBetweenTheEndsOfTwoPartitions() throws Exception {
    String code =
        "/** Returns the value that was given to it. */\nint value(int x) { return x; }\n";
    long end = EventTime.eraEnd(0);
    try (Pipeline pipeline = Pipeline.startEmpty(folder)) {
      KafkaConnection connection = pipeline.connection();
      String topic = connection.topics().rawDocuments();
      var sink = CorpusJob.sink(connection, Duration.ofHours(1));
      List<String> sources = Inputs.resolve(pipeline.inputs()).stream().map(Input::source).toList();
      send(
          connection,
          connection.topics().ingestPositions(),
          0,
          IngestPosition.class,
          new IngestPosition(
              sources,
              end + 1,
              0,
              List.of(2L, 0L, 0L),
              2L,
              2L,
              0L,
              1L,
              true,
              List.of(),
              List.of()));
      send(connection, topic, 0, RawDocument.class, raw(RawKind.DOCUMENT, 0, code));
      send(connection, topic, 1, RawDocument.class, raw(RawKind.DOCUMENT, 1, code + code));
      send(connection, topic, 1, RawDocument.class, raw(RawKind.END, end, ""));

      try (EmbeddedFlink flink = pipeline.submit(2, Duration.ofSeconds(1), sink);
          var monitor =
              new RunMonitor(
                  connection,
                  List.of(Stage.DEDUP),
                  2,
                  new HeldOutCounts(List.of("code"), 2),
                  new StepFiles(folder.resolve("metrics.jsonl"), folder.resolve("tensorboard")))) {
        while (dedup(monitor).held() < 2) {
          assertTrue(flink.failure().isEmpty());
        }
        flink.stopJob(Duration.ofMinutes(1));
      }
      send(connection, topic, 0, RawDocument.class, raw(RawKind.END, end, ""));
      try (IngestWriter ingest = pipeline.ingest()) {
        ingest.beat();
      }

      try (EmbeddedFlink flink = pipeline.submit(2, Duration.ofSeconds(1), sink);
          var monitor =
              new RunMonitor(
                  connection,
                  List.of(Stage.DEDUP),
                  2,
                  new HeldOutCounts(List.of("code"), 2),
                  new StepFiles(folder.resolve("metrics.jsonl"), folder.resolve("tensorboard")))) {
        while (dedup(monitor).emitted() < 2) {
          assertTrue(flink.failure().isEmpty());
          assertTrue(monitor.refresh().checkpoint() < PATIENCE_CHECKPOINTS, "windows must close");
        }
        assertEquals(0, dedup(monitor).held());
      }
    }
  }
}
