package dev.neostream.tokens.bpe;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Turns text into ids and back. Implementations are immutable and thread-safe. */
public interface TextCodec {

  /**
   * Returns the ids of a text; ids of control pieces are never among them.
   *
   * @throws IllegalArgumentException if it is not well-formed UTF-8, with the offset
   */
  int[] encode(byte[] utf8);

  /**
   * Returns the ids of a text.
   *
   * @throws IllegalArgumentException if a surrogate stands alone, with its index
   */
  default int[] encode(String text) {
    return encode(Utf8.bytes(text));
  }

  /**
   * Returns the bytes of ids, which need not be UTF-8 where ids were generated or cut. Control
   * pieces have none.
   *
   * @throws IllegalArgumentException if there is no such id
   */
  byte[] decodeUtf8(int[] ids);

  /**
   * Returns the text of ids; bytes that are not UTF-8 are U+FFFD.
   *
   * @throws IllegalArgumentException if there is no such id
   */
  default String decode(int[] ids) {
    return new String(decodeUtf8(ids), StandardCharsets.UTF_8);
  }

  /** Returns the number of ids: all are in {@code [0, vocabSize)}. */
  int vocabSize();

  /** Returns what the ids stand for, in their order. */
  List<Piece> pieces();

  /** Returns 16 hex digits that differ when ids may differ. Equal on every machine. */
  String fingerprint();
}
