package dev.neostream.clean.language;

/** Code points of UTF-8. Malformed input gives some code point, never an exception. */
final class Utf8 {

  private Utf8() {}

  /** Returns the code point at an index; U+FFFD if the text ends within it. */
  static int codePoint(byte[] utf8, int at) {
    int lead = utf8[at];
    if (lead >= 0) {
      return lead;
    }
    int length = length(lead);
    if (at + length > utf8.length) {
      return 0xfffd;
    }
    return switch (length) {
      case 2 -> (lead & 0x1f) << 6 | utf8[at + 1] & 0x3f;
      case 3 -> (lead & 0xf) << 12 | (utf8[at + 1] & 0x3f) << 6 | utf8[at + 2] & 0x3f;
      case 4 ->
          (lead & 7) << 18
              | (utf8[at + 1] & 0x3f) << 12
              | (utf8[at + 2] & 0x3f) << 6
              | utf8[at + 3] & 0x3f;
      default -> 0xfffd;
    };
  }

  /** Returns the number of bytes of the code point that starts with a byte, 1 to 4. */
  static int length(int lead) {
    int first = lead & 0xff;
    return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  }
}
