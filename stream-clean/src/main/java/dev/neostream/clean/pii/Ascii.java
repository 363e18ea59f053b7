package dev.neostream.clean.pii;

/** Kinds of bytes, and bytes beyond the ends of a text as 0. */
final class Ascii {

  private Ascii() {}

  static int at(byte[] text, int i) {
    return i >= 0 && i < text.length ? text[i] : 0;
  }

  static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }

  static boolean isLetter(int b) {
    return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
  }

  static boolean isAlphanumeric(int b) {
    return isDigit(b) || isLetter(b);
  }

  static boolean isHex(int b) {
    return isDigit(b) || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F';
  }
}
