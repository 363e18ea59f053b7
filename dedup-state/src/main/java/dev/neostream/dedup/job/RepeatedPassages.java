package dev.neostream.dedup.job;

/** Passages of a document that were seen before. No record means that none was. */
public final class RepeatedPassages {

  public String id;
  public long ordinal;

  /** As in {@link PassageHashes#positions}. */
  public int[] positions;
}
