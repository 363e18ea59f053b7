package dev.neostream.tokens.bpe;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Finds added pieces in text as Hugging Face's library does: from left to right, of those that
 * start at a byte the longest, and never two that overlap. A control piece stays the text it is,
 * and so does whatever it covers.
 */
final class AddedPieces {

  /** What a text is made of. */
  interface Sink {

    void text(byte[] text, int from, int to);

    void piece(int id);
  }

  private static final int ROOT = 0;

  private final AddedPiece[] ends; // by node, null where no piece ends
  private final int[] lengths; // of that piece, in bytes
  private final int[] first = new int[256]; // children of the root
  private final PairTable children = new PairTable(); // node and byte
  private int nodes = 1;

  /**
   * @param normalized of a piece's text what is looked for
   */
  AddedPieces(List<AddedPiece> pieces, UnaryOperator<String> normalized) {
    List<byte[]> texts =
        pieces.stream().map(piece -> Utf8.bytes(normalized.apply(piece.text()))).toList();
    ends = new AddedPiece[1 + texts.stream().mapToInt(text -> text.length).sum()];
    lengths = new int[ends.length];
    Arrays.fill(first, PairTable.NONE);
    for (int i = 0; i < texts.size(); i++) {
      int node = ROOT;
      for (byte b : texts.get(i)) {
        int child = child(node, b);
        if (child == PairTable.NONE) {
          child = nodes++;
          if (node == ROOT) {
            first[b & 0xFF] = child;
          } else {
            children.put(node, b & 0xFF, child);
          }
        }
        node = child;
      }
      if (ends[node] != null) {
        throw new IllegalArgumentException(
            "two added pieces must not be looked for as one text: ids="
                + ends[node].id()
                + " and "
                + pieces.get(i).id());
      }
      ends[node] = pieces.get(i);
      lengths[node] = texts.get(i).length;
    }
  }

  private int child(int node, byte b) {
    return node == ROOT ? first[b & 0xFF] : children.get(node, b & 0xFF);
  }

  /**
   * Gives a part of a text to a sink: the pieces in it and the texts between, none of them empty.
   */
  void split(byte[] text, int from, int to, Sink sink) {
    int rest = from;
    for (int at = from; at < to; ) {
      int node = first[text[at] & 0xFF] == PairTable.NONE ? ROOT : longest(text, at, to);
      if (node == ROOT) {
        at++;
        continue;
      }
      AddedPiece piece = ends[node];
      int start = at;
      at += lengths[node];
      if (piece.control()) {
        continue;
      }
      if (piece.stripLeft()) {
        start = Math.max(rest, spaceBefore(text, from, start));
      }
      if (rest < start) {
        sink.text(text, rest, start);
      }
      sink.piece(piece.id());
      // The next piece may begin in what is stripped; the library then has both.
      rest = piece.stripRight() ? CharacterClass.end(text, at, to, CharacterClass.SPACE) : at;
    }
    if (rest < to) {
      sink.text(text, rest, to);
    }
  }

  private int longest(byte[] text, int from, int to) {
    int longest = ROOT;
    int node = ROOT;
    for (int at = from; at < to; at++) {
      node = child(node, text[at]);
      if (node == PairTable.NONE) {
        break;
      }
      if (ends[node] != null) {
        longest = node;
      }
    }
    return longest;
  }

  private static int spaceBefore(byte[] text, int from, int to) {
    int start = to;
    while (start > from) {
      int last = start - 1;
      while (last > from && (text[last] & 0xC0) == 0x80) {
        last--;
      }
      if (CharacterClass.at(text, last) != CharacterClass.SPACE) {
        break;
      }
      start = last;
    }
    return start;
  }
}
