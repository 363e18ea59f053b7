package dev.neostream.ops.embedded;

import dev.neostream.ops.job.CorpusJob;
import dev.neostream.ops.monitor.Vitals;
import dev.neostream.ops.run.Engines;
import dev.neostream.ops.run.Parts;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.job.TokenizeConfig;
import dev.neostream.trainer.collective.aeron.AeronTransport;
import dev.neostream.trainer.generate.Samples;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.node.RingWord;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All engines on this machine: a broker and a Flink cluster inside this JVM, an Aeron media driver
 * beside them, ranks in JVMs of their own.
 */
public final class EmbeddedEngines implements Engines {

  /** Of a media driver itself: what it counts, its errors, its clients' commands. */
  private static final long DRIVER_BYTES = 16 << 20;

  private final RunFolder folder;
  private final RunSpec spec;
  private final Parts parts = new Parts();

  /** Random, so that a copy of the run is another one. */
  private final long launch = new SecureRandom().nextLong();

  // Scrapes look at them from other threads.
  private volatile EmbeddedBroker broker;
  private volatile EmbeddedFlink flink;
  private volatile Ranks ranks = Ranks.NONE;
  private KafkaConnection kafka;
  private Path aeron;

  /** Whether ranks of this launch were ready once, so that the engine's natives are unpacked. */
  private boolean unpacked;

  public EmbeddedEngines(RunFolder folder, RunSpec spec) {
    this.folder = folder;
    this.spec = spec;
  }

  @Override
  public KafkaConnection startBroker(Topics topics) {
    EmbeddedBroker started = parts.keep(EmbeddedBroker.start(folder.kafka()));
    kafka = started.connection(topics);
    broker = started;
    return kafka;
  }

  @Override
  public void startJob(KafkaConnection connection, TokenizeConfig tokenize) {
    flink =
        parts.keep(
            EmbeddedFlink.start(
                folder.flinkCheckpoints(),
                folder.tmp(),
                spec.engines().parallelism(),
                Duration.ofMillis(spec.engines().checkpointMs()),
                spec.engines().flinkManagedMb()));
    flink.submit(
        spec.name(),
        env ->
            CorpusJob.define(
                env,
                connection,
                spec.corpus().partitions(),
                spec.clean(),
                spec.dedup().rules(),
                spec.dedup().scope(),
                tokenize,
                CorpusJob.sink(connection, Duration.ofMillis(EmbeddedBroker.MAX_TRANSACTION_MS))));
  }

  @Override
  public Ranks startRanks(int number, int generation, BooleanSupplier stop) {
    if (aeron == null) {
      aeron = startMediaDriver(number);
    }
    ranks =
        RankProcesses.start(
            folder,
            spec,
            kafka,
            model(tokenizer()),
            launch,
            new RingWord(generation, number),
            aeron,
            unpacked,
            stop);
    unpacked |= ranks.failure().isEmpty();
    return ranks;
  }

  private Tokenizer tokenizer() {
    try {
      return TokenizerFile.read(folder.tokenizer());
    } catch (IOException e) {
      throw new UncheckedIOException("the run's tokenizer must be readable", e);
    }
  }

  private ModelConfig model(Tokenizer tokenizer) {
    return spec.model().config(tokenizer.vocabSize(), spec.tokenize().sequenceLength());
  }

  private Path startMediaDriver(int ranks) {
    // They may become more: as many as the machine can run at once.
    int most =
        Math.max(
            ranks, Math.min(Runtime.getRuntime().availableProcessors(), spec.mixture().rows()));
    long bytes = driverBytes(most, spec.engines().maxRestarts());
    Path directory =
        parts
            .keep(MediaDriverFolder.create(folder, MediaDriverFolder.SHARED_MEMORY, bytes))
            .driver();
    parts.keep(
        MediaDriver.launch(
            mediaDriver(directory, Duration.ofSeconds(spec.engines().ringSeconds()))));
    return directory;
  }

  /**
   * Returns the memory that a driver's files may take: those of ranks that were killed go when the
   * ring's deadline is over.
   */
  static long driverBytes(int ranks, int maxRestarts) {
    return DRIVER_BYTES + (1L + maxRestarts) * ranks * AeronTransport.BYTES;
  }

  /**
   * Returns settings of a media driver that gives a silent client up when the ring would, and not
   * before: ranks and launcher may be paused.
   *
   * @param deadline of the ring
   */
  static MediaDriver.Context mediaDriver(Path directory, Duration deadline) {
    return new MediaDriver.Context()
        .aeronDirectoryName(directory.toString())
        .dirDeleteOnShutdown(true)
        .threadingMode(ThreadingMode.SHARED)
        .ipcTermBufferLength(4 << 20)
        .counterValuesBufferLength(1 << 20)
        .clientLivenessTimeoutNs(deadline.toNanos())
        .publicationUnblockTimeoutNs(2 * deadline.toNanos());
  }

  @Override
  public Optional<Failure> failure() {
    return broker
        .failure()
        .map(cause -> new Failure("Kafka", cause))
        .or(
            () ->
                flink
                    .failure()
                    .map(
                        cause ->
                            new Failure(
                                "the Flink job",
                                LostRecords.in(cause).<Throwable>map(lost -> lost).orElse(cause))));
  }

  @Override
  public void stopJob(Duration deadline) {
    flink.stopJob(deadline);
  }

  @Override
  public Vitals vitals() {
    return new Vitals(
        Optional.ofNullable(broker).map(b -> b.vitals(kafka.topics())),
        Optional.ofNullable(flink).flatMap(EmbeddedFlink::vitals),
        ranks.vitals());
  }

  /** One paragraph a prompt. */
  @Override
  public String sample() {
    Tokenizer tokenizer = tokenizer();
    List<String> prompts = spec.train().prompts();
    try {
      List<String> continuations =
          Samples.greedy(
              folder.checkpoints(),
              model(tokenizer),
              tokenizer,
              prompts,
              spec.train().promptTokens());
      return IntStream.range(0, prompts.size())
          .mapToObj(i -> prompts.get(i) + " | " + continuations.get(i))
          .collect(Collectors.joining("\n\n"));
    } catch (IOException e) {
      throw new UncheckedIOException("the newest checkpoint must be readable", e);
    }
  }

  /** Ends what runs, the last started first. */
  @Override
  public void close() {
    parts.close();
  }
}
