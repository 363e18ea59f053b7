package dev.neostream.dedup.job;

/** The first survivors that share a band, as many as a bucket holds. */
public final class Members {

  public String[] ids = {};
}
