package dev.neostream.dedup;

/**
 * Counts how often passages were seen. The port of {@link Repeats}: documents are shown to it in
 * order of {@link Priority}.
 */
@FunctionalInterface
public interface Sightings {

  /** Counts a passage and returns which sighting of it this is, 1 for the first. */
  int see(long hash);
}
