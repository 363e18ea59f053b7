package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.schemas.job.Window;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts how often passages were seen, and says which were seen often enough to be dropped.
 *
 * <p>State a shard: {@code pending}, passages of windows that are still open, cleared when they are
 * counted; {@code sightings}, how often a passage was seen, see {@link EraMap}, up to the number at
 * which it is dropped.
 */
final class SightingsFunction
    extends KeyedProcessFunction<Integer, PassageHashes, RepeatedPassages> {

  private static final Comparator<PassageHashes> PRIORITY =
      (a, b) -> Sketch.comparePriority(a.priority, a.id, b.priority, b.id);

  private final DedupConfig config;
  private final DedupScope scope;
  private transient Window<PassageHashes> pending;
  private transient EraMap<Long, Integer> sightings;

  SightingsFunction(DedupConfig config, DedupScope scope) {
    this.config = config;
    this.scope = scope;
  }

  @Override
  public void open(OpenContext context) {
    pending =
        new Window<>(
            getRuntimeContext(),
            "pending",
            PassageHashes.class,
            passages -> passages.ordinal,
            passages -> passages.time,
            PRIORITY);
    sightings = new EraMap<>(getRuntimeContext(), scope.eras(), "sightings", Types.LONG, Types.INT);
  }

  @Override
  public void processElement(
      PassageHashes passages, Context context, Collector<RepeatedPassages> out) throws Exception {
    pending.put(passages);
    context.timerService().registerEventTimeTimer(passages.time);
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<RepeatedPassages> out)
      throws Exception {
    sightings.advance(time);
    for (PassageHashes passages : pending.take(time)) {
      var repeated = new int[passages.hashes.length];
      int size = 0;
      for (int i = 0; i < passages.hashes.length; i++) {
        if (see(passages.hashes[i], time) >= config.sightings()) {
          repeated[size++] = passages.positions[i];
        }
      }
      if (size > 0) {
        var verdict = new RepeatedPassages();
        verdict.id = passages.id;
        verdict.ordinal = passages.ordinal;
        verdict.positions = Arrays.copyOf(repeated, size);
        out.collect(verdict);
      }
    }
  }

  /** Counts a passage and returns which sighting this is, at most the last that is told apart. */
  private int see(long hash, long time) throws Exception {
    int before = 0;
    for (int seen : sightings.all(hash)) {
      before += seen;
    }
    // Each era counts for itself, since the others are forgotten before it.
    int own = scope.eras() == 0 ? before : sightings.in(time, hash).orElse(0);
    if (own < config.sightings()) {
      sightings.put(time, hash, own + 1);
    }
    return before + 1;
  }
}
