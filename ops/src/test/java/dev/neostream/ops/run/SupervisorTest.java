package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.TestCorpus;
import dev.neostream.ops.embedded.EmbeddedEngines;
import dev.neostream.ops.monitor.Metrics;
import dev.neostream.schemas.Topics;
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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

  @TempDir Path folder;

  /** Engines of this machine that complain once they have closed. */
  private record Complaining(Engines engines) implements Engines {

    @Override
    public KafkaConnection startBroker(Topics topics) {
      return engines.startBroker(topics);
    }

    @Override
    public void startJob(KafkaConnection connection, TokenizeConfig tokenize) {
      engines.startJob(connection, tokenize);
    }

    @Override
    public Ranks startRanks(int generation) {
      return engines.startRanks(generation);
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
    public String sample() {
      return engines.sample();
    }

    @Override
    public void close() {
      engines.close();
      throw new IllegalStateException("a thread would not end");
    }
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

  @Test
  void shouldNotFailWhileClosingWhenAllIsDone() throws IOException {
    List<Path> inputs = TestCorpus.write(folder.resolve("corpus"), 100);
    CleanConfig cleaning = CleanConfig.of(Profile.recommended());
    RunSpec demo = RunSpec.demo(2);
    RunSpec spec =
        demo.withCorpus(
                new RunSpec.Corpus(
                    inputs.stream().map(Path::toString).toList(),
                    List.of(),
                    false,
                    false,
                    demo.corpus().partitions(),
                    demo.corpus().transactionRecords(),
                    2,
                    5))
            .withClean(cleaning, new Cleaner(cleaning).version());
    var run = new RunFolder(folder.resolve("run"));
    try (FileLock lock = run.lock()) {
      run.writeSpec(spec);
      var said = new ArrayList<String>();
      var supervisor =
          new Supervisor(
              run,
              spec,
              Inputs.resolve(inputs),
              new Complaining(new EmbeddedEngines(run, spec)),
              Metrics.Port.STANDARD,
              said::add);
      var targets = new ArrayList<String>();

      Supervisor.Ended ended = supervisor.run(() -> true, status -> targets.add(target(run)));

      assertEquals("stopped", ended.status().state());
      assertTrue(run.address().isEmpty());
      assertTrue(said.contains("Metrics: http://" + targets.get(0) + "/metrics"), said.toString());
      assertFalse(Files.exists(run.scrapeTarget()));
      assertTrue(ended.status().freeBytes() > 0);
    }
  }
}
