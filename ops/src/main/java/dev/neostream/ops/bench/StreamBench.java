package dev.neostream.ops.bench;

import dev.neostream.clean.CleanConfig;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.topic.IngestWriter;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.job.CorpusJob;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.TokenizerSample;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.StageCounts;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.job.TokenizeConfig;
import dev.neostream.tokens.pack.Lane;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Speed of a stage through the engines: raw.documents from a broker, the stage in Flink, what it
 * writes into the broker, exactly once, all in this JVM.
 */
public final class StreamBench {

  /** Bytes of documents that cleaning reads, at least: enough for some checkpoints. */
  private static final long DOCUMENT_BYTES = 1L << 30;

  private static final int TRANSACTION_RECORDS = 500;

  /** As in the demo. */
  private static final int MANAGED_MB = 512;

  private static final Duration CHECKPOINTS = Duration.ofSeconds(2);
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private StreamBench() {}

  /** When the counts of a checkpoint arrived, by the clock in nanoseconds and in CPU time. */
  private record Moment(long clock, CpuTime cpu) {}

  /** The job to measure. */
  private interface Job {
    void submit(EmbeddedFlink flink, KafkaConnection connection);
  }

  /**
   * Returns the speed of cleaning the documents, each given as often as makes a gigabyte.
   *
   * @param bytes bytes of the documents
   * @param folder scratch
   */
  public static CleanBench.Result clean(
      List<Input> inputs, long bytes, CleanConfig config, int parallelism, Path folder)
      throws IOException {
    List<Input> repeated = new ArrayList<>();
    for (long copy = 0; copy * bytes < DOCUMENT_BYTES; copy++) {
      for (Input input : inputs) {
        repeated.add(new Input(input.source() + "#" + copy, input.path()));
      }
    }
    Job job =
        (flink, connection) ->
            flink.submit(
                "bench",
                env ->
                    CorpusJob.defineClean(
                        env,
                        connection,
                        parallelism,
                        config,
                        CorpusJob.sink(connection, DEADLINE)));
    run("warm-up", Stage.CLEAN, repeated, parallelism, folder.resolve("warm-up"), job);
    return run("stream", Stage.CLEAN, repeated, parallelism, folder.resolve("stream"), job)
        .result();
  }

  /**
   * What the whole path costs.
   *
   * @param result documents read and the clock
   * @param cpuSeconds CPU time of the whole JVM for all documents, broker and engines included
   * @param parts the same by what the threads were for, in seconds
   */
  public record Whole(CleanBench.Result result, double cpuSeconds, Map<String, Double> parts) {}

  /**
   * Returns the speed of the whole job, from raw.documents to blocks of tokens, over variants of
   * the documents, as many as make a gigabyte.
   *
   * @param spec how documents are cleaned, compared, tokenized
   * @param folder scratch
   */
  public static Whole whole(List<Input> inputs, RunSpec spec, int parallelism, Path folder)
      throws IOException {
    List<Envelope> documents = CleanBench.documents(inputs);
    long bytes = documents.stream().mapToLong(document -> document.body.length).sum();
    List<Input> variants = new ArrayList<>();
    for (int variant = 0; variant * bytes < DOCUMENT_BYTES; variant++) {
      Path archive = Variants.write(documents, variant, folder.resolve("variants"));
      variants.add(new Input(archive.getFileName().toString(), archive));
    }
    TokenizeConfig tokenize = tokenize(inputs, spec, folder);
    Job job =
        (flink, connection) ->
            flink.submit(
                "bench",
                env ->
                    CorpusJob.define(
                        env,
                        connection,
                        parallelism,
                        spec.clean(),
                        spec.dedup().rules(),
                        spec.dedup().scope(),
                        tokenize,
                        CorpusJob.sink(connection, DEADLINE)));
    run("warm-up", Stage.CLEAN, variants, parallelism, folder.resolve("warm-up"), job);
    return run("stream", Stage.CLEAN, variants, parallelism, folder.resolve("stream"), job);
  }

  private static TokenizeConfig tokenize(List<Input> inputs, RunSpec spec, Path folder) {
    RunFolder run = new RunFolder(folder.resolve("tokenizer"));
    Tokenizer tokenizer = TokenizerSample.tokenizer(run, spec, inputs, step -> {});
    return spec.tokenizing(run.tokenizer(), tokenizer);
  }

  /**
   * Returns the speed of deduplicating documents, given as texts.
   *
   * @param name of the result
   * @param folder scratch
   */
  public static CleanBench.Result dedup(
      String name, List<Input> inputs, int parallelism, Path folder) throws IOException {
    return run(
            name,
            Stage.DEDUP,
            inputs,
            parallelism,
            folder,
            (flink, connection) ->
                flink.submit(
                    "bench",
                    env ->
                        CorpusJob.defineDedup(
                            env,
                            connection,
                            parallelism,
                            DedupConfig.recommended(),
                            DedupScope.global(),
                            CorpusJob.sink(connection, DEADLINE))))
        .result();
  }

  /**
   * Returns the speed by the clock between the first checkpoint at which the stage has done with
   * some documents and the last before the end.
   */
  private static Whole run(
      String name, Stage stage, List<Input> inputs, int parallelism, Path folder, Job job)
      throws IOException {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      KafkaConnection connection = broker.connection(new Topics("bench"));
      RunSpec demo = RunSpec.demo(2);
      TopicAdmin.create(
          connection,
          connection
              .topics()
              .all(
                  Stream.of("", Lane.HELD_OUT)
                      .flatMap(kind -> demo.mixture().domains().stream().map(kind::concat))
                      .toList(),
                  parallelism,
                  demo.tokenize().lanes(),
                  1));
      try (var writer =
          new IngestWriter(
              connection,
              inputs,
              List.of(),
              new IngestWriter.Settings(parallelism, TRANSACTION_RECORDS, false))) {
        writer.run(() -> false);
      }
      try (EmbeddedFlink flink =
          EmbeddedFlink.start(
              folder.resolve("flink"), folder, parallelism, CHECKPOINTS, MANAGED_MB)) {
        job.submit(flink, connection);
        Whole result = watch(name, stage, connection, flink, written(connection));
        flink.stopJob(DEADLINE);
        return result;
      }
    }
  }

  private static IngestPosition written(KafkaConnection connection) {
    try (var positions =
        new TopicReader<>(
            connection, connection.topics().ingestPositions(), IngestPosition.class)) {
      List<IngestPosition> all = positions.readToEnd();
      return all.get(all.size() - 1);
    }
  }

  private static Whole watch(
      String name,
      Stage stage,
      KafkaConnection connection,
      EmbeddedFlink flink,
      IngestPosition written) {
    // By checkpoint: when its counts arrived, and what each subtask had done with.
    Map<Long, Map<Integer, Long>> done = new TreeMap<>();
    Map<Long, Moment> arrived = new TreeMap<>();
    try (var counts =
        new TopicReader<>(connection, connection.topics().pipelineCounts(), StageCounts.class)) {
      while (true) {
        flink
            .failure()
            .ifPresent(
                failure -> {
                  throw new IllegalStateException("the job failed", failure);
                });
        for (StageCounts count : counts.poll(Duration.ofMillis(20))) {
          if (Stage.of(count) != stage) {
            continue;
          }
          done.computeIfAbsent(count.getCheckpoint(), key -> new TreeMap<>())
              .put(count.getSubtask(), count.getRead() - count.getHeld());
          arrived.put(count.getCheckpoint(), new Moment(System.nanoTime(), CpuTime.now()));
          if (sum(done.get(count.getCheckpoint())) == written.getWritten()) {
            return result(name, done, arrived, written);
          }
        }
      }
    }
  }

  private static Whole result(
      String stage,
      Map<Long, Map<Integer, Long>> done,
      Map<Long, Moment> arrived,
      IngestPosition written) {
    List<Long> during =
        done.keySet().stream()
            .filter(c -> sum(done.get(c)) > 0 && sum(done.get(c)) < written.getWritten())
            .toList();
    if (during.size() < 2) {
      throw new IllegalArgumentException(
          "there must be enough documents for some checkpoints: documents=" + written.getWritten());
    }
    long first = during.get(0);
    long last = during.get(during.size() - 1);
    double part = (sum(done.get(last)) - sum(done.get(first))) / (double) written.getWritten();
    double seconds = (arrived.get(last).clock - arrived.get(first).clock) / 1e9 / part;
    CpuTime from = arrived.get(first).cpu;
    CpuTime to = arrived.get(last).cpu;
    Map<String, Double> parts = to.partsSince(from);
    parts.replaceAll((name, of) -> of / part);
    return new Whole(
        new CleanBench.Result(stage, written.getWritten(), written.getBytes(), seconds, -1),
        to.secondsSince(from) / part,
        parts);
  }

  private static long sum(Map<Integer, Long> done) {
    return done.values().stream().mapToLong(Long::longValue).sum();
  }
}
