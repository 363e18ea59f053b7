package dev.neostream.schemas.job;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.topic.KafkaConnection;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;

/** Runs a {@link KeyedProcessFunction} that is {@link Counted}, see {@link CountLedger}. */
public final class CountedKeyedOperator<K, I, O> extends KeyedProcessOperator<K, I, O> {

  private final CountLedger ledger;

  public <F extends KeyedProcessFunction<K, I, O> & Counted> CountedKeyedOperator(
      Stage stage, KafkaConnection connection, F function) {
    super(function);
    ledger = new CountLedger(stage, connection);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    ledger.open((Counted) userFunction, context);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    ledger.snapshot();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    ledger.emit(checkpointId, getRuntimeContext(), output);
  }
}
