package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.TestCorpus;
import dev.neostream.ops.embedded.EmbeddedEngines;
import dev.neostream.ops.monitor.Metrics;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.Vitals;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.job.TokenizeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

  @TempDir Path folder;

  private final List<String> said = new ArrayList<>();
  private List<Path> inputs;
  private RunSpec spec;
  private RunFolder run;

  @BeforeEach
  void define() throws IOException {
    inputs = TestCorpus.write(folder.resolve("corpus"), 100);
    spec = spec();
    run = new RunFolder(folder.resolve("run"));
  }

  /** Returns what runs the run, on engines of this machine but for what a test says. */
  private Supervisor supervisor(UnaryOperator<Engines> engines, Metrics.Port port) {
    run.writeSpec(spec);
    return new Supervisor(
        run,
        spec,
        Inputs.resolve(inputs),
        engines.apply(new EmbeddedEngines(run, spec)),
        port,
        OptionalLong.empty(),
        said::add);
  }

  /** Engines of this machine, but for what a test says. */
  private static class Wrapped implements Engines {

    private final Engines engines;

    Wrapped(Engines engines) {
      this.engines = engines;
    }

    @Override
    public KafkaConnection startBroker(Topics topics) {
      return engines.startBroker(topics);
    }

    @Override
    public void startJob(KafkaConnection connection, TokenizeConfig tokenize) {
      engines.startJob(connection, tokenize);
    }

    @Override
    public Ranks startRanks(int number, int generation, BooleanSupplier stop) {
      return engines.startRanks(number, generation, stop);
    }

    @Override
    public Optional<Failure> failure() {
      return engines.failure();
    }

    @Override
    public void stopJob(Duration deadline) {
      engines.stopJob(deadline);
    }

    @Override
    public Vitals vitals() {
      return engines.vitals();
    }

    @Override
    public String sample() {
      return engines.sample();
    }

    @Override
    public void close() {
      engines.close();
    }
  }

  /** Engines that complain once they have closed. */
  private static final class Complaining extends Wrapped {

    Complaining(Engines engines) {
      super(engines);
    }

    @Override
    public void close() {
      super.close();
      throw new IllegalStateException("a thread would not end");
    }
  }

  /** Engines without a job whose ranks have failed as soon as they are started. */
  private static final class Failing extends Wrapped {

    private final Failed failed;
    private int starts;

    Failing(Engines engines, Failed failed) {
      super(engines);
      this.failed = failed;
    }

    @Override
    public void startJob(KafkaConnection connection, TokenizeConfig tokenize) {}

    @Override
    public Optional<Failure> failure() {
      return Optional.empty();
    }

    @Override
    public Ranks startRanks(int number, int generation, BooleanSupplier stop) {
      starts++;
      return new FailedRanks(failed);
    }
  }

  private record FailedRanks(Engines.Failed failed) implements Engines.Ranks {

    @Override
    public boolean finished() {
      return false;
    }

    @Override
    public Optional<Engines.Failed> failure() {
      return Optional.of(failed);
    }

    @Override
    public boolean replaceKilled(int generation) {
      return false;
    }

    @Override
    public Engines.Resize resize(int number, int generation) {
      return Engines.Resize.UNDER_WAY;
    }

    @Override
    public List<Vitals.Rank> vitals() {
      return List.of();
    }

    @Override
    public void requestStop() {}

    @Override
    public boolean await(Duration deadline) {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Returns where Prometheus is told to find the run. */
  private static String target(RunFolder run) {
    try {
      JsonNode groups = new ObjectMapper().readTree(run.scrapeTarget().toFile());
      assertEquals(1, groups.size());
      assertEquals("demo", groups.get(0).get("labels").get("run").asText());
      assertEquals(1, groups.get(0).get("targets").size());
      return groups.get(0).get("targets").get(0).asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RunSpec spec() {
    CleanConfig cleaning = CleanConfig.of(Profile.recommended());
    RunSpec demo = RunSpec.demo(2);
    return demo.withCorpus(
            new RunSpec.Corpus(
                inputs.stream().map(Path::toString).toList(),
                List.of(),
                List.of(),
                false,
                false,
                demo.corpus().partitions(),
                demo.corpus().transactionRecords(),
                2,
                5))
        .withClean(cleaning, new Cleaner(cleaning).version());
  }

  @Test
  void shouldNotFailWhileClosingWhenAllIsDone() throws IOException {
    try (FileLock lock = run.lock()) {
      Supervisor supervisor = supervisor(Complaining::new, Metrics.Port.STANDARD);
      var targets = new ArrayList<String>();

      var pages = new ArrayList<String>();
      Supervisor.Ended ended =
          supervisor.run(
              () -> !targets.isEmpty(),
              status -> {
                targets.add(target(run));
                run.pageUrl().ifPresent(pages::add);
              });

      assertEquals("stopped", ended.status().state());
      assertTrue(run.address().isEmpty());
      assertTrue(said.contains("Metrics: http://" + targets.get(0) + "/metrics"), said.toString());
      assertFalse(Files.exists(run.scrapeTarget()));
      assertTrue(said.contains("Page: " + pages.get(0)), said.toString());
      assertTrue(pages.get(0).matches("http://127.0.0.1:\\d+/#[-_0-9A-Za-z]{32}"), pages.get(0));
      assertTrue(run.pageUrl().isEmpty());
      assertTrue(ended.status().freeBytes() > 0);
      assertTrue(
          said.stream().anyMatch(line -> line.matches("Started Kafka in \\d+\\.\\d s")),
          said.toString());
    }
  }

  @Test
  void shouldEndBeforeTheEnginesStartIfItIsAskedToByThen() throws IOException {
    try (FileLock lock = run.lock()) {
      Supervisor supervisor = supervisor(UnaryOperator.identity(), Metrics.Port.exactly(0));

      Supervisor.Ended ended = supervisor.run(() -> true, status -> {});

      assertEquals("stopped", ended.status().state());
      assertEquals(Optional.empty(), ended.history());
      assertFalse(said.contains("Starting Kafka"), said.toString());
      assertEquals(Optional.of("stopped"), run.read(run.status(), Status.class).map(Status::state));
    }
  }

  /** Returns why the run failed and how often its ranks were started. */
  private String failing(Engines.Failed failed) throws IOException {
    try (FileLock lock = run.lock()) {
      var failing = new AtomicReference<Failing>();
      Supervisor supervisor =
          supervisor(
              engines -> {
                failing.set(new Failing(engines, failed));
                return failing.get();
              },
              Metrics.Port.exactly(0));

      var problem =
          assertThrows(RuntimeException.class, () -> supervisor.run(() -> false, status -> {}));

      assertEquals(Optional.of("failed"), run.read(run.status(), Status.class).map(Status::state));
      return failing.get().starts + " starts: " + problem.getMessage();
    }
  }

  /** A checkpoint without a file. */
  private static void save(RunFolder run, long step) throws IOException {
    new CheckpointStore(run.checkpoints())
        .save(
            new CheckpointManifest(step, "", 1, Map.of(), "m", "t", 0L, List.of(), 0L),
            Map.of(),
            Map.of());
  }

  @Test
  void shouldRefuseBrokersThatHoldTheBatchesOfNoCheckpoint() throws IOException {
    save(run, 5);
    save(run, 7);

    String refused = failing(new Engines.Failed("", true));

    assertTrue(
        refused.startsWith(
            "0 starts: the brokers must hold the batches and reports up to at least one checkpoint,"
                + " they have lost records: oldest checkpoint's step=5, last batch's step=-1, last"
                + " report's step=-1; "),
        refused);
    assertEquals(List.of(5L, 7L), new CheckpointStore(run.checkpoints()).steps());
  }

  @Test
  void shouldStartRanksAgainAsOftenAsItMay() throws IOException {
    assertEquals(
        "4 starts: a rank is gone (3 restarts in vain)",
        failing(new Engines.Failed("a rank is gone", false)));
  }

  @Test
  void shouldNotStartRanksAgainThatWouldFailTheSame() throws IOException {
    assertEquals("1 starts: another model", failing(new Engines.Failed("another model", true)));
  }
}
