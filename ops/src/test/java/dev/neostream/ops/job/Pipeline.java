package dev.neostream.ops.job;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.job.DedupJob;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.topic.IngestWriter;
import dev.neostream.ops.TestCorpus;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.monitor.RunMonitor;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.StepFiles;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.job.TokenizeConfig;
import dev.neostream.tokens.pack.Lane;
import dev.neostream.tokens.topic.HeldOutCounts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * A real broker that holds the test corpus as raw documents, and real clusters to run the job on.
 */
record Pipeline(
    Path folder,
    EmbeddedBroker broker,
    KafkaConnection connection,
    TokenizeConfig tokenize,
    List<Path> inputs,
    DedupConfig dedup)
    implements AutoCloseable {

  private static final int PAGES = 300;
  private static final int RAW_PARTITIONS = 2;

  /** Starts a broker and lets ingest read the whole test corpus. */
  static Pipeline start(Path folder) throws IOException {
    return start(folder, DedupConfig.recommended());
  }

  /** Does the same for a run that deduplicates in another way. */
  static Pipeline start(Path folder, DedupConfig dedup) throws IOException {
    Pipeline pipeline = startEmpty(folder, dedup);
    try (IngestWriter ingest = pipeline.ingest()) {
      ingest.run(() -> false);
    }
    return pipeline;
  }

  /** Starts a broker with the corpus at hand but nothing read. */
  static Pipeline startEmpty(Path folder) throws IOException {
    return startEmpty(folder, DedupConfig.recommended());
  }

  private static Pipeline startEmpty(Path folder, DedupConfig dedup) throws IOException {
    EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"));
    KafkaConnection connection = broker.connection(new Topics("demo"));
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeConfig.standard().withVocabSize(600), List.of("the result of the value", "的结果"));
    TokenizerFile.write(tokenizer, folder.resolve("tokenizer.json"));
    var tokenize =
        new TokenizeConfig(
            folder.resolve("tokenizer.json").toString(),
            tokenizer.fingerprint(),
            64,
            List.of("code", "en.web", "zh.web"),
            2,
            50,
            Map.of());
    TopicAdmin.create(
        connection,
        connection
            .topics()
            .all(
                tokenize.allLanes().stream().map(Lane::domain).distinct().toList(),
                RAW_PARTITIONS,
                2,
                1));
    List<Path> inputs = TestCorpus.write(folder.resolve("corpus"), PAGES);
    return new Pipeline(folder, broker, connection, tokenize, inputs, dedup);
  }

  IngestWriter ingest() {
    return new IngestWriter(
        connection,
        Inputs.resolve(inputs),
        List.of(),
        new IngestWriter.Settings(RAW_PARTITIONS, 256, false));
  }

  /** Starts a cluster that runs the job, from its newest checkpoint if there is one. */
  EmbeddedFlink submit(int parallelism, Duration interval, Sink<OutRecord> sink) {
    EmbeddedFlink flink =
        EmbeddedFlink.start(folder.resolve("checkpoints"), folder, parallelism, interval, 512);
    flink.submit(
        "corpus",
        env ->
            CorpusJob.define(
                env,
                connection,
                RAW_PARTITIONS,
                CleanConfig.of(Profile.recommended()),
                dedup,
                DedupScope.global(),
                tokenize,
                sink));
    return flink;
  }

  /** Runs until every document is decided upon, stops the job and returns the last state. */
  Status runToEnd(EmbeddedFlink flink) {
    try (var monitor =
        new RunMonitor(
            connection,
            DedupJob.countedStages(dedup),
            2,
            new HeldOutCounts(List.of("code"), 2),
            new StepFiles(folder.resolve("metrics.jsonl"), folder.resolve("tensorboard")))) {
      Status status = monitor.refresh();
      while (status.problem().isEmpty() && !status.drained()) {
        if (flink.failure().isPresent()) {
          throw new AssertionError("the job must run", flink.failure().get());
        }
        status = monitor.refresh();
      }
      flink.stopJob(Duration.ofMinutes(1));
      return monitor.refreshStopped(Duration.ofSeconds(5));
    }
  }

  @Override
  public void close() {
    broker.close();
  }
}
