package dev.neostream.ingest.topic;

import dev.neostream.ingest.IngestPlan;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.RecordSource;
import dev.neostream.ingest.RoundRobin;
import dev.neostream.ingest.WatchedFolder;
import dev.neostream.schemas.avro.IngestInput;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the records of inputs to raw.documents and rejected.documents exactly once: every
 * transaction holds its documents, its rejects and the position behind them, so a writer that was
 * killed anywhere goes on behind its last committed transaction.
 *
 * <p>Inputs are those it is given, those that others add to ingest.inputs, and complete files of
 * watched folders. An input enters the order of reading between two transactions; which, is
 * recorded in the position, so what was once read is never read in another order. Not thread-safe.
 */
public final class IngestWriter implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(IngestWriter.class);

  private static final String SELF = "neo";
  private static final long SCAN_NANOS = 500_000_000;

  /** Transactions in a row that the brokers may end without one that is committed in between. */
  private static final int LOST_IN_A_ROW = 3;

  private final KafkaConnection connection;
  private final Settings settings;
  private final Map<String, RecordSource> given = new LinkedHashMap<>();
  private final List<WatchedFolder> watched;
  private final Map<String, IngestInput> known = new HashMap<>();
  private final List<IngestInput> unwritten = new ArrayList<>();
  private IngestTransaction transaction;
  private TopicReader<IngestInput> added;
  private IngestPlan plan;
  private RoundRobin records;
  private long scannedAt = System.nanoTime() - SCAN_NANOS;
  private int lost;

  /**
   * How a run is read.
   *
   * @param rawPartitions partitions of raw.documents
   * @param transactionRecords records read for a transaction; readers downstream see them together
   * @param endless whether there may always be more to read: then no END is written
   */
  public record Settings(int rawPartitions, int transactionRecords, boolean endless) {

    public Settings {
      if (transactionRecords < 1) {
        throw new IllegalArgumentException(
            "transactionRecords must be >= 1: n=" + transactionRecords);
      }
    }
  }

  /**
   * @param inputs inputs of the run; later ones may have more
   * @param watched folders whose files are inputs as well
   */
  public IngestWriter(
      KafkaConnection connection,
      List<? extends RecordSource> inputs,
      List<WatchedFolder> watched,
      Settings settings) {
    if (inputs.isEmpty() && !settings.endless) {
      throw new IllegalArgumentException("inputs must not be empty: give at least one");
    }
    if (!settings.endless && inputs.stream().anyMatch(RecordSource::follows)) {
      throw new IllegalArgumentException("an input that never ends asks for settings without end");
    }
    this.connection = connection;
    this.settings = settings;
    this.watched = List.copyOf(watched);
    inputs.forEach(input -> given.put(input.source(), input));
  }

  /**
   * Reads and writes until all inputs there are at the time are finished, or have nothing yet if
   * they never end, or {@code stop} says so, which ends the transaction early; returns the
   * committed position. May be called again, for inputs that have come since. A writer that was
   * started before for the same run is fenced. A transaction that brokers have ended because it
   * took too long, as when the process was stopped for a while, is written again.
   *
   * @throws IOException if an input cannot be read; the open transaction is aborted
   * @throws IllegalStateException if another writer has taken over, or brokers end one transaction
   *     after the other
   */
  public IngestPosition run(BooleanSupplier stop) throws IOException {
    return unfenced(
        () -> {
          admit();
          boolean more = true;
          while (more && !plan.isIdle(settings.endless) && !stop.getAsBoolean()) {
            more = transaction(stop);
            admit();
          }
          return plan.position();
        });
  }

  /**
   * Says that no document follows in the window that is open, if there are any in it, so that they
   * are decided upon without waiting for more. To be called when nothing has come for a while.
   *
   * @param until what a document's ordinal must be passed by, so that nothing waits for more of
   *     them
   */
  public void seal(LongUnaryOperator until) throws IOException {
    unfenced(
        () -> {
          List<IngestPlan.Raw> markers = plan.advance(until);
          if (!markers.isEmpty()) {
            transaction.begin();
            markers.forEach(transaction::send);
            commit();
          }
          return plan.position();
        });
  }

  /**
   * Repeats in every partition how far event time has come. To be called now and then while nothing
   * is written: a reader that is restored between the last markers of two partitions would wait for
   * ever for the one it has already passed.
   */
  public void beat() throws IOException {
    unfenced(
        () -> {
          transaction.begin();
          plan.beat().forEach(transaction::send);
          transaction.commit();
          return plan.position();
        });
  }

  private interface Work {
    IngestPosition done() throws IOException;
  }

  private IngestPosition unfenced(Work work) throws IOException {
    while (true) {
      try {
        start();
        return work.done();
      } catch (KafkaException e) {
        if (transaction == null || !transaction.isTooLate(e)) {
          throw IngestTransaction.isFenced(e)
              ? new IllegalStateException(
                  "a run must have one ingest writer, another has taken over: run="
                      + connection.topics().run(),
                  e)
              : e;
        }
        lost++;
        if (lost == LOST_IN_A_ROW) {
          throw new IllegalStateException(
              "brokers must take a transaction of ingest before its time is over: run="
                  + connection.topics().run()
                  + ", lost in a row="
                  + lost
                  + ", "
                  + ProducerConfig.TRANSACTION_TIMEOUT_CONFIG
                  + "="
                  + IngestTransaction.timeoutMillis(connection),
              e);
        }
        LOG.warn("a transaction of ingest was ended by the brokers and is written again", e);
        forget();
      }
    }
  }

  /** Goes back to knowing nothing, so that {@link #start} goes on behind what is committed. */
  private void forget() throws IOException {
    close();
    transaction = null;
    known.clear();
    unwritten.clear();
    watched.forEach(WatchedFolder::forget);
  }

  /** Takes over from an earlier writer and finds out where it stopped, unless that is done. */
  private void start() throws IOException {
    if (transaction != null) {
      return;
    }
    transaction = new IngestTransaction(connection);
    transaction.takeOver();
    added = new TopicReader<>(connection, connection.topics().ingestInputs(), IngestInput.class);
    Map<String, RecordSource> open = new LinkedHashMap<>();
    List<IngestInput> recorded = added.readToEnd();
    recorded.forEach(input -> known.put(input.getSource(), input));
    for (IngestInput input : recorded) {
      knowFile(input);
      boolean isTopic = input.getPath().startsWith(TopicInput.SCHEME);
      if (!known.get(input.getSource()).getFinished() && !isTopic) {
        open.put(input.getSource(), opened(input));
      }
    }
    for (RecordSource input : given.values()) {
      if (!known.containsKey(input.source())) {
        register(input);
      }
      if (!known.get(input.source()).getFinished()) {
        // Where it lies may be another place by now.
        open.put(input.source(), input);
      }
    }
    Optional<IngestPosition> last = lastCommitted();
    last.ifPresent(this::requireAllInputs);
    IngestPosition position = IngestPlan.resume(last, List.copyOf(open.keySet()));
    plan = new IngestPlan(position, settings.rawPartitions);
    records =
        new RoundRobin(
            position.getSources().stream().map(open::get).toList(),
            position.getTurn(),
            position.getTaken(),
            IngestPlan.places(position));
    // Before a transaction begins: going to where reading stopped may take long.
    records.open();
  }

  /**
   * The end of an input commits with the position behind it. Where brokers have lost it since, the
   * input would be read a second time.
   */
  private void requireAllInputs(IngestPosition last) {
    long taken = last.getTaken().stream().mapToLong(Long::longValue).sum();
    long finished =
        known.values().stream()
            .filter(IngestInput::getFinished)
            .mapToLong(IngestInput::getRead)
            .sum();
    // A run that was begun before inputs were recorded knows of none.
    if (!known.isEmpty() && taken + finished < last.getRead()) {
      throw new IllegalStateException(
          "the brokers must hold what is known of every input, they have lost records of "
              + connection.topics().ingestInputs()
              + ": records read="
              + last.getRead()
              + ", of inputs that are known="
              + (taken + finished)
              + "; bring back the brokers' files of one time, or start the run anew");
    }
  }

  /** Lets the inputs in that have come since the last transaction. */
  private void admit() throws IOException {
    for (IngestInput input : added.poll(Duration.ZERO)) {
      if (known.putIfAbsent(input.getSource(), input) == null) {
        add(opened(input));
      }
    }
    if (System.nanoTime() - scannedAt < SCAN_NANOS) {
      return;
    }
    for (WatchedFolder folder : watched) {
      for (WatchedFolder.Found file : folder.scan()) {
        var input = new Input(file.source(), file.path(), Optional.of(folder.folder()));
        IngestInput record = register(input);
        record.setFolder(folder.folder().toString());
        record.setBytes(file.bytes());
        record.setModifiedAt(file.modifiedAt());
        record.setDigest(file.digest());
        add(input);
      }
    }
    scannedAt = System.nanoTime();
  }

  private void add(RecordSource input) {
    plan.add(input.source());
    records.add(input);
  }

  /** Records an input in the next transaction. */
  private IngestInput register(RecordSource input) {
    var record =
        new IngestInput(
            input.source(),
            input.location(),
            "",
            0L,
            0L,
            0L,
            System.currentTimeMillis(),
            SELF,
            false,
            0L,
            0L,
            "");
    known.put(input.source(), record);
    unwritten.add(record);
    return record;
  }

  private RecordSource opened(IngestInput input) {
    if (input.getPath().startsWith(ReadmissionInput.SCHEME)) {
      return ReadmissionInput.of(connection, input.getPath());
    }
    return new Input(
        input.getSource(),
        Path.of(input.getPath()),
        Optional.of(input.getFolder()).filter(folder -> !folder.isEmpty()).map(Path::of));
  }

  private void knowFile(IngestInput input) {
    for (WatchedFolder folder : watched) {
      if (input.getFolder().equals(folder.folder().toString())) {
        folder.knows(
            new WatchedFolder.Found(
                input.getSource(),
                Path.of(input.getPath()),
                input.getBytes(),
                input.getModifiedAt(),
                input.getDigest()));
      }
    }
  }

  /** Returns whether there may be more to read at once. */
  private boolean transaction(BooleanSupplier stop) throws IOException {
    transaction.begin();
    try {
      boolean exhausted = false;
      IngestPosition before = plan.position();
      for (int i = 0; i < settings.transactionRecords && !exhausted && !stop.getAsBoolean(); i++) {
        Optional<RoundRobin.Turn> record = records.next();
        for (int input : records.finished()) {
          finish(plan.finish(input));
        }
        record.map(plan::take).ifPresent(transaction::send);
        exhausted = record.isEmpty();
      }
      if (exhausted && settings.endless && unwritten.isEmpty() && plan.position().equals(before)) {
        transaction.abort(); // a topic that has nothing new must not fill another
        return false;
      }
      plan.seal(exhausted && !settings.endless).forEach(transaction::send);
      commit();
      return !exhausted;
    } catch (IOException | RuntimeException e) {
      transaction.abort(e);
      throw e;
    }
  }

  private void finish(IngestPlan.Finished finished) {
    IngestInput input = known.get(finished.source());
    input.setFinished(true);
    input.setRead(finished.read());
    input.setRejected(finished.rejected());
    input.setProblem(finished.problem());
    if (!finished.problem().isEmpty()) {
      LOG.warn("an input is gone: source={}, {}", finished.source(), finished.problem());
    }
    unwritten.remove(input);
    unwritten.add(input);
  }

  /** Commits the transaction with the position, and what there is to say of inputs. */
  private void commit() {
    unwritten.forEach(transaction::send);
    transaction.send(plan.position());
    transaction.commit();
    unwritten.clear();
    lost = 0;
  }

  private Optional<IngestPosition> lastCommitted() {
    try (var reader =
        new TopicReader<>(
            connection, connection.topics().ingestPositions(), IngestPosition.class)) {
      return reader.readToEnd().stream().reduce((earlier, later) -> later);
    }
  }

  @Override
  public void close() throws IOException {
    if (records != null) {
      records.close();
    }
    if (added != null) {
      added.close();
    }
    if (transaction != null) {
      transaction.close();
    }
  }
}
