package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.exact.TextHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Passes the first document with each text, or each URL, on; verdicts on the others leave by the
 * side.
 *
 * <p>State a shard: {@code pending}, sketches of windows that are still open, cleared when they are
 * decided; {@link SeenKeys}.
 */
final class FirstFunction extends KeyedProcessFunction<Integer, Sketch, Sketch>
    implements Buffering {

  static final OutputTag<Verdict> VERDICTS =
      new OutputTag<>("verdicts", TypeInformation.of(Verdict.class));

  private final DedupStage stage;
  private final DedupScope scope;
  private transient MapState<Long, Sketch> pending;
  private transient SeenKeys<TextHash> seen;

  /**
   * @param stage {@link DedupStage#URL} or {@link DedupStage#EXACT}
   */
  FirstFunction(DedupStage stage, DedupScope scope) {
    this.stage = stage;
    this.scope = scope;
  }

  /** Returns where a document is decided. */
  int shard(Sketch sketch) {
    return Shards.of(hash(sketch));
  }

  /** A document without URL goes anywhere. */
  private long hash(Sketch sketch) {
    TextHash key = key(sketch);
    return key == null ? sketch.text.high() : key.high();
  }

  private TextHash key(Sketch sketch) {
    return stage == DedupStage.URL ? sketch.url : sketch.text;
  }

  @Override
  public void open(OpenContext context) {
    pending =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("pending", Types.LONG, TypeInformation.of(Sketch.class)));
    seen = new SeenKeys<>(getRuntimeContext(), scope, TypeInformation.of(TextHash.class), 1);
    getRuntimeContext().getMetricGroup().gauge("filterBytes", seen::filterBytes);
  }

  @Override
  public void processElement(Sketch sketch, Context context, Collector<Sketch> out)
      throws Exception {
    if (sketch.forget) {
      pending.remove(sketch.ordinal);
      if (key(sketch) != null) {
        seen.forget(key(sketch), sketch.id);
      }
      out.collect(sketch);
      return;
    }
    pending.put(sketch.ordinal, sketch);
    context.timerService().registerEventTimeTimer(scope.windowEnd(sketch.ordinal));
  }

  @Override
  public void onTimer(long windowEnd, OnTimerContext context, Collector<Sketch> out)
      throws Exception {
    List<Sketch> window = new ArrayList<>();
    for (var entry : pending.entries()) {
      if (entry.getKey() <= windowEnd) {
        window.add(entry.getValue());
      }
    }
    window.sort(Sketch.PRIORITY);
    int shard = context.getCurrentKey();
    for (Sketch sketch : window) {
      pending.remove(sketch.ordinal);
      TextHash key = key(sketch);
      if (key == null) {
        out.collect(sketch);
        continue;
      }
      seen.advance(shard, windowEnd);
      Optional<Holder> first = seen.get(shard, key, key.high());
      Holder holder = Holder.of(sketch);
      if (first.isEmpty()) {
        seen.put(shard, key, key.high(), holder);
        out.collect(sketch);
      } else if (isReplaced(first.get(), holder, windowEnd)) {
        seen.put(shard, key, key.high(), holder);
        out.collect(sketch);
        if (sketch.bands.length == 0) {
          context.output(VERDICTS, Verdict.of(stage, first.get(), holder, false));
        }
      } else {
        boolean late = scope.windowEnd(first.get().ordinal) < windowEnd;
        context.output(VERDICTS, Verdict.of(stage, holder, first.get(), late));
      }
    }
  }

  /**
   * Returns whether a better copy of a text comes before the first has been handed on. Then it goes
   * on as if it were new; where it has bands it shares them all with the first, and near-duplicates
   * decide.
   */
  private boolean isReplaced(Holder first, Holder better, long windowEnd) {
    return stage == DedupStage.EXACT
        && scope.windowEnd(first.ordinal) < windowEnd
        && scope.release(first.ordinal) >= windowEnd
        && Sketch.comparePriority(better.priority, better.id, first.priority, first.id) < 0;
  }

  @Override
  public Set<Integer> buffered() {
    return seen.unsaved();
  }

  @Override
  public void save(int shard) throws Exception {
    seen.save(shard);
  }
}
