/** Deduplication as MAP-Neo released it, for comparison only. */
package dev.neostream.dedup.published;
