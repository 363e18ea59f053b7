package dev.neostream.dedup.job;

import dev.neostream.dedup.filter.Generations;
import dev.neostream.schemas.EventTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Who was the first to have a key: filters in memory, and the state backend behind them that is
 * asked only when a filter says yes.
 *
 * <p>State a shard: {@code holders}, key to holder, see {@link EraMap}; {@code sealed}, one filter
 * a full generation, written once and dropped with its era; {@code active} and {@code recent},
 * number and key hashes of the generation that is filling, from which its filter is made again
 * after a restart; what has come since a checkpoint is added at the next.
 *
 * <p>Each generation of an era is twice as large as the one before, so that there are few to look
 * into however many documents come. Their number is the era and, in the lower 32 bits, how many
 * came before it in that era; where no era is ever forgotten, all count as one.
 *
 * @param <K> key
 */
final class SeenKeys<K> {

  /** Bits that leave one new document in a hundred with a false hit among its 15 keys. */
  private static final int BITS_PER_KEY = 21;

  /** Keys of the largest generation of a shard: RocksDB reads 8 bytes of each as one value. */
  private static final long MOST_KEYS = 1L << 27;

  private final DedupScope scope;
  private final long capacity;
  private final EraMap<K, Holder> holders;
  private final MapState<Long, byte[]> sealed;
  private final ValueState<Long> active;
  private final ListState<Long> recent;
  private final Map<Integer, List<Long>> unsaved = new HashMap<>();
  private final Map<Integer, Generations> filters = new HashMap<>();
  // Read by whoever collects metrics.
  private volatile long filterBytes;

  /**
   * @param keysPerDocument keys a document adds, over all shards
   */
  SeenKeys(
      RuntimeContext context, DedupScope scope, TypeInformation<K> keyType, int keysPerDocument) {
    this.scope = scope;
    capacity = Math.max(1, (long) scope.generation() * keysPerDocument / Shards.COUNT);
    holders =
        new EraMap<>(context, scope.eras(), "holders", keyType, TypeInformation.of(Holder.class));
    sealed =
        context.getMapState(
            new MapStateDescriptor<>(
                "sealed", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    active = context.getState(new ValueStateDescriptor<>("active", Types.LONG));
    recent = context.getListState(new ListStateDescriptor<>("recent", Types.LONG));
  }

  /** Goes on to the era of an ordinal: what is out of scope is forgotten. */
  void advance(int shard, long ordinal) throws Exception {
    long era = scope.eras() == 0 ? 0 : EventTime.era(ordinal);
    Generations own = filters(shard);
    if (!own.isEmpty() && own.newest() >> 32 >= era) {
      return;
    }
    start(shard, own, era << 32);
    holders.advance(ordinal);
    if (scope.eras() > 0) {
      for (long old : own.drop((era - scope.eras() + 1) << 32)) {
        sealed.remove(old);
      }
    }
  }

  private void start(int shard, Generations own, long number) throws Exception {
    if (!own.isEmpty()) {
      sealed.put(own.newest(), own.seal());
      recent.clear();
      unsaved.remove(shard);
    }
    active.update(number);
    own.start(number, capacity(number));
    measure();
  }

  private long capacity(long number) {
    return Math.min(capacity << Math.min(number & 0xffffffffL, 30), MOST_KEYS);
  }

  /** Returns the first holder of a key, in the newest era that has one. */
  Optional<Holder> get(int shard, K key, long hash) throws Exception {
    return filters(shard).mightContain(mix(hash)) ? holders.get(key) : Optional.empty();
  }

  /** Makes a document the holder of a key in the era of {@link #advance}. */
  void put(int shard, K key, long hash, Holder holder) throws Exception {
    long mixed = mix(hash);
    Generations own = filters(shard);
    if (own.isFull()) {
      start(shard, own, own.newest() + 1);
    }
    own.add(mixed);
    unsaved.computeIfAbsent(shard, any -> new ArrayList<>()).add(mixed);
    holders.put(holder.ordinal, key, holder);
  }

  /** Writes a holder that has changed. */
  void update(K key, Holder holder) throws Exception {
    holders.put(holder.ordinal, key, holder);
  }

  /** Returns the shards that have something to save. */
  Set<Integer> unsaved() {
    return Set.copyOf(unsaved.keySet());
  }

  /** Adds what has come since the last checkpoint to {@code recent}. */
  void save(int shard) throws Exception {
    List<Long> keys = unsaved.remove(shard);
    if (keys != null) {
      recent.addAll(keys);
    }
  }

  /** Removes a document as the holder of a key; filters keep the key. */
  void forget(K key, String id) throws Exception {
    for (Holder holder : holders.all(key)) {
      if (holder.id.equals(id)) {
        holders.remove(holder.ordinal, key);
      }
    }
  }

  /** Returns the bytes of the filters in this subtask's memory; any thread may ask. */
  long filterBytes() {
    return filterBytes;
  }

  private void measure() {
    filterBytes = filters.values().stream().mapToLong(Generations::bytes).sum();
  }

  private Generations filters(int shard) throws Exception {
    Generations own = filters.get(shard);
    if (own == null) {
      own = new Generations(BITS_PER_KEY);
      filters.put(shard, own);
      for (var entry : sealed.entries()) {
        own.restore(entry.getKey(), entry.getValue());
      }
      Long number = active.value();
      if (number != null) {
        own.start(number, capacity(number));
        for (long key : recent.get()) {
          own.add(key);
        }
      }
      measure();
    }
    return own;
  }

  /** A shard is chosen by the highest bits of a hash, which therefore say nothing inside it. */
  private static long mix(long hash) {
    long mixed = hash * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 32);
  }
}
