package dev.neostream.tokens.bpe;

/** What a chunk of text is made of before any merge, and which neighbours merge, in which order. */
interface MergeRule {

  int NONE = PairTable.NONE;

  /** Writes the ids of a chunk before any merge, one a byte at most, and returns their number. */
  int symbols(byte[] text, int from, int to, int[] ids);

  /** Returns when two neighbours merge, smallest first, or {@link #NONE} if they do not. */
  int rank(int left, int right);

  /** Returns the id of the piece that the merge of a rank makes. */
  int product(int rank);

  /** Returns the id of a word that is not what its merges make, or {@link #NONE}. */
  int ofWord(byte[] text, int from, int to);
}
