package dev.neostream.tokens.bpe;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/** Unicode's normal form C of UTF-8: composed characters. */
final class Nfc {

  private Nfc() {}

  static String of(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /**
   * Returns the normal form of a part of a text, or null if the part is in it.
   *
   * @throws IllegalArgumentException if it is not well-formed UTF-8
   */
  static byte[] changed(byte[] text, int from, int to) {
    boolean inert = true;
    for (int at = from; at < to; ) {
      if (text[at] >= 0) {
        at++;
        continue;
      }
      int c = Utf8.codePointAt(text, at);
      inert &= isInert(c);
      at += Utf8.length(c);
    }
    if (inert) {
      return null;
    }
    byte[] normal = Utf8.bytes(of(new String(text, from, to - from, StandardCharsets.UTF_8)));
    return Arrays.equals(text, from, to, normal, 0, normal.length) ? null : normal;
  }

  /**
   * Whether a character is in normal form and stays so whatever stands before it. Not all that are:
   * those of the texts that are most, Latin, Cyrillic, Chinese, Japanese and Korean.
   */
  static boolean isInert(int c) {
    return c < 0x300
        || c >= 0x4E00 && c <= 0x9FFF
        || c >= 0x3000 && c <= 0x3029
        || c >= 0xFF01 && c <= 0xFFEF
        || c >= 0x2010 && c <= 0x2027
        || c >= 0x3041 && c <= 0x3096
        || c >= 0x309B && c <= 0x30FF
        || c >= 0xAC00 && c <= 0xD7A3
        || c >= 0x400 && c <= 0x482;
  }
}
