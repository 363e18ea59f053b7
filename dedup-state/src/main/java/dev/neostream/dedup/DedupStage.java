package dev.neostream.dedup;

import dev.neostream.schemas.Stage;

/** Stages of deduplication, in the order in which they are applied. */
public enum DedupStage {
  /** Equal canonical URL. */
  URL(Stage.DEDUP),
  /** Equal normalised text. */
  EXACT(Stage.DEDUP),
  /** Verified near-duplicate, candidates by MinHash LSH. */
  MINHASH(Stage.DEDUP),
  /** Paragraphs seen before. */
  PARAGRAPH(Stage.PARAGRAPH),
  /** Similar lines inside a document (Chinese). */
  LINE(Stage.LINE),
  /** Substrings seen before. */
  SUBSTRING(Stage.SUBSTRING);

  private final Stage countedAs;

  DedupStage(Stage countedAs) {
    this.countedAs = countedAs;
  }

  /**
   * Returns the stage that counts its documents: those that drop whole documents are counted as
   * one, those that cut passages each by itself.
   */
  public Stage countedAs() {
    return countedAs;
  }
}
