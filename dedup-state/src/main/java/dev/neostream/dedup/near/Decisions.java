package dev.neostream.dedup.near;

import dev.neostream.dedup.DedupStage;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalDouble;

/** What was decided about the documents of a catalogue, each named by its index. */
public final class Decisions {

  private static final int UNIQUE = -1;
  private static final DedupStage[] STAGES = DedupStage.values();

  private final int[] canonicals;
  private final byte[] rules;
  private final float[] jaccards;
  private final BitSet counted;
  private long cappedBuckets;

  /** All documents are unique until {@link #duplicate} says otherwise. */
  public Decisions(int documents) {
    canonicals = new int[documents];
    Arrays.fill(canonicals, UNIQUE);
    rules = new byte[documents];
    jaccards = new float[documents];
    counted = new BitSet(documents);
  }

  /**
   * Decides that a document is a duplicate.
   *
   * @param canonical the document that survives it
   * @param jaccard similarity of the two; NaN when they were not compared
   * @param exact whether that was counted rather than estimated
   */
  public void duplicate(
      int document, int canonical, DedupStage rule, double jaccard, boolean exact) {
    canonicals[document] = canonical;
    rules[document] = (byte) rule.ordinal();
    jaccards[document] = (float) jaccard;
    counted.set(document, exact);
  }

  public int size() {
    return canonicals.length;
  }

  public boolean isUnique(int document) {
    return canonicals[document] == UNIQUE;
  }

  /** Returns the survivor that a duplicate is a duplicate of, -1 for a unique document. */
  public int canonical(int document) {
    return canonicals[document];
  }

  /** Returns the rule that made a document a duplicate. */
  public DedupStage rule(int duplicate) {
    return STAGES[rules[duplicate]];
  }

  /** Returns the similarity of a duplicate and its canonical, if they were compared. */
  public OptionalDouble jaccard(int duplicate) {
    float jaccard = jaccards[duplicate];
    return Float.isNaN(jaccard) ? OptionalDouble.empty() : OptionalDouble.of(jaccard);
  }

  /** Whether that similarity was counted rather than estimated. */
  public boolean isExact(int duplicate) {
    return counted.get(duplicate);
  }

  /** Returns whether a document was decided about in the same way in both. */
  public boolean agrees(Decisions other, int document) {
    return canonicals[document] == other.canonicals[document]
        && (isUnique(document) || rules[document] == other.rules[document]);
  }

  /** Returns how often a survivor was left out of a bucket that was full. */
  public long cappedBuckets() {
    return cappedBuckets;
  }

  void countCappedBucket() {
    cappedBuckets++;
  }
}
