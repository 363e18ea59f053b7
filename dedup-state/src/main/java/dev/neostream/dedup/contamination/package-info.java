/**
 * Contamination: which items of evaluation sets a document repeats.
 *
 * <p>Start with {@link dev.neostream.dedup.contamination.MatchRule}, the definition of a hit.
 */
package dev.neostream.dedup.contamination;
