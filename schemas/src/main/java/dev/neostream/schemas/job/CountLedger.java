package dev.neostream.schemas.job;

import dev.neostream.schemas.avro.StageCounts;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;

/**
 * Keeps a stage's {@link DocumentCount} in operator state and turns it into a {@link StageCounts}
 * record just before a checkpoint's barrier leaves. The record thus commits in one transaction with
 * exactly the data it counts: comparing the two later proves that nothing was lost on the way.
 */
final class CountLedger implements Serializable {

  private final String stage;
  private final KafkaConnection connection;
  private transient DocumentCount count;
  private transient ListState<long[]> state;
  private transient AvroCodec<StageCounts> codec;

  CountLedger(String stage, KafkaConnection connection) {
    this.stage = stage;
    this.connection = connection;
  }

  /** Restores the count; after a change of parallelism each subtask gets some of the old parts. */
  DocumentCount restore(OperatorStateStore store) throws Exception {
    state =
        store.getListState(
            new ListStateDescriptor<>(
                "document-count", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    count = new DocumentCount();
    for (long[] part : state.get()) {
      count.add(part);
    }
    codec = AvroCodec.of(StageCounts.class, connection.registry());
    return count;
  }

  void snapshot() throws Exception {
    state.update(List.of(count.values()));
  }

  OutRecord record(long checkpoint, RuntimeContext context) {
    int subtask = context.getTaskInfo().getIndexOfThisSubtask();
    StageCounts counts =
        StageCounts.newBuilder()
            .setCheckpoint(checkpoint)
            .setStage(stage)
            .setSubtask(subtask)
            .setSubtasks(context.getTaskInfo().getNumberOfParallelSubtasks())
            .setRead(count.read)
            .setEmitted(count.emitted)
            .setRejected(count.rejected)
            .setDuplicates(count.duplicates)
            .setHeld(count.held)
            .setTokens(count.tokens)
            .setBlocks(count.blocks)
            .build();
    return OutRecord.of(
        connection.topics().pipelineCounts(), 0, stage + "/" + subtask, codec.encode(counts));
  }
}
