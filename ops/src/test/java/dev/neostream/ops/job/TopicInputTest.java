package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.RecordSource;
import dev.neostream.ingest.file.JsonRecord;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.topic.IngestWriter;
import dev.neostream.ingest.topic.InputControl;
import dev.neostream.ingest.topic.TopicInput;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.IngestInput;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A topic of the user's, on a real broker that asks for a password, as an input of a run. */
class TopicInputTest {

  private static final BooleanSupplier NEVER = () -> false;
  private static final long CRAWLED = 1_700_000_000_000L;

  @TempDir static Path kafka;
  private static EmbeddedBroker broker;

  @TempDir Path folder;
  private String name;
  private Admin admin;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(kafka);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void connect(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
    Map<String, Object> settings = broker.connection(new Topics("user")).transactional(name);
    admin = Admin.create(broker.connection(new Topics("user")).admin());
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
  }

  @AfterEach
  void disconnect() {
    producer.close();
    admin.close();
  }

  private void create(int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
  }

  private void send(int partition, String value) {
    byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    producer.send(new ProducerRecord<>(name, partition, CRAWLED + partition, null, bytes));
  }

  private void commit(int partition, String... values) {
    producer.beginTransaction();
    for (String value : values) {
      send(partition, value);
    }
    producer.commitTransaction();
  }

  private TopicInput input(TopicInput.Format format) {
    Map<String, String> client = broker.connection(new Topics("user")).client();
    String servers = client.remove("bootstrap.servers");
    client.put("metadata.max.age.ms", "100");
    return new TopicInput(
        name,
        servers,
        format,
        new JsonRecord.Fields(List.of("body"), List.of("link"), "domain"),
        "text/html",
        client);
  }

  private KafkaConnection run(String suffix) {
    var connection = broker.connection(new Topics("run-" + name.toLowerCase() + suffix));
    TopicAdmin.create(connection, connection.topics().all(List.of(), 2, 1, 1));
    return connection;
  }

  private static IngestWriter writer(KafkaConnection run, RecordSource... inputs) {
    return new IngestWriter(run, List.of(inputs), List.of(), new IngestWriter.Settings(2, 4, true));
  }

  private static BooleanSupplier after(int asked) {
    var left = new AtomicInteger(asked);
    return () -> left.getAndDecrement() <= 0;
  }

  /** Dies with a transaction open: without a word to anybody, as a process that is killed. */
  private static BooleanSupplier dyingAfter(int asked) {
    var left = new AtomicInteger(asked);
    return () -> {
      if (left.getAndDecrement() <= 0) {
        throw new Killed();
      }
      return false;
    };
  }

  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private static IngestPosition readTo(IngestWriter writer, long records) throws IOException {
    IngestPosition position = writer.run(NEVER);
    while (position.getRead() < records) {
      position = writer.run(NEVER);
    }
    return position;
  }

  private static List<RawDocument> documents(KafkaConnection run) {
    try (var reader = new TopicReader<>(run, run.topics().rawDocuments(), RawDocument.class)) {
      return reader.readToEnd().stream()
          .filter(raw -> raw.getKind() == RawKind.DOCUMENT)
          .sorted(Comparator.comparing(RawDocument::getOrdinal))
          .toList();
    }
  }

  private static List<String> texts(KafkaConnection run) {
    return documents(run).stream()
        .map(raw -> StandardCharsets.UTF_8.decode(raw.getPayload()).toString())
        .toList();
  }

  private static List<String> rejects(KafkaConnection run) {
    try (var reader =
        new TopicReader<>(run, run.topics().rejectedDocuments(), RejectedDocument.class)) {
      return reader.readToEnd().stream()
          .map(r -> r.getReason() + " " + r.getFile() + "@" + r.getOffset())
          .sorted()
          .toList();
    }
  }

  private static long positions(KafkaConnection run) {
    try (var reader =
        new TopicReader<>(run, run.topics().ingestPositions(), IngestPosition.class)) {
      return reader.readToEnd().size();
    }
  }

  private static String json(int number) {
    return "{\"body\":\"page " + number + "\",\"link\":\"https://e/" + number + "\",\"more\":1}";
  }

  /** Partitions of different lengths, with what is no document and what was never committed. */
  private int fill() {
    int number = 0;
    for (int partition = 0; partition < 3; partition++) {
      producer.beginTransaction();
      send(partition, json(-1));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      for (int i = 0; i < 4 * partition + 3; i++) {
        send(partition, json(number++));
      }
      producer.commitTransaction();
    }
    commit(1, null, "no json", "{\"link\":\"https://e/empty\"}");
    return number;
  }

  @Test
  void shouldReadEveryCommittedRecordOnceInOneOrderWhereverItIsStopped() throws Exception {
    create(3);
    int good = fill();
    KafkaConnection calm = run("");
    try (IngestWriter writer = writer(calm, input(TopicInput.Format.JSON))) {
      IngestPosition position = readTo(writer, good + 3);
      assertEquals(List.of("kafka/" + name), position.getSources(), "it never ends");
      assertEquals(3, position.getPlaces().get(0).getOffsets().size());
      assertFalse(position.getFinished());
    }
    KafkaConnection stopped = run("-stopped");
    IngestPosition position = null;
    for (int stop : new int[] {2, 3, 7, 9, 4}) {
      try (IngestWriter writer = writer(stopped, input(TopicInput.Format.JSON))) {
        position = writer.run(after(stop));
      }
      try (IngestWriter writer = writer(stopped, input(TopicInput.Format.JSON))) {
        assertThrows(Killed.class, () -> writer.run(dyingAfter(4)));
      }
    }
    assertTrue(position.getRead() > 10 && position.getRead() < good + 3, "in the middle");
    try (IngestWriter writer = writer(stopped, input(TopicInput.Format.JSON))) {
      readTo(writer, good + 3);
      assertEquals(good + 3, writer.run(NEVER).getRead());
    }

    List<RawDocument> raw = documents(calm);
    assertEquals(raw, documents(stopped), "order, ids, ordinals");
    assertEquals(good, new HashSet<>(texts(calm)).size());
    assertEquals(good, raw.size());
    assertEquals(
        List.of("page 0", "page 3", "page 10", "page 1", "page 4", "page 11"),
        texts(calm).subList(0, 6),
        "one of each partition in turn");
    RawDocument first = raw.get(1);
    assertEquals("kafka/" + name, first.getSource());
    assertEquals("https://e/3", first.getUrl());
    assertEquals(name + "-1", first.getFile());
    assertEquals("text/html", first.getMediaType());
    assertEquals(CRAWLED + 1, first.getCrawledAt());
    assertEquals("1", first.getAttributes().get("more"));
    assertEquals(DocumentId.of(first.getSource(), first.getUrl(), 1), first.getId());
    List<String> reasons = List.of("jsonl.no_text", "jsonl.syntax", "topic.no_value");
    assertEquals(reasons, rejects(calm).stream().map(r -> r.split(" ")[0]).toList());
    assertEquals(rejects(calm), rejects(stopped));
  }

  @Test
  void shouldReadWhatComesBesideOtherInputsWhenItIsCommitted() throws Exception {
    create(1);
    KafkaConnection run = run("");
    Path file = folder.resolve("file.jsonl");
    Files.writeString(file, "{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
    RecordSource named = Inputs.resolve(List.of(file)).get(0);
    try (IngestWriter writer = writer(run, input(TopicInput.Format.TEXT), named)) {
      readTo(writer, 2);
      long positions = positions(run);
      producer.beginTransaction();
      send(0, "later");
      producer.flush();
      for (int i = 0; i < 5; i++) {
        assertEquals(2, writer.run(NEVER).getRead(), "it is not committed yet");
      }
      assertEquals(positions, positions(run), "nothing is written while nothing comes");
      producer.commitTransaction();
      readTo(writer, 3);
    }

    assertEquals(List.of("a", "b", "later"), texts(run));
    assertEquals(name + "-0#0", documents(run).get(2).getUrl());
    List<IngestInput> inputs = new ArrayList<>(new InputControl(run).inputs());
    assertEquals(List.of(false, true), inputs.stream().map(IngestInput::getFinished).toList());
    assertTrue(inputs.get(0).getPath().matches("kafka://127.0.0.1:\\d+/" + name));
  }

  @Test
  void shouldFollowPartitionsThatTheTopicGetsFromTheirFirstRecord() throws Exception {
    create(1);
    KafkaConnection run = run("");
    commit(0, "a", "b");
    try (IngestWriter writer = writer(run, input(TopicInput.Format.TEXT))) {
      readTo(writer, 2);
      admin.createPartitions(Map.of(name, NewPartitions.increaseTo(2))).all().get();
      commit(1, "c");
      readTo(writer, 3);
    }
    admin.createPartitions(Map.of(name, NewPartitions.increaseTo(3))).all().get();
    commit(2, "d", "e");
    commit(0, "f");
    try (IngestWriter writer = writer(run, input(TopicInput.Format.TEXT))) {
      assertEquals(3, readTo(writer, 6).getPlaces().get(0).getOffsets().size());
    }

    assertEquals(List.of("a", "b", "c", "d", "e", "f"), texts(run).stream().sorted().toList());
  }

  @Test
  void shouldReadOtherInputsWhileTheBrokersOfTheTopicAreDown() throws Exception {
    KafkaConnection run = run("");
    Path file = folder.resolve("file.jsonl");
    Files.writeString(file, "{\"text\":\"line\"}\n".repeat(50));
    RecordSource named = Inputs.resolve(List.of(file)).get(0);
    EmbeddedBroker theirs = EmbeddedBroker.start(folder.resolve("theirs"));
    Map<String, String> client = theirs.connection(new Topics("user")).client();
    String servers = client.remove("bootstrap.servers");
    TopicAdmin.create(
        theirs.connection(new Topics("user")), List.of(new Topics.Spec(name, 1, 1, Map.of())));
    var fields = JsonRecord.Fields.STANDARD;
    var input = new TopicInput(name, servers, TopicInput.Format.TEXT, fields, "text/plain", client);
    try (IngestWriter writer = writer(run, input, named)) {
      assertEquals(2, writer.run(after(3)).getRead());
      theirs.close();
      IngestPosition position = readTo(writer, 50);
      assertEquals(List.of(input.source()), position.getSources(), "it is waited for");
    }

    assertEquals(50, texts(run).size());
  }

  @Test
  void shouldRefuseToGoOnBehindWhatRetentionHasRemoved() throws Exception {
    create(2);
    KafkaConnection run = run("");
    commit(1, "a", "b", "c", "d", "e");
    TopicInput input = input(TopicInput.Format.TEXT);
    try (IngestWriter writer = writer(run, input)) {
      assertEquals(2, writer.run(after(3)).getRead());
    }
    admin
        .deleteRecords(Map.of(new TopicPartition(name, 1), RecordsToDelete.beforeOffset(4)))
        .all()
        .get();

    try (IngestWriter writer = writer(run, input)) {
      IOException refused = assertThrows(IOException.class, () -> writer.run(NEVER));
      assertEquals(
          "a topic must hold what the run has not read yet: input=kafka/"
              + name
              + ", topic="
              + input.location()
              + ", partition=1, position=2, earliest=4; what lies between was deleted: raise the"
              + " topic's retention, and begin another run, which reads from the earliest",
          refused.getMessage());
    }
    assertEquals(List.of("a", "b"), texts(run));
  }

  @Test
  void shouldRefuseATopicThatIsNotThereOrIsMadeAnewAndTellNoSecret() throws Exception {
    TopicInput input = input(TopicInput.Format.TEXT);
    String secret = input.client().get("sasl.jaas.config").replaceAll(".*password=\"|\".*", "");
    IOException missing = assertThrows(IOException.class, () -> input.open(Place.START));
    assertTrue(missing.getMessage().endsWith("problem=no such topic"), missing.getMessage());
    assertTrue(missing.getMessage().contains("input=kafka/" + name), missing.getMessage());
    create(1);
    commit(0, "a");
    IOException anew =
        assertThrows(IOException.class, () -> input.open(Place.inPartitions(0, 9, List.of(9L))));
    assertTrue(anew.getMessage().contains("partition=0, position=9, end=2"), anew.getMessage());
    IOException fewer =
        assertThrows(
            IOException.class, () -> input.open(Place.inPartitions(0, 2, List.of(1L, 1L))));
    assertTrue(fewer.getMessage().contains("partitions read=2, there are=1"), fewer.getMessage());

    assertFalse(secret.isEmpty());
    assertFalse(input.toString().contains(secret), "a secret is not told");
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new TopicInput(
                    name,
                    "h:1",
                    TopicInput.Format.TEXT,
                    JsonRecord.Fields.STANDARD,
                    "text/plain",
                    Map.of("isolation.level", "read_uncommitted", "group.id", "g")));
    assertEquals(
        "client settings of a topic must leave these alone: topic="
            + name
            + ", keys=[group.id, isolation.level]",
        refused.getMessage());
  }
}
