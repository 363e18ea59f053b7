package dev.neostream.dedup.job;

import java.util.Set;

/** A keyed function that keeps some state on the heap between checkpoints. */
interface Buffering {

  /** Returns the keys that have such state. */
  Set<Integer> buffered();

  /** Writes the state of a key, which is the current one, to the state backend. */
  void save(int key) throws Exception;
}
