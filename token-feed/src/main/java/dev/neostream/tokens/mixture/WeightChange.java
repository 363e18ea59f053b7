package dev.neostream.tokens.mixture;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Other weights from a step on, at once or by a ramp.
 *
 * @param at first step that is asked otherwise, or the first of the ramp
 * @param weights as {@link Phase#weights}
 * @param ramp steps over which shares go linearly from those in force to these; 0: at once
 */
public record WeightChange(long at, SortedMap<String, Double> weights, long ramp) {

  public WeightChange {
    if (at < 0) {
      throw new IllegalArgumentException("at must be >= 0: at=" + at);
    }
    if (ramp < 0 || ramp > Phase.LONGEST_RAMP) {
      throw new IllegalArgumentException(
          "ramp must be from 0 to " + Phase.LONGEST_RAMP + ": ramp=" + ramp + ", at=" + at);
    }
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
  }

  /** Returns a change at once. */
  public WeightChange(long at, Map<String, Double> weights) {
    this(at, new TreeMap<>(weights), 0);
  }
}
