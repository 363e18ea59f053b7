package dev.neostream.tokens.bpe;

/**
 * What a tokenizer learns.
 *
 * @param vocabSize number of ids at most, control and byte pieces included; fewer are made when the
 *     text has no more pairs to merge
 * @param characterCoverage share of the text's characters that the alphabet covers, in (0, 1]; the
 *     others are encoded as bytes
 * @param maxPieceLength longest piece in code points, in [1, 128]
 * @param whitespacePieces whether runs of white space, newlines and tabs among them, are learned
 * @param dummyPrefix whether encoding puts a space before a text, so that its first word is the
 *     piece it would be inside a sentence; decoding removes it
 */
public record BpeConfig(
    int vocabSize,
    double characterCoverage,
    int maxPieceLength,
    boolean whitespacePieces,
    boolean dummyPrefix) {

  public BpeConfig {
    if (vocabSize <= Vocabulary.FIRST_LEARNED) {
      throw new IllegalArgumentException(
          "vocabSize must be > "
              + Vocabulary.FIRST_LEARNED
              + ", the control and byte pieces: vocabSize="
              + vocabSize);
    }
    if (!(characterCoverage > 0 && characterCoverage <= 1)) {
      throw new IllegalArgumentException(
          "characterCoverage must be in (0, 1]: characterCoverage=" + characterCoverage);
    }
    if (maxPieceLength < 1 || maxPieceLength > Vocabulary.MAX_PIECE_LENGTH) {
      throw new IllegalArgumentException(
          "maxPieceLength must be in [1, "
              + Vocabulary.MAX_PIECE_LENGTH
              + "]: maxPieceLength="
              + maxPieceLength);
    }
  }

  /**
   * Returns the default: 64,000 ids, coverage 0.9999, pieces of up to 16 code points, white-space
   * pieces, no dummy prefix (so the ids of two texts, joined, decode to the two texts joined).
   */
  public static BpeConfig standard() {
    return new BpeConfig(64_000, 0.9999, 16, true, false);
  }

  /** Returns the options embedded in MAP-Neo's published tokenizer: no white-space pieces. */
  public static BpeConfig published() {
    return new BpeConfig(64_000, 0.9999, 16, false, true);
  }

  /** Returns these options with another number of ids. */
  public BpeConfig withVocabSize(int vocabSize) {
    return new BpeConfig(
        vocabSize, characterCoverage, maxPieceLength, whitespacePieces, dummyPrefix);
  }
}
