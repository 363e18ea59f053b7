package dev.neostream.ops.run;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a record, to say all of it at once. */
final class Problems {

  private final List<String> found = new ArrayList<>();

  void add(String problem) {
    found.add(problem);
  }

  void unless(boolean holds, String problem) {
    if (!holds) {
      add(problem);
    }
  }

  void atLeast(String name, long value, long least) {
    unless(value >= least, name + " must be at least " + least + ": " + name + "=" + value);
  }

  boolean any() {
    return !found.isEmpty();
  }

  /** Returns all problems in a line. */
  @Override
  public String toString() {
    return String.join("; ", found);
  }

  void throwIfAny() {
    if (any()) {
      throw new IllegalArgumentException(toString());
    }
  }
}
