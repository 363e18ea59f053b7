package dev.neostream.schemas.job;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.topic.KafkaConnection;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;

/** Runs a {@link KeyedCoProcessFunction} that is {@link Counted}, see {@link CountLedger}. */
public final class CountedKeyedCoOperator<K, A, B, O> extends KeyedCoProcessOperator<K, A, B, O> {

  private final CountLedger ledger;

  public <F extends KeyedCoProcessFunction<K, A, B, O> & Counted> CountedKeyedCoOperator(
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
