package dev.neostream.schemas.job;

/** A stage's function that keeps a {@link DocumentCount}. */
public interface Counted {

  /** Hands over the count to keep, restored from state; called once, before the first record. */
  void countInto(DocumentCount count);
}
