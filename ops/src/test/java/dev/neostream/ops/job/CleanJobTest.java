package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.clean.topic.ProfileControl;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.file.FileCleaner;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.ops.file.LineFile;
import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.ProfileRole;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.ShadowDifference;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanJobTest {

  /** Documents sent until one of them must have met the new profile. */
  private static final int PATIENCE = 400;

  private static final String PAGE =
      "The library keeps the books that people have given to it over many years. It is open on most"
          + " days, and the staff will help you find what you want to read. There are rooms where"
          + " you can sit with a newspaper, and a garden that is quiet even in summer. If you wish to"
          + " borrow something, bring a card with your name and address to the desk by the door.";

  @TempDir Path folder;

  private static Set<String> rejects(KafkaConnection connection) {
    Set<String> rejects = new TreeSet<>();
    for (RejectedDocument reject :
        all(connection, connection.topics().rejectedDocuments(), RejectedDocument.class)) {
      if (Stage.of(reject) == Stage.CLEAN) {
        rejects.add(
            String.join(
                " ",
                reject.getUrl(),
                reject.getReason(),
                reject.getValue(),
                reject.getThreshold(),
                reject.getLanguage(),
                reject.getDomain()));
      }
    }
    return rejects;
  }

  private static <T extends SpecificRecordBase> List<T> all(
      KafkaConnection connection, String topic, Class<T> type) {
    try (var reader = new TopicReader<>(connection, topic, type)) {
      return reader.readToEnd();
    }
  }

  /** A domain that a run does not have is that of the language there. */
  private static List<Funnel.Kept> inARun(List<Funnel.Kept> kept) {
    var inARun = new Funnel();
    for (Funnel.Kept group : kept) {
      String domain =
          List.of("code", "en.web", "zh.web").contains(group.domain())
              ? group.domain()
              : group.language() + ".web";
      for (long n = 0; n < group.documents(); n++) {
        inARun.keep(group.language(), domain);
      }
    }
    return inARun.kept();
  }

  @Test
  void shouldDecideLikeFileMode() throws Exception {
    Path lines = folder.resolve("rejects.jsonl");
    try (Pipeline pipeline = Pipeline.start(folder);
        EmbeddedFlink flink =
            pipeline.submit(
                2,
                Duration.ofSeconds(1),
                CorpusJob.sink(pipeline.connection(), Duration.ofHours(1)))) {
      Status status = pipeline.runToEnd(flink);
      try (var documents = new FileDocuments(Inputs.resolve(pipeline.inputs()));
          var out = new LineFile(lines)) {
        var summary =
            new FileCleaner(CleanConfig.of(Profile.recommended()), 2, false)
                .run(documents, Optional.empty(), Optional.of(out));

        assertEquals(summary.all().kept(), status.stages().get(Stage.CLEAN).emitted());
        assertEquals(inARun(summary.funnel().tables().kept()), status.funnel().kept());
      }
      Set<String> expected = new TreeSet<>();
      var json = new com.fasterxml.jackson.databind.ObjectMapper();
      for (String line : Files.readAllLines(lines)) {
        var reject = json.readTree(line);
        if (reject.get("stage").asText().equals("clean")) {
          var fields = new ArrayList<String>();
          for (String name : List.of("url", "reason", "value", "threshold", "language", "domain")) {
            fields.add(reject.get(name).asText());
          }
          expected.add(String.join(" ", fields));
        }
      }
      assertFalse(expected.isEmpty());
      assertEquals(expected, rejects(pipeline.connection()));
    }
  }

  private static void send(KafkaConnection connection, int number) throws Exception {
    RawDocument document =
        RawDocument.newBuilder()
            .setKind(RawKind.DOCUMENT)
            .setOrdinal(number)
            .setId(DocumentId.of("test", "page", number))
            .setSource("test")
            .setUrl("page-" + number)
            .setFile("")
            .setOffset(number)
            .setMediaType("text/plain")
            .setCrawledAt(0)
            .setPayload(ByteBuffer.wrap(PAGE.getBytes(StandardCharsets.UTF_8)))
            .build();
    try (var producer =
        new KafkaProducer<>(
            connection.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] frame = AvroCodec.of(RawDocument.class, connection.registry()).encode(document);
      producer
          .send(
              new ProducerRecord<>(
                  connection.topics().rawDocuments(), number % 2, new byte[0], frame))
          .get();
    }
  }

  /** Sends pages until the job has written a record that was asked for. */
  private static <T extends SpecificRecordBase> T sendUntil(
      KafkaConnection connection,
      EmbeddedFlink flink,
      int from,
      String topic,
      Class<T> type,
      Predicate<T> asked)
      throws Exception {
    try (var reader = new TopicReader<>(connection, topic, type)) {
      for (int number = from; number < from + PATIENCE; number++) {
        assertTrue(flink.failure().isEmpty());
        send(connection, number);
        Optional<T> found = reader.poll(Duration.ofMillis(100)).stream().filter(asked).findFirst();
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    throw new AssertionError("no such record in " + topic);
  }

  @Test
  void shouldTakeProfilesWhileRunningAndKeepThemWhenRestored() throws Exception {
    String strict =
        Profile.recommended()
            .yaml()
            .replaceFirst("version: .*", "version: strict-1")
            .replaceFirst("min: 50,", "min: 500,");
    try (Pipeline pipeline = Pipeline.startEmpty(folder)) {
      KafkaConnection connection = pipeline.connection();
      var sink = CorpusJob.sink(connection, Duration.ofHours(1));
      var control = new ProfileControl(connection, CleanConfig.of(Profile.recommended()));
      Predicate<RejectedDocument> byStrict =
          reject -> reject.getCleaner().endsWith("/rules-strict-1");
      String rejects = connection.topics().rejectedDocuments();
      try (EmbeddedFlink flink = pipeline.submit(2, Duration.ofMillis(300), sink)) {
        control.send(ProfileRole.SHADOW, strict, "test", "look first", 1);
        ShadowDifference difference =
            sendUntil(
                connection,
                flink,
                0,
                connection.topics().shadowDocuments(),
                ShadowDifference.class,
                any -> true);

        assertEquals("", difference.getReason());
        assertEquals("gopher.word_count", difference.getShadowReason());
        assertEquals("strict-1", difference.getShadow());
        assertEquals(Set.of(), rejects(connection));

        control.send(ProfileRole.DECIDE, strict, "test", "then decide", 2);
        RejectedDocument reject =
            sendUntil(connection, flink, 1_000, rejects, RejectedDocument.class, byStrict);

        assertEquals("gopher.word_count", reject.getReason());
        flink.stopJob(Duration.ofMinutes(1));
      }
      try (EmbeddedFlink flink = pipeline.submit(2, Duration.ofMillis(300), sink)) {
        sendUntil(
            connection,
            flink,
            2_000,
            rejects,
            RejectedDocument.class,
            reject -> byStrict.test(reject) && reject.getOrdinal() >= 2_000);
        flink.stopJob(Duration.ofMinutes(1));
      }
      for (RejectedDocument reject : all(connection, rejects, RejectedDocument.class)) {
        assertTrue(
            reject.getOrdinal() < 2_000 || byStrict.test(reject), "restored: " + reject.getUrl());
      }
      assertEquals(2, control.inForce().version());
      assertEquals(2, control.history().size());
    }
  }
}
