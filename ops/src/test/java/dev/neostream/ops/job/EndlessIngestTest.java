package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.WatchedFolder;
import dev.neostream.ingest.topic.IngestWriter;
import dev.neostream.ingest.topic.InputControl;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.IngestInput;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is never told that its input has ended, through a real broker. */
class EndlessIngestTest {

  private static final int PARTITIONS = 3;
  private static final int TRANSACTION = 4;
  private static final long LOOK_EVERY_NS = 20_000_000;
  private static final BooleanSupplier NEVER = () -> false;

  @TempDir static Path kafka;
  private static EmbeddedBroker broker;

  @TempDir Path folder;
  private KafkaConnection connection;
  private Path drop;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(kafka);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) throws IOException {
    String run = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
    connection = connection(run);
    drop = Files.createDirectories(folder.resolve("drop"));
  }

  private static KafkaConnection connection(String run) {
    KafkaConnection connection = broker.connection(new Topics(run));
    TopicAdmin.create(connection, connection.topics().all(List.of(), PARTITIONS, 1, 1));
    return connection;
  }

  private IngestWriter writer(Path... named) throws IOException {
    return new IngestWriter(
        connection,
        Inputs.resolve(List.of(named)),
        List.of(new WatchedFolder(drop, Duration.ZERO)),
        new IngestWriter.Settings(PARTITIONS, TRANSACTION, true));
  }

  /** Reads what there is, until so much has been read since the beginning. */
  private static IngestPosition readTo(IngestWriter writer, long records) throws IOException {
    IngestPosition position = writer.run(NEVER);
    while (position.getRead() < records) {
      position = writer.run(NEVER);
    }
    return position;
  }

  private static BooleanSupplier after(int asked) {
    var left = new AtomicInteger(asked);
    return () -> left.getAndDecrement() <= 0;
  }

  private Path lines(Path file, int lines) throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append(i % 5 == 3 ? "{}\n" : "{\"text\":\"" + file.getFileName() + " " + i + "\"}\n");
    }
    return Files.writeString(file, text);
  }

  /** Waits until what was committed can be read: brokers end a transaction after they say so. */
  private void awaitVisible(String topic) {
    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList();
    Map<String, Object> all = connection.consumer();
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    try (var committed =
            new KafkaConsumer<>(
                connection.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var written =
            new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      while (!committed.endOffsets(partitions).equals(written.endOffsets(partitions))) {
        Thread.onSpinWait();
      }
    }
  }

  private List<RawDocument> raw(RawKind kind) {
    awaitVisible(connection.topics().rawDocuments());
    try (var reader =
        new TopicReader<>(connection, connection.topics().rawDocuments(), RawDocument.class)) {
      return reader.readToEnd().stream().filter(record -> record.getKind() == kind).toList();
    }
  }

  private List<String> texts() {
    return raw(RawKind.DOCUMENT).stream()
        .map(raw -> StandardCharsets.UTF_8.decode(raw.getPayload()).toString())
        .sorted()
        .toList();
  }

  private List<String> rejects() {
    try (var reader =
        new TopicReader<>(
            connection, connection.topics().rejectedDocuments(), RejectedDocument.class)) {
      return reader.readToEnd().stream().map(RejectedDocument::getReason).toList();
    }
  }

  private Map<String, IngestInput> inputs() {
    return new InputControl(connection)
        .inputs().stream().collect(Collectors.toMap(IngestInput::getSource, Function.identity()));
  }

  @Test
  void shouldNotReadAnInputAgainWhoseEndTheBrokersHaveLost() throws Exception {
    Path named = lines(folder.resolve("named.jsonl"), 10);
    try (IngestWriter writer = writer(named)) {
      readTo(writer, 10);
    }
    // As it was before it was finished.
    IngestInput lost = inputs().get("named.jsonl");
    lost.setFinished(false);
    lost.setRead(0);
    try (var inputs =
        new TopicWriter<>(connection, connection.topics().ingestInputs(), IngestInput.class)) {
      inputs.write(lost);
    }

    try (IngestWriter again = writer(named)) {
      String refused =
          assertThrows(IllegalStateException.class, () -> again.run(NEVER)).getMessage();
      assertTrue(refused.contains("records read=10, of inputs that are known=0"), refused);
    }
    assertEquals(8, texts().size(), "nothing was read again");
  }

  @Test
  void shouldReadWhatIsAddedAndWhatIsDroppedEachOnce() throws IOException {
    Path named = lines(folder.resolve("named.jsonl"), 10);
    var control = new InputControl(connection);
    try (IngestWriter writer = writer(named)) {
      readTo(writer, 10);
      lines(drop.resolve("a.jsonl"), 6);
      readTo(writer, 16);
      List<Input> added =
          control.add(List.of(lines(folder.resolve("more.jsonl"), 5)), "tester", 77L);
      assertEquals("more.jsonl", added.get(0).source());
      IngestPosition position = readTo(writer, 21);

      assertEquals(List.of(), position.getSources(), "only what is being read is held");
      assertFalse(position.getFinished());
      assertEquals(21, position.getWritten() + position.getRejected());
      assertEquals(17, raw(RawKind.DOCUMENT).size());
      assertEquals(List.of(), raw(RawKind.END));
    }
    try (IngestWriter again = writer(named)) {
      assertEquals(21, again.run(NEVER).getRead(), "nothing is read twice");
      lines(drop.resolve("b.jsonl"), 1);
      assertEquals(22, readTo(again, 22).getRead());
    }
    assertEquals(18, new HashSet<>(texts()).size());
    Map<String, IngestInput> inputs = inputs();
    assertEquals(
        List.of("drop/a.jsonl", "drop/b.jsonl", "more.jsonl", "named.jsonl"),
        inputs.keySet().stream().sorted().toList());
    assertTrue(inputs.values().stream().allMatch(IngestInput::getFinished));
    assertEquals(6, inputs.get("drop/a.jsonl").getRead());
    assertEquals(1, inputs.get("drop/a.jsonl").getRejected());
    assertEquals("tester", inputs.get("more.jsonl").getAddedBy());
    assertEquals(77, inputs.get("more.jsonl").getAddedAt());
  }

  /** Wherever it is stopped: no record is lost, none is there twice, and order stays. */
  @Test
  void shouldGoOnWhereItWasStoppedInTheMiddleOfAnyInput() throws IOException {
    Path named = lines(folder.resolve("named.jsonl"), 23);
    for (int i = 0; i < 5; i++) {
      lines(drop.resolve(i + ".jsonl"), 3 * i);
    }
    // The file without a record is one reject.
    long total = 23 + 30 + 1;
    IngestPosition position = null;
    for (int stop = 1; position == null || position.getRead() < total; stop = stop % 7 + 1) {
      try (IngestWriter writer = writer(named)) {
        position = writer.run(after(stop));
      }
    }

    List<String> texts = texts();
    assertEquals(texts.size(), new HashSet<>(texts).size());
    assertEquals(position.getWritten(), texts.size());
    assertEquals(total, position.getWritten() + position.getRejected());
    List<Long> ordinals =
        raw(RawKind.DOCUMENT).stream().map(RawDocument::getOrdinal).sorted().toList();
    assertEquals(0, ordinals.get(0));
    assertEquals(texts.size() - 1, ordinals.get(ordinals.size() - 1));
    assertEquals(23, inputs().get("named.jsonl").getRead());
    assertTrue(inputs().values().stream().allMatch(IngestInput::getFinished));
  }

  @Test
  void shouldCloseTheOpenWindowWhenNothingComes() throws IOException {
    try (IngestWriter writer = writer(lines(folder.resolve("named.jsonl"), 2))) {
      readTo(writer, 2);
      writer.seal(EventTime::windowEnd);
      writer.seal(EventTime::windowEnd);
      lines(drop.resolve("late.jsonl"), 1);
      readTo(writer, 3);
    }

    assertEquals(
        List.of(0L, 1L, (long) EventTime.WINDOW),
        raw(RawKind.DOCUMENT).stream().map(RawDocument::getOrdinal).sorted().toList());
    assertEquals(
        PARTITIONS,
        raw(RawKind.MARKER).stream()
            .filter(marker -> marker.getOrdinal() == EventTime.WINDOW - 1)
            .count());
  }

  /** Also where the writer stops right behind the reject: the next start must not fail either. */
  @Test
  void shouldRejectAnAddedInputThatIsTakenAwayBeforeItIsRead() throws IOException {
    Path gone = lines(folder.resolve("gone.jsonl"), 9);
    Path stays = lines(folder.resolve("stays.jsonl"), 6);
    new InputControl(connection).add(List.of(gone, stays), "t", 0);
    Files.delete(gone);

    IngestPosition position = null;
    for (int stop = 1; position == null || position.getRead() < 7; stop++) {
      try (IngestWriter writer = writer()) {
        position = writer.run(after(stop));
      }
    }

    assertEquals(1, inputs().get("gone.jsonl").getRejected());
    assertTrue(inputs().values().stream().allMatch(IngestInput::getFinished));
    assertEquals(6, inputs().get("stays.jsonl").getRead());
    assertEquals(List.of("file.missing", "jsonl.no_text"), rejects());
  }

  /**
   * A file that was read halfway and is then not there, or another, ends there: what was read of it
   * stays, the reason is told, and the next starts go on.
   */
  @ParameterizedTest
  @ValueSource(strings = {"deleted", "shorter", "longer"})
  void shouldEndAWatchedFileThatIsGoneOrAnotherBetweenTwoStarts(String change) throws IOException {
    connection = connection(change);
    Path half = lines(drop.resolve("half.jsonl"), 20);
    lines(drop.resolve("whole.jsonl"), 12);
    try (IngestWriter writer = writer()) {
      assertEquals(6, writer.run(after(8)).getRead(), "three of each");
    }
    byte[] before = Files.readAllBytes(half);
    switch (change) {
      case "deleted" -> Files.delete(half);
      case "shorter" -> Files.write(half, Arrays.copyOf(before, before.length / 2));
      default -> Files.writeString(half, "{}\n", StandardOpenOption.APPEND);
    }

    long rest = change.equals("deleted") ? 0 : Files.readAllLines(half).size();
    long total = 3 + 1 + 12 + rest;
    IngestPosition position = null;
    for (BooleanSupplier stop : List.of(after(3), after(9), NEVER)) {
      try (IngestWriter writer = writer()) {
        position = writer.run(stop);
      }
    }

    String reason = change.equals("deleted") ? "file.missing" : "file.changed";
    IngestInput gone = inputs().get("drop/half.jsonl");
    assertTrue(gone.getFinished());
    assertTrue(gone.getProblem().startsWith(reason + ": "), gone.getProblem());
    assertEquals(3 + 1, gone.getRead());
    assertEquals(1, gone.getRejected());
    assertEquals(1, rejects().stream().filter(reason::equals).count());
    assertEquals("", inputs().get("drop/whole.jsonl").getProblem());
    assertEquals(12, inputs().get("drop/whole.jsonl").getRead());
    IngestInput anew = inputs().get("drop/half.jsonl#2");
    assertEquals(rest, anew == null ? 0 : anew.getRead(), "what it is now is an input of its own");
    assertEquals(total, position.getWritten() + position.getRejected());
    assertEquals(List.of(), position.getSources());
  }

  @Test
  void shouldEndAWatchedFileThatIsCutWhileItIsRead() throws IOException {
    int lines = 100; // of 2 KB: more than is read ahead
    String line = "{\"text\":\"" + "word ".repeat(400) + "\"}\n";
    Path cut = Files.writeString(drop.resolve("cut.jsonl"), line.repeat(lines));
    try (IngestWriter writer = writer()) {
      assertEquals(6, writer.run(after(8)).getRead());
      Files.write(cut, new byte[0]);
      IngestInput gone = null;
      while (gone == null || !gone.getFinished()) {
        writer.run(NEVER);
        gone = inputs().get("drop/cut.jsonl");
      }

      assertTrue(gone.getProblem().startsWith("file.changed: 0 bytes"), gone.getProblem());
      assertTrue(gone.getRead() < lines, "the rest was never there");
      lines(drop.resolve("later.jsonl"), 3);
      // What is cut is itself a file without a record.
      assertEquals(gone.getRead() + 1 + 3, readTo(writer, gone.getRead() + 1 + 3).getRead());
    }
    assertEquals(
        List.of("file.changed", "file.empty"),
        rejects().stream().filter(reason -> reason.startsWith("file.")).sorted().toList());
  }

  @Test
  void shouldRefuseWhatIsAnInputAlreadyOrCannotBeRead() throws IOException {
    Path named = lines(folder.resolve("named.jsonl"), 1);
    var control = new InputControl(connection);
    try (IngestWriter writer = writer(named)) {
      readTo(writer, 1);
    }
    Path other = lines(Files.createDirectories(folder.resolve("x")).resolve("named.jsonl"), 1);

    assertTrue(
        refused(() -> control.add(List.of(named, other), "t", 0))
            .contains("named.jsonl is named.jsonl"));
    assertTrue(
        refused(() -> control.add(List.of(other, folder.resolve("no.txt")), "t", 0))
            .contains("no.txt does not exist"));
    assertEquals(1, inputs().size(), "all of them or none");
    assertEquals("named.jsonl#2", control.add(List.of(other), "t", 0).get(0).source());
  }

  private static String refused(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  /**
   * Lets the brokers' patience end in every transaction once something of it has been written: the
   * writer asks whether to stop before it begins one and before each record. A producer that starts
   * again has another epoch.
   */
  private BooleanSupplier tooSlow(int transactions) {
    String id = connection.topics().run() + ".ingest";
    var asked = new HashMap<Integer, Integer>();
    var left = new AtomicInteger(transactions);
    return () -> {
      try (Admin admin = Admin.create(connection.admin())) {
        if (asked.merge(transaction(admin, id).producerEpoch(), 1, Integer::sum) == 3
            && left.getAndDecrement() > 0) {
          for (boolean open : List.of(false, true)) {
            while ((transaction(admin, id).state() == TransactionState.ONGOING) == open) {
              LockSupport.parkNanos(LOOK_EVERY_NS);
            }
          }
        }
        return false;
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static TransactionDescription transaction(Admin admin, String id)
      throws InterruptedException, ExecutionException {
    return admin.describeTransactions(List.of(id)).description(id).get();
  }

  private KafkaConnection impatient() {
    Map<String, String> client = connection.client();
    client.put("transaction.timeout.ms", "2000");
    return new KafkaConnection(client, connection.topics());
  }

  @Test
  void shouldWriteATransactionAgainThatTookTooLong() throws IOException {
    Path named = lines(folder.resolve("named.jsonl"), 10);
    lines(drop.resolve("dropped.jsonl"), 10);
    connection = impatient();
    try (IngestWriter writer = writer(named)) {
      BooleanSupplier tooSlow = tooSlow(2);
      while (writer.run(tooSlow).getRead() < 20) {}
      lines(drop.resolve("later.jsonl"), 10);
      assertEquals(30, readTo(writer, 30).getRead());
    }
    assertEquals(24, new HashSet<>(texts()).size());
    assertEquals(24, texts().size());
    assertEquals(6, rejects().size());
  }

  @Test
  void shouldGiveUpWhenBrokersEndOneTransactionAfterTheOther() throws IOException {
    Path named = lines(folder.resolve("named.jsonl"), 10);
    connection = impatient();
    try (IngestWriter writer = writer(named)) {
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> writer.run(tooSlow(Integer.MAX_VALUE)));

      assertEquals(
          "brokers must take a transaction of ingest before its time is over: run="
              + connection.topics().run()
              + ", lost in a row=3, transaction.timeout.ms=2000",
          refused.getMessage());
    }
    assertEquals(List.of(), texts());
  }
}
