package dev.neostream.tokens.bpe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Finds a vocabulary's user pieces in text: of those that start at an offset, the longest. */
final class UserPieces {

  static final int NONE = -1;

  private record Match(byte[] text, int id) {}

  /** By first byte, longest first. */
  private final List<List<Match>> matches = new ArrayList<>();

  UserPieces(Vocabulary vocabulary) {
    for (int b = 0; b < 256; b++) {
      matches.add(new ArrayList<>());
    }
    for (int id : vocabulary.ids(Piece.Kind.USER)) {
      byte[] text = vocabulary.bytes(id);
      matches.get(text[0] & 0xFF).add(new Match(text, id));
    }
    for (List<Match> match : matches) {
      match.sort(Comparator.comparingInt((Match m) -> m.text().length).reversed());
    }
  }

  boolean isEmpty() {
    return matches.stream().allMatch(List::isEmpty);
  }

  /** Returns the id of the piece that starts at an offset, or {@link #NONE}. */
  int at(byte[] text, int from) {
    for (Match match : matches.get(text[from] & 0xFF)) {
      int to = from + match.text().length;
      if (to <= text.length
          && Arrays.equals(match.text(), 0, match.text().length, text, from, to)) {
        return match.id();
      }
    }
    return NONE;
  }
}
