package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.monitor.Vitals;
import dev.neostream.ops.run.Engines;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.pack.Lane;
import dev.neostream.tokens.pack.TokenIds;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.node.NodeConfig;
import dev.neostream.trainer.node.RingWord;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranks as processes, beside a broker and a media driver, fed by hand. */
class RankProcessesTest {

  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int ROWS = 3;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static MediaDriver driver;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
    driver = mediaDriver();
    tokenizer = BpeTrainer.train(BpeConfig.standard().withVocabSize(300), List.of("the result"));
  }

  private static MediaDriver mediaDriver() {
    return MediaDriver.launchEmbedded(
        EmbeddedEngines.mediaDriver(
            Path.of(CommonContext.generateRandomDirName()), Duration.ofSeconds(120)));
  }

  @AfterAll
  static void stop() {
    driver.close();
    broker.close();
  }

  /** A run of two ranks with its folder and its tokenizer. */
  private static final class Run implements AutoCloseable {

    private final RunSpec spec = RunSpec.demo(2);
    private final ModelConfig model = spec.model().config(tokenizer.vocabSize(), 16);
    private final RunFolder run;
    private final FileLock lock;
    private final KafkaConnection kafka;

    Run(String name) throws IOException {
      run = new RunFolder(folder.resolve(name));
      lock = run.lock();
      kafka = broker.connection(new Topics(name));
      TokenizerFile.write(tokenizer, run.tokenizer());
    }

    Run withTopics() {
      List<String> lanes =
          spec.mixture().domains().stream()
              .flatMap(domain -> Stream.of(domain, Lane.HELD_OUT + domain))
              .toList();
      TopicAdmin.create(kafka, kafka.topics().all(lanes, 1, 1, 1));
      return this;
    }

    Engines.Ranks start(Path aeron) {
      return start(aeron, false, () -> false);
    }

    Engines.Ranks start(Path aeron, boolean unpacked, BooleanSupplier stop) {
      return start(2, aeron, unpacked, stop);
    }

    Engines.Ranks start(int number, Path aeron, boolean unpacked, BooleanSupplier stop) {
      var ring = new RingWord(1, number);
      return RankProcesses.start(run, spec, kafka, model, 7L, ring, aeron, unpacked, stop);
    }

    <T extends SpecificRecordBase> void write(String topic, Class<T> type, T record) {
      try (var writer = new TopicWriter<>(kafka, topic, type)) {
        writer.write(record);
      }
    }

    <T extends SpecificRecordBase> List<T> read(String topic, Class<T> type) {
      try (var reader = new TopicReader<>(kafka, topic, type)) {
        return reader.readToEnd();
      }
    }

    /** Writes a block of a domain and returns its hash. */
    long block(String domain, long block) {
      int[] ids = new int[17];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = (int) (7 * block + i) % tokenizer.vocabSize();
      }
      byte[] bytes = TokenIds.encode(ids, 2);
      long hash = TokenIds.hash(bytes);
      write(
          kafka.topics().tokens(domain),
          TokenBlock.class,
          new TokenBlock(
              domain,
              0,
              block,
              tokenizer.fingerprint(),
              2,
              ByteBuffer.wrap(bytes),
              List.of(),
              hash));
      return hash;
    }

    void batch(long step, boolean last, List<BatchRow> rows) {
      write(
          kafka.topics().trainBatches(),
          TrainBatch.class,
          new TrainBatch(step, 1, "fundamental", 1e-3, rows, last));
    }

    @Override
    public void close() throws IOException {
      lock.channel().close();
    }
  }

  @Test
  void shouldTrainWhatTheTopicsSay() throws Exception {
    try (Run run = new Run("trains").withTopics()) {
      for (String domain : run.spec.mixture().domains()) {
        long there = domain.equals("code") ? 1 : 0;
        if (there == 1) {
          run.block(Lane.HELD_OUT + domain, 0);
        }
        run.write(
            run.kafka.topics().tokenIndex(),
            TokenIndex.class,
            new TokenIndex(Lane.HELD_OUT + domain, 0, there, 0, 0L, true));
      }
      for (long step = 0; step < 2; step++) {
        long first = ROWS * step;
        run.batch(
            step,
            step == 1,
            Stream.iterate(first, block -> block < first + ROWS, block -> block + 1)
                .map(block -> new BatchRow("code", 0, block, 0, run.block("code", block)))
                .toList());
      }

      try (Engines.Ranks ranks = run.start(Path.of(driver.aeronDirectoryName()))) {
        assertTrue(ranks.await(DEADLINE));
        assertEquals(Optional.empty(), ranks.failure());
        assertTrue(ranks.finished());
      }

      List<StepReport> steps = run.read(run.kafka.topics().trainSteps(), StepReport.class);
      assertEquals(List.of(0L, 1L), steps.stream().map(StepReport::getStep).toList());
      assertEquals(ROWS * 16, steps.get(0).getTokens());
      assertEquals(Math.log(tokenizer.vocabSize()), steps.get(0).getLoss(), 0.5);
      assertTrue(steps.get(1).getGradientNorm() > 0);
      CheckpointManifest saved =
          run.read(run.kafka.topics().checkpoints(), CheckpointManifest.class).get(0);
      assertEquals(1, saved.getStep());
      assertEquals(steps.get(1).getParameterHash(), saved.getParameterHash());
      assertEquals(run.model.fingerprint(), saved.getModel());
      assertTrue(
          Files.exists(run.run.checkpoints().resolve("step-00000001").resolve(TokenizerFile.NAME)));
      assertTrue(
          run.read(run.kafka.topics().evalResults(), EvalResult.class).stream()
              .anyMatch(result -> result.getDomain().equals("code") && result.getStep() == 1));
    }
  }

  /** Closes the held-out lanes before they have a block. */
  private static void withoutHeldOut(Run run) {
    for (String domain : run.spec.mixture().domains()) {
      run.write(
          run.kafka.topics().tokenIndex(),
          TokenIndex.class,
          new TokenIndex(Lane.HELD_OUT + domain, 0, 0L, 0, 0L, true));
    }
  }

  /** Steps of rows of code, from one on. */
  private static void batches(Run run, long from, long to, boolean ends) {
    for (long step = from; step < to; step++) {
      var rows = new ArrayList<BatchRow>();
      for (long block = ROWS * step; block < ROWS * (step + 1); block++) {
        rows.add(new BatchRow("code", 0, block, 0, run.block("code", block)));
      }
      run.batch(step, ends && step == to - 1, rows);
    }
  }

  /** The steps of a run of four, of which one rank is killed after two; none if it is negative. */
  private static List<String> trained(int killed) throws Exception {
    // A killed rank's streams stay with the driver for a while: no other run may meet them.
    try (MediaDriver own = mediaDriver();
        Run run = new Run("kill" + (killed + 1)).withTopics()) {
      withoutHeldOut(run);
      batches(run, 0, 2, false);
      try (Engines.Ranks ranks = run.start(Path.of(own.aeronDirectoryName()))) {
        while (run.read(run.kafka.topics().trainSteps(), StepReport.class).size() < 2) {
          assertEquals(Optional.empty(), ranks.failure());
        }
        if (killed >= 0) {
          ProcessHandle survivor = process(run, 1 - killed);
          ProcessHandle lost = process(run, killed);
          lost.destroyForcibly();
          lost.onExit().join();
          assertTrue(ranks.failure().orElseThrow().problem().contains("exit code 137"));
          assertTrue(ranks.replaceKilled(2));
          assertEquals(Optional.empty(), ranks.failure());
          assertEquals(survivor.pid(), process(run, 1 - killed).pid());
        }
        batches(run, 2, 4, true);
        assertTrue(ranks.await(DEADLINE));
        assertEquals(Optional.empty(), ranks.failure());
        assertTrue(ranks.finished());
      }
      return run.read(run.kafka.topics().trainSteps(), StepReport.class).stream()
          .map(step -> step.getStep() + " " + step.getLoss() + " " + step.getParameterHash())
          .toList();
    }
  }

  /** Waits for so many steps while all is well. */
  private static List<StepReport> steps(Run run, Engines.Ranks ranks, int count) {
    while (true) {
      assertEquals(Optional.empty(), ranks.failure());
      List<StepReport> steps = run.read(run.kafka.topics().trainSteps(), StepReport.class);
      if (steps.size() >= count) {
        return steps;
      }
    }
  }

  private static void resize(Engines.Ranks ranks, int number, int generation) {
    while (ranks.resize(number, generation) != Engines.Resize.DONE) {
      assertEquals(Optional.empty(), ranks.failure());
    }
  }

  /** Trains six steps, with a rank more after the second and without it after the fourth. */
  private static List<StepReport> trainedBy(String name, boolean changing) throws Exception {
    try (MediaDriver own = mediaDriver();
        Run run = new Run(name).withTopics()) {
      withoutHeldOut(run);
      batches(run, 0, 2, false);
      try (Engines.Ranks ranks =
          run.start(1, Path.of(own.aeronDirectoryName()), false, () -> false)) {
        steps(run, ranks, 2);
        ProcessHandle first = process(run, 0);
        if (changing) {
          resize(ranks, 2, 2);
          assertEquals(2, ranks.vitals().size());
        }
        batches(run, 2, 4, false);
        steps(run, ranks, 4);
        if (changing) {
          ProcessHandle second = process(run, 1);
          resize(ranks, 1, 3);
          assertEquals(1, ranks.vitals().size());
          assertTrue(second.onExit().get(1, TimeUnit.MINUTES) == second && !second.isAlive());
        }
        batches(run, 4, 6, true);
        List<StepReport> steps = steps(run, ranks, 6);
        assertTrue(ranks.await(DEADLINE));
        assertTrue(ranks.finished());
        assertFalse(first.isAlive(), "the rank that was there first ended last");
        assertEquals(1, started(run, 0));
        return steps;
      }
    }
  }

  /** Counts how often a rank has ended, by its log. */
  private static long started(Run run, int rank) throws IOException {
    try (Stream<String> lines = Files.lines(run.run.logs().resolve("rank-" + rank + ".log"))) {
      return lines.filter(line -> line.contains("rank " + rank + " ended: ")).count();
    }
  }

  @Test
  void shouldGoOnAsAnotherNumberOfRanksWithoutAStartOfThoseThatStay() throws Exception {
    List<StepReport> alone = trainedBy("alone", false);

    List<StepReport> changing = trainedBy("changing", true);

    assertEquals(
        List.of("1", "1", "2", "2", "1", "1"),
        changing.stream().map(step -> step.getEnvironment().replaceAll(".*=", "")).toList());
    for (int step = 0; step < 6; step++) {
      assertEquals(alone.get(step).getBatchHash(), changing.get(step).getBatchHash());
      assertEquals(alone.get(step).getLoss(), changing.get(step).getLoss(), 1e-4);
    }
  }

  @Test
  void shouldTrainOnWhenANewRankCannotStart() throws Exception {
    try (MediaDriver own = mediaDriver();
        Run run = new Run("grows").withTopics();
        Engines.Ranks ranks = run.start(1, Path.of(own.aeronDirectoryName()), false, () -> false)) {
      withoutHeldOut(run);
      batches(run, 0, 1, false);
      steps(run, ranks, 1);
      Files.delete(run.run.tokenizer());

      Engines.Resize end = ranks.resize(2, 2);
      while (end == Engines.Resize.UNDER_WAY) {
        end = ranks.resize(2, 2);
      }

      assertEquals(Engines.Resize.FAILED, end);
      assertEquals(Optional.empty(), ranks.failure());
      assertEquals(1, ranks.vitals().size());
      ranks.requestStop();
      assertTrue(ranks.await(DEADLINE));
      assertTrue(ranks.finished());
    }
  }

  private static ProcessHandle process(Run run, int rank) throws IOException {
    String log = run.run.logs().resolve("rank-" + rank + ".log").toString();
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      if (Files.readString(Path.of("/proc", "" + child.pid(), "cmdline")).contains(log)) {
        return child;
      }
    }
    throw new AssertionError("a rank must be running: rank=" + rank);
  }

  @Test
  void shouldGoOnWithWhatSurvivorsHoldWhicheverRankIsKilled() throws Exception {
    List<String> calm = trained(-1);

    assertEquals(4, calm.size());
    assertEquals(calm, trained(0));
    assertEquals(calm, trained(1));
  }

  @Test
  void shouldReplaceNoRankThatEndedByItself() throws Exception {
    try (Run run = new Run("itself").withTopics();
        Engines.Ranks ranks = run.start(folder.resolve("no-driver"))) {
      assertTrue(ranks.await(DEADLINE));

      assertFalse(ranks.replaceKilled(2));
    }
  }

  @Test
  void shouldStopWhenAskedToAndNeverShowTheSecret() throws Exception {
    try (Run run = new Run("stops").withTopics();
        Engines.Ranks ranks = run.start(Path.of(driver.aeronDirectoryName()))) {
      String secret =
          run.kafka.client().get("sasl.jaas.config").replaceAll(".*password=\"([^\"]+)\".*", "$1");
      List<String> commands = commandLines();
      List<Vitals.Rank> vitals = ranks.vitals();

      ranks.requestStop();

      assertTrue(ranks.await(DEADLINE));
      assertEquals(List.of(0, 1), vitals.stream().map(Vitals.Rank::rank).toList());
      for (Vitals.Rank rank : vitals) {
        // A JVM with the engine loaded, and what loading it took.
        assertTrue(rank.residentBytes() > 20 << 20, vitals.toString());
        assertTrue(rank.cpuSeconds() > 0.05, vitals.toString());
      }
      assertEquals(List.of(), ranks.vitals());
      assertEquals(Optional.empty(), ranks.failure());
      assertTrue(ranks.finished());
      assertEquals(32, secret.length());
      assertEquals(run.spec.train().ranks(), commands.size(), commands.toString());
      for (String command : commands) {
        assertFalse(command.contains(secret), command);
      }
      assertEquals(List.of(), filesWith(secret, run.run.root()));
    }
  }

  /** What any user of the machine can read of the processes that this one has started. */
  private static List<String> commandLines() throws IOException {
    List<ProcessHandle> children = ProcessHandle.current().children().toList();
    var lines = new ArrayList<String>();
    for (ProcessHandle child : children) {
      lines.add(Files.readString(Path.of("/proc", "" + child.pid(), "cmdline")));
    }
    return lines;
  }

  private static List<Path> filesWith(String text, Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      var found = new ArrayList<Path>();
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
      return found;
    }
  }

  @Test
  void shouldSayWhichRankFailedAndWhereItIsWritten() throws Exception {
    try (Run run = new Run("fails").withTopics();
        Engines.Ranks ranks = run.start(folder.resolve("no-driver"))) {
      assertTrue(ranks.await(DEADLINE));

      Path log = run.run.logs().resolve("rank-0.log");
      assertFalse(ranks.finished());
      assertEquals(
          Optional.of(
              new Engines.Failed("trainer rank 0 ended with exit code 1; see " + log, false)),
          ranks.failure());
      assertTrue(
          Files.readString(log)
              .contains(
                  "a media driver must be running: aeronDirectory=" + folder.resolve("no-driver")));
    }
  }

  @Test
  void shouldStartNoFurtherRankAfterOneThatIsNotReady() throws Exception {
    try (Run run = new Run("refused")) {
      Tokenizer other =
          BpeTrainer.train(BpeConfig.standard().withVocabSize(301), List.of("another result"));
      TokenizerFile.write(other, run.run.tokenizer());

      try (Engines.Ranks ranks = run.start(Path.of(driver.aeronDirectoryName()))) {
        assertTrue(ranks.await(DEADLINE));
        Engines.Failed failed = ranks.failure().orElseThrow();
        assertTrue(failed.willRepeat());
        assertEquals(
            "trainer rank 0 ended with exit code 3; see "
                + run.run.logs().resolve("rank-0.log")
                + ": model and tokenizer must have the same number of ids: model.vocabSize="
                + run.model.vocabSize()
                + ", tokenizer="
                + other.vocabSize()
                + ", file="
                + run.run.tokenizer(),
            failed.problem());
        assertEquals(failed, ranks.failure().orElseThrow());
      }

      assertTrue(
          Files.readString(run.run.logs().resolve("rank-0.log"))
              .contains(
                  "model and tokenizer must have the same number of ids: model.vocabSize="
                      + run.model.vocabSize()));
      assertFalse(Files.exists(run.run.logs().resolve("rank-1.log")));
    }
  }

  /** All of them start at once where the first has nothing to unpack for the others. */
  @ParameterizedTest
  @CsvSource({"false, 1", "true, 2"})
  void shouldEndRanksThatAreNotReadyWhenTheEndIsAskedFor(boolean unpacked, long running)
      throws Exception {
    try (Run run = new Run("asked" + running).withTopics()) {
      long before = ProcessHandle.current().children().count();
      var started = new AtomicLong();

      Engines.Ranks ranks =
          run.start(
              Path.of(driver.aeronDirectoryName()),
              unpacked,
              () -> {
                started.set(ProcessHandle.current().children().count() - before);
                return true;
              });

      assertSame(Engines.Ranks.NONE, ranks);
      assertEquals(running, started.get(), "ranks running when it was asked for");
      assertEquals(before, ProcessHandle.current().children().count());
    }
  }

  @Test
  void shouldTellEachRankWhatTheRunSays() {
    RunSpec spec = RunSpec.small(List.of("/in"), 7);
    var run = new RunFolder(Path.of("/runs/a"));
    KafkaConnection kafka = KafkaConnection.to("127.0.0.1:9", new Topics("small"));
    ModelConfig model = ModelConfig.named("small", 8192, 512);

    var ring = new NodeConfig.Ring(7L, 3, 1, 2, 120, Path.of("/aeron"));

    NodeConfig config = RankProcesses.config(run, spec, kafka, model, ring);

    assertEquals(kafka, config.kafka());
    assertEquals(ring, config.ring());
    assertEquals(new NodeConfig.Data(List.of("code", "en.web", "zh.web"), 8, 30), config.data());
    assertEquals(Path.of("/runs/a/tokenizer/tokenizer.neo.json"), config.tokenizer());
    assertEquals(model, config.model());
    assertEquals(spec.optimizer().adamW(), config.adamW());
    assertEquals(spec.optimizer().clip(), config.train().clip());
    assertEquals(42, config.train().seed());
    assertEquals(100, config.train().evalEvery());
    assertEquals(100, config.train().checkpointEvery());
    assertEquals(
        new NodeConfig.CheckpointFolder(Path.of("/runs/a/checkpoints"), 2), config.checkpoints());
  }
}
