package dev.neostream.dedup.job;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Keys of keyed state: one for each of Flink's key groups, so that a key group holds one filter and
 * shards are spread evenly over subtasks.
 */
final class Shards {

  /** Shards, and so the highest parallelism. */
  static final int COUNT = 128;

  /** A number that Flink hashes into each key group. */
  private static final int[] KEYS = keys();

  private Shards() {}

  /** Returns the key for a well-mixed hash. */
  static int of(long hash) {
    return KEYS[index(hash)];
  }

  /** Returns the number of the shard, from 0. */
  static int index(long hash) {
    return (int) (hash >>> 57);
  }

  /** Returns every key. */
  static int[] all() {
    return KEYS.clone();
  }

  private static int[] keys() {
    var keys = new int[COUNT];
    var found = new boolean[COUNT];
    for (int key = 0, missing = COUNT; missing > 0; key++) {
      int group = KeyGroupRangeAssignment.assignToKeyGroup(key, COUNT);
      if (!found[group]) {
        found[group] = true;
        keys[group] = key;
        missing--;
      }
    }
    return keys;
  }
}
