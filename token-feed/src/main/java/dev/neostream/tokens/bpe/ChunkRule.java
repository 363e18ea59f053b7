package dev.neostream.tokens.bpe;

import java.lang.Character.UnicodeScript;

/**
 * Where no piece may reach across: {@link #cuts} says it for two neighbouring characters, so that
 * text can be counted in chunks, {@link #joins} for two neighbouring pieces. The package lists the
 * rules; without white-space pieces they are those of SentencePiece's {@code IsValidSentencePiece}
 * with {@code split_digits}, with them those of its {@code allow_whitespace_only_pieces}, extended
 * from the space to newline, tab and carriage return.
 */
final class ChunkRule {

  /** Script of white space and combining marks, which go with any other. */
  static final int ANY_SCRIPT = 0;

  // UnicodeScript.of is a binary search and this is asked for every character of the corpus.
  private static final byte[] BMP_SCRIPTS = new byte[0x10000];

  static {
    for (int c = 0; c < BMP_SCRIPTS.length; c++) {
      BMP_SCRIPTS[c] = (byte) scriptOf(c);
    }
  }

  private final boolean whitespacePieces;

  ChunkRule(boolean whitespacePieces) {
    this.whitespacePieces = whitespacePieces;
  }

  /** Returns whether a character may be part of a piece at all. */
  boolean learnable(int c) {
    // NUL ends strings and U+2581 is a space in the files other programs read.
    return c != 0 && c != 0x2581 && (whitespacePieces || c != '\n' && c != '\t');
  }

  boolean isWhitespace(int c) {
    return c == ' ' || whitespacePieces && (c == '\n' || c == '\t' || c == '\r');
  }

  int script(int c) {
    if (isWhitespace(c)) {
      return ANY_SCRIPT;
    }
    return c < BMP_SCRIPTS.length ? BMP_SCRIPTS[c] & 0xFF : scriptOf(c);
  }

  /** Returns whether no piece holds these two characters next to each other. */
  boolean cuts(int previous, int next) {
    if (!learnable(previous) || !learnable(next)) {
      return true;
    }
    if (isWhitespace(next)) {
      return !whitespacePieces || !isWhitespace(previous);
    }
    if (isWhitespace(previous) && previous != ' ' || isDigit(previous) || isDigit(next)) {
      return true;
    }
    int a = script(previous);
    int b = script(next);
    return a != b && a != ANY_SCRIPT && b != ANY_SCRIPT;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9' || c >= '\uFF10' && c <= '\uFF19';
  }

  private static int scriptOf(int c) {
    return switch (UnicodeScript.of(c)) {
      case INHERITED -> ANY_SCRIPT;
      case HIRAGANA, KATAKANA -> UnicodeScript.HAN.ordinal() + 1;
      // The long vowel mark belongs to kana, Unicode calls it common.
      default -> (c == 0x30FC ? UnicodeScript.HAN : UnicodeScript.of(c)).ordinal() + 1;
    };
  }
}
