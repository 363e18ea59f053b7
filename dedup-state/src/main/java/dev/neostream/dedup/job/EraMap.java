package dev.neostream.dedup.job;

import dev.neostream.schemas.EventTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Keyed state that remembers the last eras: one map an era, cleared as a whole when its era goes
 * out of scope. State: {@code name-i} for eras i modulo the number remembered, {@code name-era}.
 */
final class EraMap<K, V> {

  private final int eras;
  private final List<MapState<K, V>> maps = new ArrayList<>();
  private final ValueState<Long> newest;

  /**
   * @param eras eras to remember; 0: all, in one map
   */
  EraMap(
      RuntimeContext context,
      int eras,
      String name,
      TypeInformation<K> keyType,
      TypeInformation<V> valueType) {
    this.eras = eras;
    for (int i = 0; i < Math.max(1, eras); i++) {
      maps.add(context.getMapState(new MapStateDescriptor<>(name + "-" + i, keyType, valueType)));
    }
    newest = context.getState(new ValueStateDescriptor<>(name + "-era", Types.LONG));
  }

  /**
   * Goes on to the era of an ordinal and forgets what is now out of scope; returns whether the era
   * is a new one.
   */
  boolean advance(long ordinal) throws Exception {
    long now = EventTime.era(ordinal);
    Long before = newest.value();
    if (before != null && before >= now) {
      return false;
    }
    if (before != null && eras > 0) {
      for (long era = before + 1; era <= Math.min(now, before + eras); era++) {
        map(era).clear();
      }
    }
    newest.update(now);
    return true;
  }

  /** Puts a value into the era of an ordinal. */
  void put(long ordinal, K key, V value) throws Exception {
    map(EventTime.era(ordinal)).put(key, value);
  }

  /** Returns the value that was put in the era of an ordinal. */
  Optional<V> in(long ordinal, K key) throws Exception {
    return Optional.ofNullable(map(EventTime.era(ordinal)).get(key));
  }

  /** Returns the value of the newest era that has one. */
  Optional<V> get(K key) throws Exception {
    List<V> values = all(key);
    return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
  }

  /** Returns the values of a key, newest era first. */
  List<V> all(K key) throws Exception {
    var values = new ArrayList<V>(1);
    long last = eras == 0 || newest.value() == null ? 0 : newest.value();
    for (int i = 0; i < maps.size() && i <= last; i++) {
      V value = map(last - i).get(key);
      if (value != null) {
        values.add(value);
      }
    }
    return values;
  }

  /** Removes the value that was put in the era of an ordinal. */
  void remove(long ordinal, K key) throws Exception {
    map(EventTime.era(ordinal)).remove(key);
  }

  void remove(K key) throws Exception {
    for (MapState<K, V> map : maps) {
      map.remove(key);
    }
  }

  private MapState<K, V> map(long era) {
    return maps.get((int) (era % maps.size()));
  }
}
