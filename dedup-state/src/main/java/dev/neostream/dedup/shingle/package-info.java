/** Shingles: overlapping runs of words or characters, hashed. */
package dev.neostream.dedup.shingle;
