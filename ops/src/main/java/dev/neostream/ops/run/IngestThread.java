package dev.neostream.ops.run;

import dev.neostream.ingest.RecordSource;
import dev.neostream.ingest.WatchedFolder;
import dev.neostream.ingest.topic.IngestWriter;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.topic.KafkaConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads a run's inputs into raw.documents until it is told to stop, in a thread of its own. */
final class IngestThread implements AutoCloseable {

  private static final long LOOK_FOR_INPUTS_MS = 500;

  private final RunSpec spec;
  private final List<? extends RecordSource> inputs;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile Throwable failure;

  private IngestThread(
      RunSpec spec, List<? extends RecordSource> inputs, KafkaConnection connection) {
    this.spec = spec;
    this.inputs = inputs;
    this.thread = new Thread(() -> read(connection), "ingest");
  }

  static IngestThread start(
      RunSpec spec, List<? extends RecordSource> inputs, KafkaConnection connection) {
    var ingest = new IngestThread(spec, inputs, connection);
    ingest.thread.start();
    return ingest;
  }

  private void read(KafkaConnection connection) {
    RunSpec.Corpus corpus = spec.corpus();
    try (var writer =
        new IngestWriter(
            connection,
            inputs,
            watched(corpus),
            new IngestWriter.Settings(
                corpus.partitions(), corpus.transactionRecords(), corpus.endless()))) {
      long read = -1;
      long quietSince = System.nanoTime();
      long beatenAt = quietSince;
      do {
        IngestPosition position = writer.run(() -> stop.getCount() == 0);
        long now = System.nanoTime();
        if (position.getRead() > read) {
          read = position.getRead();
          quietSince = now;
        } else if (corpus.endless() && isOver(corpus.sealSeconds(), quietSince, now)) {
          writer.seal(spec.dedup().scope()::release);
        }
        if (isOver(spec.engines().beatSeconds(), beatenAt, now)) {
          writer.beat();
          beatenAt = now;
        }
      } while (!stop.await(LOOK_FOR_INPUTS_MS, TimeUnit.MILLISECONDS));
    } catch (Throwable e) {
      // Whatever ended the reading, an Error too, must end the run instead of leaving it waiting.
      failure = e;
    }
  }

  private static boolean isOver(int seconds, long since, long now) {
    return now - since >= TimeUnit.SECONDS.toNanos(seconds);
  }

  private static List<WatchedFolder> watched(RunSpec.Corpus corpus) throws IOException {
    List<WatchedFolder> watched = new ArrayList<>();
    for (String folder : corpus.watch()) {
      watched.add(new WatchedFolder(Path.of(folder), Duration.ofSeconds(corpus.stableSeconds())));
    }
    return watched;
  }

  /** Returns why reading ended before it was told to. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Ends the reading with everything committed that was read.
   *
   * @return whether it ended within the deadline
   */
  boolean stop(Duration deadline) {
    stop.countDown();
    try {
      thread.join(deadline.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  @Override
  public void close() throws InterruptedException {
    stop.countDown();
    thread.join();
  }
}
