package dev.neostream.dedup.job;

import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;

/** Runs a {@link KeyedProcessFunction} that is {@link Buffering}. */
final class BufferingOperator<I, O> extends KeyedProcessOperator<Integer, I, O> {

  <F extends KeyedProcessFunction<Integer, I, O> & Buffering> BufferingOperator(F function) {
    super(function);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    var function = (Buffering) userFunction;
    for (int key : function.buffered()) {
      setCurrentKey(key);
      function.save(key);
    }
    super.snapshotState(context);
  }
}
