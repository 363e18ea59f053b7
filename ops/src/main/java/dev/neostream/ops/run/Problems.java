package dev.neostream.ops.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects what is wrong with a record, to say all of it at once. */
final class Problems {

  /**
   * One thing that is wrong.
   *
   * @param keys dotted names of the fields it is about; the first is to blame
   * @param text what must hold, and the value
   */
  record Problem(List<String> keys, String text) {}

  /** What a record throws that is not as it must be. */
  static final class Found extends IllegalArgumentException {

    private final transient List<Problem> problems;

    private Found(List<Problem> problems) {
      super(problems.stream().map(Problem::text).collect(Collectors.joining("; ")));
      this.problems = List.copyOf(problems);
    }

    List<Problem> problems() {
      return problems;
    }
  }

  private final List<Problem> found = new ArrayList<>();

  void add(String key, String text) {
    found.add(new Problem(List.of(key), text));
  }

  void addAll(List<Problem> problems) {
    found.addAll(problems);
  }

  void unless(boolean holds, List<String> keys, String text) {
    if (!holds) {
      found.add(new Problem(keys, text));
    }
  }

  void atLeast(String key, long value, long least) {
    unless(
        value >= least,
        List.of(key),
        key + " must be at least " + least + ": " + key + "=" + value);
  }

  List<Problem> found() {
    return found;
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new Found(found);
    }
  }
}
