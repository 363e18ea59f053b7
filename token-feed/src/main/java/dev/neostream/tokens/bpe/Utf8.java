package dev.neostream.tokens.bpe;

import java.nio.charset.StandardCharsets;

/** Strict UTF-8: what is not Unicode text is an error that names its place, never a replacement. */
final class Utf8 {

  private Utf8() {}

  /**
   * Returns the bytes of a text.
   *
   * @throws IllegalArgumentException if a surrogate stands alone
   */
  static byte[] bytes(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new IllegalArgumentException(
              String.format(
                  "text must not hold a lone surrogate: index=%d, char=U+%04X", i, (int) c));
        }
        i++;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns how many bytes a code point takes. */
  static int length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  /**
   * Returns the code point that starts at a byte.
   *
   * @throws IllegalArgumentException if the bytes there are not well-formed (Unicode 15, table 3-7)
   */
  static int codePointAt(byte[] text, int at) {
    int lead = text[at];
    if (lead >= 0) {
      return lead;
    }
    int codePoint;
    int smallest;
    int continuations;
    if ((lead & 0xE0) == 0xC0) {
      codePoint = lead & 0x1F;
      smallest = 0x80;
      continuations = 1;
    } else if ((lead & 0xF0) == 0xE0) {
      codePoint = lead & 0x0F;
      smallest = 0x800;
      continuations = 2;
    } else if ((lead & 0xF8) == 0xF0) {
      codePoint = lead & 0x07;
      smallest = 0x10000;
      continuations = 3;
    } else {
      throw malformed(text, at);
    }
    if (at + continuations >= text.length) {
      throw malformed(text, at);
    }
    for (int i = 1; i <= continuations; i++) {
      int next = text[at + i];
      if ((next & 0xC0) != 0x80) {
        throw malformed(text, at);
      }
      codePoint = codePoint << 6 | next & 0x3F;
    }
    if (codePoint < smallest
        || codePoint > Character.MAX_CODE_POINT
        || codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      throw malformed(text, at);
    }
    return codePoint;
  }

  private static IllegalArgumentException malformed(byte[] text, int at) {
    return new IllegalArgumentException(
        String.format(
            "text must be well-formed UTF-8: offset=%d, byte=0x%02X", at, text[at] & 0xFF));
  }
}
