package dev.neostream.dedup.job;

import dev.neostream.schemas.EventTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps the sketches of all documents where their id says, and sends those that are contested to be
 * decided, each once.
 *
 * <p>State a shard: {@code sketches}, those not sent yet, see {@link EraMap}; {@code early}, those
 * of eras that event time has not reached; {@code contests} of windows that are still open, cleared
 * when they are sent.
 */
final class GatherFunction extends KeyedCoProcessFunction<Integer, Sketch, Contest, Contested> {

  private final DedupScope scope;
  private transient EraMap<String, Sketch> sketches;
  private transient MapState<String, Sketch> early;
  private transient ListState<Contest> contests;

  GatherFunction(DedupScope scope) {
    this.scope = scope;
  }

  @Override
  public void open(OpenContext context) {
    sketches =
        new EraMap<>(
            getRuntimeContext(),
            scope.eras(),
            "sketches",
            Types.STRING,
            TypeInformation.of(Sketch.class));
    early =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("early", Types.STRING, TypeInformation.of(Sketch.class)));
    contests =
        getRuntimeContext()
            .getListState(new ListStateDescriptor<>("contests", TypeInformation.of(Contest.class)));
  }

  @Override
  public void processElement1(Sketch sketch, Context context, Collector<Contested> out)
      throws Exception {
    if (sketch.forget) {
      sketches.remove(sketch.id);
      early.remove(sketch.id);
      out.collect(Contested.forget(sketch));
      return;
    }
    long now = Math.max(0, context.timerService().currentWatermark() + 1);
    advance(now);
    if (scope.eras() == 0 || EventTime.era(sketch.ordinal) <= EventTime.era(now)) {
      sketches.put(sketch.ordinal, sketch.id, sketch);
    } else {
      early.put(sketch.id, sketch);
    }
  }

  /** An era that begins takes the place of one that had to be compared with until now. */
  private void advance(long ordinal) throws Exception {
    if (!sketches.advance(ordinal)) {
      return;
    }
    for (Iterator<Sketch> waiting = early.values().iterator(); waiting.hasNext(); ) {
      Sketch sketch = waiting.next();
      if (EventTime.era(sketch.ordinal) <= EventTime.era(ordinal)) {
        sketches.put(sketch.ordinal, sketch.id, sketch);
        waiting.remove();
      }
    }
  }

  @Override
  public void processElement2(Contest contest, Context context, Collector<Contested> out)
      throws Exception {
    contests.add(contest);
    context.timerService().registerEventTimeTimer(contest.windowEnd);
  }

  @Override
  public void onTimer(long windowEnd, OnTimerContext context, Collector<Contested> out)
      throws Exception {
    advance(windowEnd);
    Map<String, List<Contest>> decided = new TreeMap<>();
    List<Contest> later = new ArrayList<>();
    for (Contest contest : contests.get()) {
      if (contest.windowEnd <= windowEnd) {
        decided.computeIfAbsent(contest.id, id -> new ArrayList<>()).add(contest);
      } else {
        later.add(contest);
      }
    }
    contests.update(later);
    for (var document : decided.entrySet()) {
      var contested = new Contested();
      contested.id = document.getKey();
      contested.windowEnd = windowEnd;
      contested.sketch = sketches.get(contested.id).orElse(null);
      List<Contest> met =
          document.getValue().stream().filter(contest -> !contest.holder.isEmpty()).toList();
      contested.keys = met.stream().mapToLong(contest -> contest.key).toArray();
      contested.holders = met.stream().map(contest -> contest.holder).toArray(String[]::new);
      sketches.remove(contested.id);
      out.collect(contested);
    }
  }
}
