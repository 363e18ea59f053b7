/** Exact duplicates: equal text after normalisation. */
package dev.neostream.dedup.exact;
