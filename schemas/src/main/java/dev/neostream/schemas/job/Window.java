package dev.neostream.schemas.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What waits under a key until event time reaches its end, to be taken together in an order of its
 * own: neither arrival order nor restarts show. Keyed state, by ordinal, cleared as it is taken.
 *
 * @param <T> a plain object, see Flink's POJO rules
 */
public final class Window<T> {

  private final MapState<Long, T> pending;
  private final ToLongFunction<T> ordinal;
  private final ToLongFunction<T> end;
  private final Comparator<T> order;

  /**
   * @param name of the state
   * @param ordinal tells elements of a key apart
   * @param end event time at which an element is taken; the caller registers the timer
   * @param order in which they are taken
   */
  public Window(
      RuntimeContext context,
      String name,
      Class<T> type,
      ToLongFunction<T> ordinal,
      ToLongFunction<T> end,
      Comparator<T> order) {
    pending =
        context.getMapState(new MapStateDescriptor<>(name, Types.LONG, TypeInformation.of(type)));
    this.ordinal = ordinal;
    this.end = end;
    this.order = order;
  }

  /** Keeps an element until its end, in the place of one with the same ordinal. */
  public void put(T element) throws Exception {
    pending.put(ordinal.applyAsLong(element), element);
  }

  /** Removes and returns, in order, the elements whose end is not after {@code time}. */
  public List<T> take(long time) throws Exception {
    List<T> due = new ArrayList<>();
    for (T element : pending.values()) {
      if (end.applyAsLong(element) <= time) {
        due.add(element);
      }
    }
    for (T element : due) {
      pending.remove(ordinal.applyAsLong(element));
    }
    due.sort(order);
    return due;
  }
}
