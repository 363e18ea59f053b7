/**
 * Deduplication: what a document's text is compared by, and what dropping it is decided by. Plain
 * Java except for {@code job}.
 */
package dev.neostream.dedup;
