package dev.neostream.schemas;

/**
 * Event time of the pipeline: the ingest ordinal, not a clock.
 *
 * <pre>
 *   ordinal = era << 40 | position
 *
 *   era 0                                era 1
 *   |0 1 2 ... W-1|W ... |2W ...   END   |0 1 2 ...
 *    window 0      window 1        ^ last ordinal of the era
 * </pre>
 *
 * <p>An era is one input list from its start to its END. Documents are decided upon in windows of
 * {@link #WINDOW} ordinals: behind the window's end nothing of it can still arrive, so what happens
 * inside a window cannot depend on arrival order.
 */
public final class EventTime {

  /** Documents decided together; bounds what dedup and tokenize hold in state. */
  public static final int WINDOW = 512;

  private static final int ERA_SHIFT = 40;

  private EventTime() {}

  /** Returns the first ordinal of an era. */
  public static long eraStart(long era) {
    return era << ERA_SHIFT;
  }

  /** Returns the last ordinal of the era that an ordinal lies in. */
  public static long eraEnd(long ordinal) {
    return eraStart(era(ordinal) + 1) - 1;
  }

  public static long era(long ordinal) {
    return ordinal >> ERA_SHIFT;
  }

  /** Returns the last ordinal of the window that an ordinal lies in. */
  public static long windowEnd(long ordinal) {
    return ordinal - Math.floorMod(ordinal, (long) WINDOW) + WINDOW - 1;
  }
}
