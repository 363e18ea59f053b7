package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.tokens.topic.MixtureControl;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream without end, for real: it trains although a weighted domain never says anything, on what
 * is dropped in and on what a topic of the user's gets while it runs, whatever is killed in
 * between.
 */
class EndlessRunTest {

  private static final int FIRST = 100;
  private static final int NAMED = 120;
  private static final String SERVERS = "bootstrap.servers";

  @TempDir Path folder;
  private Path drop;
  private Path run;
  private Path named;
  private List<String> english;
  private List<String> chinese;
  private EmbeddedBroker broker;
  private Map<String, String> client;

  @BeforeEach
  void writeCorpus() throws IOException {
    drop = Files.createDirectories(folder.resolve("drop"));
    run = folder.resolve("run");
    List<Path> corpus = TestCorpus.write(folder.resolve("corpus"), 300);
    english = Files.readAllLines(corpus.get(0));
    drop("first.jsonl", english.subList(0, FIRST));
    chinese = Files.readAllLines(corpus.get(1));
    createTopic();
    send(chinese.subList(0, FIRST));
    named = Files.write(folder.resolve("named.jsonl"), english.subList(FIRST, NAMED));
    Files.writeString(
        folder.resolve("run.yaml"),
        """
        preset: demo
        steps: 100000
        corpus:
          demo: false
          endless: true
          inputs: [named.jsonl]
          watch: [drop]
          topics: [{topic: chinese, servers: "%s", client: client.properties}]
          stableSeconds: 1
          sealSeconds: 1
        clean: {profile: recommended}
        tokenize: {sequenceLength: 64, lanes: 2}
        mixture: {whenSilent: repeat, silentSeconds: 2, maxEpochs: 100000}
        """
            .formatted(client.get(SERVERS)));
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  /** On brokers of the user's, which ask for a password. */
  private void createTopic() throws IOException {
    broker = EmbeddedBroker.start(folder.resolve("brokers"));
    KafkaConnection user = broker.connection(new Topics("user"));
    client = user.client();
    TopicAdmin.create(user, List.of(new Topics.Spec("chinese", 2, 1, Map.of())));
    var settings = new Properties();
    client.forEach((key, value) -> settings.put(key, value));
    settings.remove(SERVERS);
    try (Writer out = Files.newBufferedWriter(folder.resolve("client.properties"))) {
      settings.store(out, null);
    }
  }

  private void send(List<String> lines) {
    Map<String, Object> settings = broker.connection(new Topics("user")).producer();
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      lines.forEach(line -> producer.send(new ProducerRecord<>("chinese", line)));
    }
  }

  private void drop(String name, List<String> lines) throws IOException {
    Path part = Files.write(drop.resolve(name + ".part"), lines);
    Files.move(part, drop.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private NeoProcess start() throws IOException {
    return NeoProcess.start(
        folder.resolve("out"),
        List.of("run", "--config", folder.resolve("run.yaml").toString(), "--dir", run.toString()));
  }

  private long step() {
    return new RunFolder(run)
        .read(run.resolve("status.json"), Status.class)
        .map(status -> status.training().step())
        .orElse(-1L);
  }

  private KafkaConnection connection() {
    return new KafkaConnection(
        new RunFolder(run).address().orElseThrow().kafka(), new Topics("demo"));
  }

  /** Returns the number of English blocks that training has asked for, repeats not counted. */
  private long blocksTrainedOn() {
    KafkaConnection connection = connection();
    try (var batches =
        new TopicReader<>(connection, connection.topics().trainBatches(), TrainBatch.class)) {
      return batches.readToEnd().stream()
          .flatMap(batch -> batch.getRows().stream())
          .filter(row -> row.getDomain().equals("en.web"))
          .map(row -> row.getLane() + "/" + row.getBlock())
          .distinct()
          .count();
    }
  }

  @Test
  void shouldTrainOnWhatIsDroppedInAlthoughADomainIsSilentAndAllIsKilled() throws Exception {
    NeoProcess neo = start();
    neo.await("training without code", () -> step() > 40);
    List<MixtureDecision> decisions = new MixtureControl(connection()).history();
    assertTrue(
        decisions.stream()
            .anyMatch(d -> d.getChange() == MixtureChange.SILENT && d.getDomain().equals("code")),
        decisions.toString());
    long before = blocksTrainedOn();
    neo.kill();
    drop("late.jsonl", english.subList(NAMED, english.size()));
    send(chinese.subList(FIRST, chinese.size()));
    // It is read to its end: nobody has to keep it.
    Files.delete(named);
    neo = start();
    neo.await("training on what came late", () -> blocksTrainedOnIfUp() > before + 20);
    neo.terminate();
    assertEquals(130, neo.await(), neo.printed());

    RunContents contents = RunContents.read(run);
    assertEquals(new HashSet<>(contents.raw()).size(), contents.raw().size());
    List<String> outcomes =
        Stream.of(contents.rejected(), contents.duplicates(), contents.tokenised())
            .flatMap(List::stream)
            .toList();
    assertEquals(new HashSet<>(outcomes).size(), outcomes.size(), "one outcome a document");
    assertTrue(new HashSet<>(contents.raw()).containsAll(outcomes));
    Status status = new RunFolder(run).read(run.resolve("status.json"), Status.class).orElseThrow();
    assertEquals("stopped", status.state());
    // Every line of every file, each once: a line that is no JSON is a reject of ingest.
    assertEquals(english.size() + chinese.size(), status.ingest().read());
    assertEquals(contents.raw().size(), status.ingest().written());
    String password = client.get("sasl.jaas.config").replaceAll(".*password=\"|\".*", "");
    assertFalse(password.isEmpty());
    for (Path told :
        List.of(
            run.resolve("config.resolved.yaml"),
            run.resolve("status.json"),
            run.resolve("logs/run.log"),
            folder.resolve("out"))) {
      assertFalse(Files.readString(told).contains(password), told + " must tell no secret");
    }
  }

  private long blocksTrainedOnIfUp() {
    return new RunFolder(run).address().isPresent() ? blocksTrainedOn() : 0;
  }
}
