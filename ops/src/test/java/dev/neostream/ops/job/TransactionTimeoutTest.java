package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.KafkaConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens when a job is down for longer than transaction.timeout.ms between Flink's commit and
 * Kafka's: the broker throws the data away and Flink goes on without a word. The count ledger
 * tells.
 */
class TransactionTimeoutTest {

  /** Long enough to reach the first checkpoint on a slow machine, short enough to wait for. */
  private static final Duration TOO_SHORT = Duration.ofSeconds(15);

  private static final long LOOK_EVERY_NS = 20_000_000;

  @TempDir Path folder;
  private Pipeline pipeline;

  @BeforeEach
  void start() throws IOException {
    pipeline = Pipeline.start(folder);
  }

  @AfterEach
  void stop() {
    pipeline.close();
  }

  /**
   * The sink of the job, but the commit of the first blocks fails: the job dies between Flink's
   * checkpoint and Kafka's commit.
   */
  private record DyingSink(KafkaSink<OutRecord> sink, KafkaConnection connection)
      implements TwoPhaseCommittingStatefulSink<OutRecord, KafkaWriterState, KafkaCommittable> {

    @Override
    public PrecommittingStatefulSinkWriter<OutRecord, KafkaWriterState, KafkaCommittable>
        createWriter(WriterInitContext context) throws IOException {
      return sink.createWriter(context);
    }

    @Override
    public PrecommittingStatefulSinkWriter<OutRecord, KafkaWriterState, KafkaCommittable>
        restoreWriter(WriterInitContext context, Collection<KafkaWriterState> state) {
      return sink.restoreWriter(context, state);
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
      return sink.getWriterStateSerializer();
    }

    @Override
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) {
      return new DyingCommitter(sink.createCommitter(context), connection);
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
      return sink.getCommittableSerializer();
    }
  }

  private record DyingCommitter(Committer<KafkaCommittable> committer, KafkaConnection connection)
      implements Committer<KafkaCommittable> {

    @Override
    public void commit(Collection<CommitRequest<KafkaCommittable>> requests)
        throws IOException, InterruptedException {
      if (blocksAreWritten()) {
        throw new IllegalStateException("the process dies before this commit");
      }
      committer.commit(requests);
    }

    /** True when token.index holds anything, committed or not. */
    private boolean blocksAreWritten() throws InterruptedException {
      var partition = new TopicPartition(connection.topics().tokenIndex(), 0);
      try (Admin admin = Admin.create(connection.admin())) {
        return admin
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset()
            > 0;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws Exception {
      committer.close();
    }
  }

  private void awaitAbortOfDeadTransactions() throws Exception {
    try (Admin admin = Admin.create(pipeline.connection().admin())) {
      var open =
          new ListTransactionsOptions()
              .filterStates(List.of(TransactionState.ONGOING, TransactionState.PREPARE_ABORT));
      while (!admin.listTransactions(open).all().get().isEmpty()) {
        LockSupport.parkNanos(LOOK_EVERY_NS);
      }
    }
  }

  @Test
  void shouldBalanceWhenTheTimeoutIsLongEnough() throws Exception {
    KafkaSink<OutRecord> sink = CorpusJob.sink(pipeline.connection(), Duration.ofHours(1));
    dieAtFirstCommit(sink);

    Status status;
    try (EmbeddedFlink flink = pipeline.submit(2, Duration.ofSeconds(1), sink)) {
      status = pipeline.runToEnd(flink);
    }

    assertEquals("", status.problem());
    assertEquals(status.ingest().written(), status.stages().get(Stage.CLEAN).read());
  }

  @Test
  void shouldCatchTransactionsThatTheBrokerAborted() throws Exception {
    dieAtFirstCommit(CorpusJob.sink(pipeline.connection(), TOO_SHORT));
    awaitAbortOfDeadTransactions();

    Status status;
    KafkaSink<OutRecord> sink = CorpusJob.sink(pipeline.connection(), Duration.ofHours(1));
    try (EmbeddedFlink flink = pipeline.submit(2, Duration.ofSeconds(1), sink)) {
      status = pipeline.runToEnd(flink);
    }

    assertTrue(status.problem().contains("lost records"), status.problem());
    assertTrue(status.problem().contains("transaction.timeout.ms"), status.problem());
  }

  private void dieAtFirstCommit(KafkaSink<OutRecord> sink) {
    try (EmbeddedFlink flink =
        pipeline.submit(2, Duration.ofSeconds(3), new DyingSink(sink, pipeline.connection()))) {
      while (flink.failure().isEmpty()) {
        LockSupport.parkNanos(LOOK_EVERY_NS);
      }
    }
  }
}
