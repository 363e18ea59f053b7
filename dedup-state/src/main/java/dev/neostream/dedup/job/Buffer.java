package dev.neostream.dedup.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** A list a key that is on the heap between checkpoints, and in list state at them. */
final class Buffer<T> {

  private final ListState<T> state;
  private final Map<Integer, List<T>> lists = new HashMap<>();

  Buffer(RuntimeContext context, String name, TypeInformation<T> type) {
    state = context.getListState(new ListStateDescriptor<>(name, type));
  }

  /** Returns the list of a key, which is the current one. */
  List<T> of(int key) throws Exception {
    List<T> list = lists.get(key);
    if (list == null) {
      list = new ArrayList<>();
      for (T element : state.get()) {
        list.add(element);
      }
      lists.put(key, list);
    }
    return list;
  }

  Set<Integer> keys() {
    return lists.keySet();
  }

  void save(int key) throws Exception {
    state.update(lists.get(key));
  }
}
