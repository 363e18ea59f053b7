package dev.neostream.schemas.job;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.StageCounts;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps a stage's {@link DocumentCount} in operator state and turns it into a {@link StageCounts}
 * record just before a checkpoint's barrier leaves. The record thus commits in one transaction with
 * exactly the data it counts: comparing the two later proves that nothing was lost on the way.
 *
 * <p>State: {@code document-counts}, (stage, name, number), so that a stage or a number more moves
 * no other; {@code document-count}, the same by position as it once was, read and then cleared;
 * {@code documents-passed}. All are kept for the life of the run.
 */
final class CountLedger implements Serializable {

  /** What an array of state held that was written before counts had names. */
  private static final List<String> POSITIONS =
      List.of("read", "emitted", "rejected", "duplicates", "held", "tokens", "blocks");

  private final Stage stage;
  private final KafkaConnection connection;
  private transient DocumentCount count;
  private transient ListState<Tuple3<String, String, Long>> counts;
  private transient ListState<long[]> byPosition;
  private transient ListState<Tuple2<String, Long>> passed;
  private transient AvroCodec<StageCounts> codec;

  CountLedger(Stage stage, KafkaConnection connection) {
    this.stage = stage;
    this.connection = connection;
  }

  /** Hands the restored count to the stage's function; at the start, before its first record. */
  void open(Counted function, StateInitializationContext context) throws Exception {
    function.countInto(restore(context.getOperatorStateStore()));
  }

  /**
   * Restores the count; after a change of parallelism each subtask gets some of the old parts.
   *
   * @throws IllegalArgumentException if a part is of an unknown stage or has an unknown name
   * @throws IllegalStateException if a part is another stage's
   */
  DocumentCount restore(OperatorStateStore store) throws Exception {
    count = new DocumentCount();
    counts =
        store.getListState(
            new ListStateDescriptor<>(
                "document-counts", Types.TUPLE(Types.STRING, Types.STRING, Types.LONG)));
    for (Tuple3<String, String, Long> part : counts.get()) {
      Stage counted = Stage.named(part.f0, "state of " + stage);
      if (counted != stage) {
        throw new IllegalStateException(
            "state must be of the stage that restores it: stage=" + stage + ", state=" + counted);
      }
      count.add(part.f1, part.f2);
    }
    byPosition =
        store.getListState(
            new ListStateDescriptor<>(
                "document-count", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    for (long[] part : byPosition.get()) {
      for (int i = 0; i < POSITIONS.size(); i++) {
        count.add(POSITIONS.get(i), part[i]);
      }
    }
    passed =
        store.getListState(
            new ListStateDescriptor<>("documents-passed", Types.TUPLE(Types.STRING, Types.LONG)));
    for (Tuple2<String, Long> part : passed.get()) {
      count.passed.merge(part.f0, part.f1, Long::sum);
    }
    codec = AvroCodec.of(StageCounts.class, connection.registry());
    return count;
  }

  /** Writes the count to state; with each checkpoint. */
  void snapshot() throws Exception {
    counts.update(
        count.byName().entrySet().stream()
            .map(entry -> Tuple3.of(stage.wireName(), entry.getKey(), entry.getValue()))
            .toList());
    byPosition.clear();
    passed.update(
        count.passed.entrySet().stream()
            .map(entry -> Tuple2.of(entry.getKey(), entry.getValue()))
            .toList());
  }

  /** Sends the count to the sink; just before the checkpoint's barrier. */
  void emit(long checkpoint, RuntimeContext context, Output<?> output) {
    output.collect(OutRecord.TAG, new StreamRecord<>(record(checkpoint, context)));
  }

  private OutRecord record(long checkpoint, RuntimeContext context) {
    int subtask = context.getTaskInfo().getIndexOfThisSubtask();
    StageCounts counts =
        StageCounts.newBuilder()
            .setCheckpoint(checkpoint)
            .setStage(stage.wireName())
            .setSubtask(subtask)
            .setSubtasks(context.getTaskInfo().getNumberOfParallelSubtasks())
            .setRead(count.read)
            .setEmitted(count.emitted)
            .setRejected(count.rejected)
            .setDuplicates(count.duplicates)
            .setHeld(count.held)
            .setTokens(count.tokens)
            .setBlocks(count.blocks)
            .setPassed(Map.copyOf(count.passed))
            .build();
    return OutRecord.of(
        connection.topics().pipelineCounts(),
        0,
        stage.wireName() + "/" + subtask,
        codec.encode(counts));
  }
}
