package dev.neostream.dedup.job;

/** Passages of a document that are counted in one shard. */
public final class PassageHashes {

  public String id;
  public long ordinal;

  /** {@code Priority.key}. */
  public long priority;

  /** Event time at which they are counted. */
  public long time;

  /** Numbers of the passages among the counted ones of the document, ascending. */
  public int[] positions;

  /** Hashes of the same passages. */
  public long[] hashes;
}
