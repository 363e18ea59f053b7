package dev.neostream.tokens.topic;

import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.SequencerState;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.mixture.Sequencer;
import dev.neostream.tokens.mixture.SequencerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the {@link Sequencer} as a Kafka Streams application, exactly once: token.index,
 * block.flags, mixture.plans and train.steps in, train.batches and mixture.decisions out. Its state
 * lives in memory behind changelog topics; nothing on disk is needed to resume.
 *
 * <p>The first failure stops it for good; {@link #failure()} tells.
 */
public final class MixtureSequencer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MixtureSequencer.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaStreams streams;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile Optional<String> waitingFor = Optional.empty();

  /**
   * Prepares the application; its topics must exist.
   *
   * @param patience how long a block is waited for before its domain counts as silent; means
   *     nothing where the settings say to wait
   * @param stateDir folder for the engine's own files
   */
  public MixtureSequencer(
      KafkaConnection connection, SequencerSettings settings, Duration patience, Path stateDir) {
    Topology topology =
        topology(
            connection.topics(),
            settings,
            patience,
            RecordSerdes.frames(connection.registry()),
            waiting -> waitingFor = waiting,
            () -> new MixtureControl(connection).lastBatch().map(TrainBatch::getStep).orElse(-1L));
    streams = new KafkaStreams(topology, config(connection, stateDir));
    streams.setUncaughtExceptionHandler(
        exception -> {
          failure.compareAndSet(null, exception);
          LOG.error("the mixture sequencer failed and stops", exception);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
  }

  /** Starts reading; returns at once. */
  public void start() {
    streams.start();
  }

  /** Returns what stopped the application, or empty. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Returns which tokens the next step waits for, or empty when it waits for none. */
  public Optional<String> waitingFor() {
    return waitingFor;
  }

  @Override
  public void close() {
    if (!streams.close(CLOSE_TIMEOUT)) {
      LOG.warn("the mixture sequencer did not stop within {}", CLOSE_TIMEOUT);
    }
  }

  static Topology topology(
      Topics topics,
      SequencerSettings settings,
      Duration patience,
      RecordSerdes serdes,
      Consumer<Optional<String>> waiting,
      LongSupplier lastBatch) {
    var key = new ByteArrayDeserializer();
    return new Topology()
        .addSource(
            "token-index", key, serdes.of(TokenIndex.class).deserializer(), topics.tokenIndex())
        .addSource(
            "block-flags", key, serdes.of(BlockFlag.class).deserializer(), topics.blockFlags())
        .addSource(
            "mixture-plans",
            key,
            serdes.of(MixtureUpdate.class).deserializer(),
            topics.mixturePlans())
        .addSource(
            "train-steps", key, serdes.of(StepReport.class).deserializer(), topics.trainSteps())
        .addProcessor(
            "sequencer",
            () -> new SequencerProcessor(topics.run(), settings, patience, waiting, lastBatch),
            "token-index",
            "block-flags",
            "mixture-plans",
            "train-steps")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(SequencerProcessor.STATE),
                    Serdes.String(),
                    serdes.of(SequencerState.class))
                // One changelog record a commit instead of one an event.
                .withCachingEnabled(),
            "sequencer")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(SequencerProcessor.HASHES),
                Serdes.String(),
                Serdes.Long()),
            "sequencer")
        .addSink(
            SequencerProcessor.BATCHES,
            topics.trainBatches(),
            new StringSerializer(),
            serdes.of(TrainBatch.class).serializer(),
            "sequencer")
        .addSink(
            SequencerProcessor.DECISIONS,
            topics.mixtureDecisions(),
            new StringSerializer(),
            serdes.of(MixtureDecision.class).serializer(),
            "sequencer");
  }

  private static Properties config(KafkaConnection connection, Path stateDir) {
    String application = connection.topics().run() + ".mixture-sequencer";
    var config = new Properties();
    config.putAll(connection.client());
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    // As the brokers have it by default.
    config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    // A restart takes over its own membership instead of waiting for the dead one to time out.
    config.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), application);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
    // A killed sequencer's open transaction hides what follows it until this has passed; its input
    // is read again, so a short time loses nothing.
    config.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 10_000);
    config.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
        KafkaConnection.MAX_RECORD_BYTES);
    return config;
  }
}
