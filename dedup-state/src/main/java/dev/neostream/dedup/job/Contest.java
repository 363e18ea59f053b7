package dev.neostream.dedup.job;

/** A document that shares a band with an earlier one, or that earlier one. */
public final class Contest {

  public String id;

  /** When it is decided. */
  public long windowEnd;

  /** The band they share. */
  public long key;

  /** The first document with that band; empty when this is it. */
  public String holder;
}
