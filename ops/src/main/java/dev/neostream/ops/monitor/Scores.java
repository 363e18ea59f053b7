package dev.neostream.ops.monitor;

import dev.neostream.schemas.avro.EvalResult;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** The newest score of each evaluation task, by metric and group of questions. */
final class Scores {

  private record Key(String task, String metric, String group) {}

  private final TreeMap<Key, Status.Evaluated> newest =
      new TreeMap<>(
          Comparator.comparing(Key::task)
              .thenComparing(Key::metric)
              // What is of all stands first.
              .thenComparing(key -> !key.group.equals("all"))
              .thenComparing(Key::group));

  void add(EvalResult result) {
    newest.put(
        new Key(result.getTask(), result.getMetric(), result.getDomain()),
        new Status.Evaluated(
            result.getTask(),
            result.getMetric(),
            result.getDomain(),
            result.getStep(),
            result.getValue(),
            known(result.getStandardError()),
            known(result.getChance()),
            result.getCount()));
  }

  private static double known(Double value) {
    return value == null ? Double.NaN : value;
  }

  List<Status.Evaluated> newest() {
    return List.copyOf(newest.values());
  }
}
