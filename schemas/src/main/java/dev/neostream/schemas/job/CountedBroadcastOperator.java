package dev.neostream.schemas.job;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.List;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;

/** Runs a {@link BroadcastProcessFunction} that is {@link Counted}, see {@link CountLedger}. */
public final class CountedBroadcastOperator<I, B, O>
    extends CoBroadcastWithNonKeyedOperator<I, B, O> {

  private final CountLedger ledger;

  public <F extends BroadcastProcessFunction<I, B, O> & Counted> CountedBroadcastOperator(
      Stage stage,
      KafkaConnection connection,
      F function,
      List<MapStateDescriptor<?, ?>> broadcast) {
    super(function, broadcast);
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
