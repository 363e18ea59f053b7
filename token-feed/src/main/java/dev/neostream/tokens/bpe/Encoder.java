package dev.neostream.tokens.bpe;

/**
 * Encodes text with a {@link ChunkEncoder} of its own. Not thread-safe; a thread has one.
 *
 * <p>Text is cut wherever no piece can reach across, which leaves chunks about as long as words for
 * any vocabulary and does not change the ids.
 */
final class Encoder {

  private final Merges merges;
  private final ChunkEncoder chunks;

  Encoder(Merges merges) {
    this.merges = merges;
    this.chunks = new ChunkEncoder(merges);
  }

  /**
   * Returns the ids of a text.
   *
   * @throws IllegalArgumentException if it is not well-formed UTF-8
   */
  int[] encode(byte[] text) {
    chunks.begin();
    int start = 0;
    int previous = 0;
    for (int at = 0; at < text.length; ) {
      int c = text[at];
      int next = at + 1;
      if (c < 0) {
        c = Utf8.codePointAt(text, at);
        next = at + Utf8.length(c);
      }
      if (at > start && !merges.joins(previous, c)) {
        chunks.add(text, start, at, false);
        start = at;
      }
      previous = c;
      at = next;
    }
    if (start < text.length) {
      chunks.add(text, start, text.length, false);
    }
    return chunks.finish();
  }
}
