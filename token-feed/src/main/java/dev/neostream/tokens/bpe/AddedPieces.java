package dev.neostream.tokens.bpe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

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

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH = 0x0101010101010101L;

  /** Beyond, a table of all pairs is the faster way to look for one. */
  private static final int MOST_FEW_STARTS = 4;

  private static final int ROOT = 0;

  private final AddedPiece[] ends; // by node, null where no piece ends
  private final int[] lengths; // of that piece, in bytes
  private final long[] starts = new long[1 << 16 - 6]; // set of a piece's first two bytes
  private final long[] fewStarts; // both bytes of each, in every byte of a word, if they are few
  private final PairTable children = new PairTable(); // node and byte
  private int nodes = 1;
  private final boolean isEmpty;

  /**
   * @param normalized of a piece's text what is looked for
   */
  AddedPieces(List<AddedPiece> pieces, UnaryOperator<String> normalized) {
    List<byte[]> texts =
        pieces.stream().map(piece -> Utf8.bytes(normalized.apply(piece.text()))).toList();
    ends = new AddedPiece[1 + texts.stream().mapToInt(text -> text.length).sum()];
    lengths = new int[ends.length];
    isEmpty = pieces.stream().allMatch(AddedPiece::control);
    for (int i = 0; i < texts.size(); i++) {
      int node = ROOT;
      for (byte b : texts.get(i)) {
        int child = children.get(node, b & 0xFF);
        if (child == PairTable.NONE) {
          child = nodes++;
          children.put(node, b & 0xFF, child);
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
      addStart(texts.get(i));
      lengths[node] = texts.get(i).length;
    }
    fewStarts = fewStarts();
  }

  private long[] fewStarts() {
    int[] pairs =
        IntStream.range(0, 1 << 16).filter(p -> (starts[p >>> 6] >>> p & 1) != 0).toArray();
    return pairs.length > MOST_FEW_STARTS
        ? new long[0]
        : Arrays.stream(pairs)
            .mapToObj(pair -> new long[] {(pair >>> 8) * EACH, (pair & 0xFF) * EACH})
            .flatMapToLong(Arrays::stream)
            .toArray();
  }

  private void addStart(byte[] text) {
    int from = (text[0] & 0xFF) << 8;
    if (text.length == 1) {
      Arrays.fill(starts, from >>> 6, from + 256 >>> 6, -1);
    } else {
      int pair = from | text[1] & 0xFF;
      starts[pair >>> 6] |= 1L << pair;
    }
  }

  /**
   * Gives a part of a text to a sink: the pieces in it and the texts between, none of them empty.
   */
  void split(byte[] text, int from, int to, Sink sink) {
    int rest = from;
    for (int at = isEmpty ? to : from; at < to; ) {
      at = candidate(text, at, to);
      int node = longest(text, at, to);
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

  /** Returns the next offset at which a piece may start by its first two bytes, or the last. */
  private int candidate(byte[] text, int from, int to) {
    int at = from;
    if (fewStarts.length > 0) {
      for (; at + 1 + Long.BYTES <= to; at += Long.BYTES) {
        long first = (long) WORD.get(text, at);
        long second = (long) WORD.get(text, at + 1);
        long found = 0;
        for (int i = 0; i < fewStarts.length; i += 2) {
          long others = first ^ fewStarts[i] | second ^ fewStarts[i + 1];
          found |= others - EACH & ~others; // the highest bit of the first byte that is 0, at least
        }
        if ((found & 0x80 * EACH) != 0) {
          return at + (Long.numberOfTrailingZeros(found & 0x80 * EACH) >>> 3);
        }
      }
    }
    for (; at + 1 < to; at++) {
      int pair = (text[at] & 0xFF) << 8 | text[at + 1] & 0xFF;
      if ((starts[pair >>> 6] >>> pair & 1) != 0) {
        return at;
      }
    }
    return at; // one byte may be a piece, too
  }

  private int longest(byte[] text, int from, int to) {
    int longest = ROOT;
    int node = ROOT;
    for (int at = from; at < to; at++) {
      node = children.get(node, text[at] & 0xFF);
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
