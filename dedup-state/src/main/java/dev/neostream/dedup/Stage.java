package dev.neostream.dedup;

/** Stages of deduplication, in the order in which they are applied. */
public enum Stage {
  /** Equal canonical URL. */
  URL,
  /** Equal normalised text. */
  EXACT,
  /** Verified near-duplicate, candidates by MinHash LSH. */
  MINHASH,
  /** Paragraphs seen before. */
  PARAGRAPH,
  /** Similar lines inside a document (Chinese). */
  LINE,
  /** Substrings seen before. */
  SUBSTRING
}
