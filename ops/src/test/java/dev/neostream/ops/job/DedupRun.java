package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.job.DedupJob;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.CleanDocument;
import dev.neostream.schemas.avro.DocumentCopies;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.StageCounts;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Deduplication alone on a real broker and real clusters, fed document by document. */
final class DedupRun {

  static final int PARTITIONS = 2;
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  /** A document to deduplicate. */
  record Document(String id, String url, long crawledAt, String text) {

    Document(String id, long crawledAt, String text) {
      this(id, "", crawledAt, text);
    }
  }

  /**
   * What came out.
   *
   * @param unique ids handed on, repeats included
   * @param texts their texts
   * @param rejected reason by rejected document
   * @param canonicals canonical by duplicate
   * @param marks all marks
   * @param copies newest record by survivor
   */
  record Outcome(
      List<String> unique,
      Map<String, String> texts,
      Map<String, String> rejected,
      Map<String, String> canonicals,
      List<DuplicateMark> marks,
      Map<String, Integer> copies) {}

  private final KafkaConnection connection;
  private final DedupConfig config;
  private final DedupScope scope;
  private final Path folder;

  DedupRun(EmbeddedBroker broker, String name, DedupConfig config, DedupScope scope, Path folder) {
    connection = broker.connection(new Topics(name));
    TopicAdmin.create(connection, connection.topics().all(List.of(), PARTITIONS, 1, 1));
    this.config = config;
    this.scope = scope;
    this.folder = folder.resolve(name);
  }

  KafkaConnection connection() {
    return connection;
  }

  /** Returns the rejects so far: reason and value by id. */
  Map<String, String> rejected() {
    Map<String, String> rejected = new TreeMap<>();
    for (RejectedDocument reject :
        all(connection.topics().rejectedDocuments(), RejectedDocument.class)) {
      rejected.put(reject.getId(), reject.getReason() + " " + reject.getValue());
    }
    return rejected;
  }

  /** Writes documents with the ordinals {@code from, from + 1 ...}, in turn to all partitions. */
  void send(List<Document> documents, long from) {
    List<RawDocument> raws = new ArrayList<>();
    for (int i = 0; i < documents.size(); i++) {
      raws.add(raw(RawKind.DOCUMENT, from + i, documents.get(i)));
    }
    send(raws);
  }

  /** Promises that nothing up to an ordinal will follow. */
  void reach(long ordinal) {
    send(List.of(raw(RawKind.MARKER, ordinal, new Document("", 0, ""))));
  }

  /** Ends an era. */
  void end(long era) {
    long ordinal = EventTime.eraStart(era + 1) - 1;
    send(List.of(raw(RawKind.END, ordinal, new Document("", 0, ""))));
  }

  static RawDocument raw(RawKind kind, long ordinal, Document document) {
    return RawDocument.newBuilder()
        .setKind(kind)
        .setOrdinal(ordinal)
        .setId(document.id)
        .setSource("test")
        .setUrl(document.url)
        .setFile("")
        .setOffset(0)
        .setMediaType("text/plain")
        .setCrawledAt(document.crawledAt)
        .setPayload(ByteBuffer.wrap(document.text.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  /** Writes documents to their partitions, and what is none to all. */
  void send(List<RawDocument> raws) {
    AvroCodec<RawDocument> codec = AvroCodec.of(RawDocument.class, connection.registry());
    String topic = connection.topics().rawDocuments();
    try (var producer =
        new KafkaProducer<>(
            connection.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (RawDocument raw : raws) {
        byte[] frame = codec.encode(raw);
        for (int partition = 0; partition < PARTITIONS; partition++) {
          if (raw.getKind() != RawKind.DOCUMENT || raw.getOrdinal() % PARTITIONS == partition) {
            producer.send(new ProducerRecord<>(topic, partition, new byte[0], frame));
          }
        }
      }
      producer.flush();
    }
  }

  /** Starts a cluster that runs the job, from where the last one stopped. */
  EmbeddedFlink start(int parallelism) {
    return startWithTakedowns(parallelism, connection.topics().takedowns());
  }

  /** The same with another topic in the place of that of takedowns. */
  EmbeddedFlink startWithTakedowns(int parallelism, String takedowns) {
    EmbeddedFlink flink =
        EmbeddedFlink.start(
            folder.resolve("checkpoints"), folder, parallelism, Duration.ofMillis(500), 512);
    flink.submit(
        "dedup",
        env ->
            CorpusJob.defineDedup(
                env,
                connection,
                PARTITIONS,
                CorpusJob.control(env, connection, takedowns, "takedowns"),
                config,
                scope,
                CorpusJob.sink(connection, Duration.ofHours(1))));
    return flink;
  }

  /**
   * Waits until a checkpoint counts so many documents read and none held, and asserts that no stage
   * has lost any.
   */
  void await(EmbeddedFlink flink, long read, boolean drained) {
    await(
        flink,
        page ->
            assertNothingLost(page) == read && (!drained || sum(page, StageCounts::getHeld) == 0));
  }

  /** Waits for a checkpoint whose counts, one a stage and subtask, are as asked. */
  void await(EmbeddedFlink flink, Predicate<Collection<StageCounts>> asked) {
    Map<Long, Map<String, StageCounts>> pages = new TreeMap<>();
    try (var counts =
        new TopicReader<>(connection, connection.topics().pipelineCounts(), StageCounts.class)) {
      while (true) {
        if (flink.failure().isPresent()) {
          throw new AssertionError("the job must run", flink.failure().get());
        }
        for (StageCounts count : counts.poll(Duration.ofMillis(50))) {
          Map<String, StageCounts> page =
              pages.computeIfAbsent(count.getCheckpoint(), key -> new TreeMap<>());
          page.put(count.getStage() + "/" + count.getSubtask(), count);
          if (page.size() == count.getSubtasks() * DedupJob.countedStages(config).size()
              && asked.test(page.values())) {
            return;
          }
        }
      }
    }
  }

  /** Asserts that no stage has lost a document; returns how many the first has read. */
  long assertNothingLost(Collection<StageCounts> page) {
    long first = -1;
    long emitted = -1;
    for (Stage stage : DedupJob.countedStages(config)) {
      List<StageCounts> own = page.stream().filter(c -> Stage.of(c) == stage).toList();
      long read = sum(own, StageCounts::getRead);
      if (first < 0) {
        first = read;
      } else {
        assertEquals(emitted, read, stage.wireName());
      }
      emitted = sum(own, StageCounts::getEmitted);
      long others = sum(own, c -> c.getRejected() + c.getDuplicates() + c.getHeld());
      assertEquals(read, emitted + others, stage.wireName());
    }
    return first;
  }

  static long sum(Collection<StageCounts> counts, ToLongFunction<StageCounts> value) {
    return counts.stream().mapToLong(value).sum();
  }

  void stop(EmbeddedFlink flink) {
    flink.stopJob(DEADLINE);
    flink.close();
  }

  /** Runs everything that was sent and returns what came out. */
  Outcome runToEnd(int parallelism, long documents) {
    EmbeddedFlink flink = start(parallelism);
    await(flink, documents, true);
    stop(flink);
    return outcome();
  }

  Outcome outcome() {
    List<String> unique = new ArrayList<>();
    Map<String, String> texts = new TreeMap<>();
    for (CleanDocument document : all(connection.topics().uniqueDocuments(), CleanDocument.class)) {
      unique.add(document.getId());
      texts.put(document.getId(), document.getText());
    }
    unique.sort(null);
    Map<String, String> rejected = new TreeMap<>();
    for (RejectedDocument reject :
        all(connection.topics().rejectedDocuments(), RejectedDocument.class)) {
      rejected.put(reject.getId(), reject.getReason());
    }
    List<DuplicateMark> marks = all(connection.topics().duplicatesDocuments(), DuplicateMark.class);
    Map<String, String> canonicals = new TreeMap<>();
    marks.forEach(mark -> canonicals.put(mark.getId(), mark.getCanonical()));
    Map<String, Integer> copies = new TreeMap<>();
    for (DocumentCopies record : all(connection.topics().documentCopies(), DocumentCopies.class)) {
      copies.put(record.getCanonical(), record.getCopies());
    }
    copies.values().removeIf(n -> n == 0);
    return new Outcome(unique, texts, rejected, canonicals, marks, copies);
  }

  /** Returns what is committed to a topic. */
  <T extends SpecificRecordBase> List<T> all(String topic, Class<T> type) {
    try (var reader = new TopicReader<>(connection, topic, type)) {
      return reader.readToEnd();
    }
  }
}
