package dev.neostream.dedup.job;

import dev.neostream.schemas.EventTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Finds who shares a band with whom. Nearly all documents share none and go no further.
 *
 * <p>State a shard: {@code pending}, entries of windows that are still open; {@link SeenKeys}. A
 * document has many entries and each lives for one window only, so they wait on the heap and are
 * written to {@code pending} at checkpoints alone.
 */
final class BandFunction extends KeyedProcessFunction<Integer, BandEntry, Contest>
    implements Buffering {

  private static final Comparator<BandEntry> PRIORITY =
      Comparator.<BandEntry>comparingLong(e -> e.priority).thenComparing(e -> e.id);

  private final DedupScope scope;
  private final int bands;
  private transient Buffer<BandEntry> pending;
  private transient SeenKeys<Long> seen;

  BandFunction(DedupScope scope, int bands) {
    this.scope = scope;
    this.bands = bands;
  }

  @Override
  public void open(OpenContext context) {
    pending = new Buffer<>(getRuntimeContext(), "pending", TypeInformation.of(BandEntry.class));
    seen = new SeenKeys<>(getRuntimeContext(), scope, Types.LONG, bands);
    getRuntimeContext().getMetricGroup().gauge("filterBytes", seen::filterBytes);
  }

  @Override
  public void processElement(BandEntry entry, Context context, Collector<Contest> out)
      throws Exception {
    if (entry.forget) {
      // A holder keeps its place: by its id documents that share the band after it are found.
      pending.of(context.getCurrentKey()).removeIf(other -> other.id.equals(entry.id));
      return;
    }
    pending.of(context.getCurrentKey()).add(entry);
    context.timerService().registerEventTimeTimer(scope.windowEnd(entry.ordinal));
  }

  @Override
  public void onTimer(long windowEnd, OnTimerContext context, Collector<Contest> out)
      throws Exception {
    int shard = context.getCurrentKey();
    List<BandEntry> window = new ArrayList<>();
    pending.of(shard).removeIf(entry -> entry.ordinal <= windowEnd && window.add(entry));
    window.sort(PRIORITY);
    if (!window.isEmpty()) {
      seen.advance(shard, windowEnd);
    }
    for (BandEntry entry : window) {
      Optional<Holder> first = seen.get(shard, entry.key, entry.key);
      if (first.isPresent()) {
        contest(entry, first.get(), windowEnd, out);
      }
      // In a new era the key gets a new holder, since the old one will be forgotten first.
      if (first.isEmpty() || EventTime.era(first.get().ordinal) < EventTime.era(windowEnd)) {
        seen.put(shard, entry.key, entry.key, holder(entry));
      }
    }
  }

  private void contest(BandEntry entry, Holder first, long windowEnd, Collector<Contest> out)
      throws Exception {
    var contest = new Contest();
    contest.id = entry.id;
    contest.windowEnd = windowEnd;
    contest.key = entry.key;
    contest.holder = first.id;
    out.collect(contest);
    if (!first.called) {
      first.called = true;
      seen.update(entry.key, first);
      var call = new Contest();
      call.id = first.id;
      call.windowEnd = windowEnd;
      call.holder = "";
      out.collect(call);
    }
  }

  private static Holder holder(BandEntry entry) {
    var holder = new Holder();
    holder.id = entry.id;
    holder.ordinal = entry.ordinal;
    holder.source = "";
    return holder;
  }

  @Override
  public Set<Integer> buffered() {
    // Whatever is unsaved was pending before.
    return pending.keys();
  }

  @Override
  public void save(int shard) throws Exception {
    pending.save(shard);
    seen.save(shard);
  }
}
