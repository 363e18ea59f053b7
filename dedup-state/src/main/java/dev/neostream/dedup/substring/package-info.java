/** Substrings seen before. */
package dev.neostream.dedup.substring;
