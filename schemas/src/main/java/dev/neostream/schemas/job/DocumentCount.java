package dev.neostream.schemas.job;

import java.util.Map;
import java.util.TreeMap;

/**
 * Running count of documents in one subtask of a stage. The sum over subtasks obeys {@code read =
 * emitted + rejected + duplicates + held} at every checkpoint.
 */
public final class DocumentCount {

  public long read;
  public long emitted;
  public long rejected;
  public long duplicates;
  public long held;

  /** Tokens in sealed blocks; tokenize only. */
  public long tokens;

  /** Sealed blocks; tokenize only. */
  public long blocks;

  /** Documents passed on, by {@code "<language> <domain>"}; clean only. */
  public final Map<String, Long> passed = new TreeMap<>();

  long[] values() {
    return new long[] {read, emitted, rejected, duplicates, held, tokens, blocks};
  }

  void add(long[] values) {
    read += values[0];
    emitted += values[1];
    rejected += values[2];
    duplicates += values[3];
    held += values[4];
    tokens += values[5];
    blocks += values[6];
  }
}
