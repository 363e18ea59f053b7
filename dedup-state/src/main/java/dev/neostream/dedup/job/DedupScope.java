package dev.neostream.dedup.job;

import dev.neostream.schemas.EventTime;
import java.io.Serializable;

/**
 * What the stream compares a document with, and when it decides.
 *
 * <pre>
 *   ordinals   |<- lateness ->|<- lateness ->|<- lateness ->|
 *               decided together, at the end  |
 *                              handed on `hold` windows later: until then a better copy replaces it
 * </pre>
 *
 * @param lateness documents decided together, in priority order whatever the order they arrive in;
 *     a multiple of {@link EventTime#WINDOW}
 * @param hold windows that a survivor waits for a better copy before it is handed on; 0: none
 * @param eras input lists (crawls) that are remembered, the present one included; 0: all
 * @param generation documents the first filter is meant for, each next of them for twice as many:
 *     with N documents there are log2(N / generation) to look into
 */
public record DedupScope(int lateness, int hold, int eras, int generation) implements Serializable {

  public DedupScope {
    if (lateness < EventTime.WINDOW || lateness % EventTime.WINDOW != 0) {
      throw new IllegalArgumentException(
          "lateness must be a multiple of " + EventTime.WINDOW + ": lateness=" + lateness);
    }
    if (hold < 0 || eras < 0 || generation < 1) {
      throw new IllegalArgumentException(
          "hold and eras must not be negative, generation must be at least 1: hold="
              + hold
              + ", eras="
              + eras
              + ", generation="
              + generation);
    }
  }

  /**
   * Returns global deduplication, one window ahead, with filters for 100,000 documents and more.
   */
  public static DedupScope global() {
    return new DedupScope(EventTime.WINDOW, 1, 0, 100_000);
  }

  /** Returns the last ordinal that is decided together with this one. */
  long windowEnd(long ordinal) {
    long start = EventTime.eraStart(EventTime.era(ordinal));
    long end = ordinal - (ordinal - start) % lateness + lateness - 1;
    return Math.min(end, EventTime.eraEnd(ordinal));
  }

  /** Returns the ordinal behind which a document is handed on. */
  public long release(long ordinal) {
    return Math.min(windowEnd(ordinal) + (long) hold * lateness, EventTime.eraEnd(ordinal));
  }
}
