package dev.neostream.clean.language;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;

/**
 * Which of Chinese and Japanese writes a Han character. The national character sets say it: of the
 * forms that 1946 simplified in Japan (円, 売, 駅) GB 2312 and Big5 have none, of those simplified in
 * China and of the everyday words of Chinese (们, 這, 吗) JIS X 0208 has few.
 */
final class HanUse {

  static final byte BOTH = 0;
  static final byte CHINESE = 1;
  static final byte JAPANESE = 2;

  private static final char FIRST = '\u4e00';
  private static final char LAST = '\u9fff';

  private static final byte[] USE = new byte[LAST - FIRST + 1];

  static {
    CharsetEncoder japanese = Charset.forName("Shift_JIS").newEncoder();
    CharsetEncoder simplified = Charset.forName("GB2312").newEncoder();
    CharsetEncoder traditional = Charset.forName("Big5").newEncoder();
    for (char c = FIRST; c <= LAST; c++) {
      boolean chinese = simplified.canEncode(c) || traditional.canEncode(c);
      if (chinese != japanese.canEncode(c)) {
        USE[c - FIRST] = chinese ? CHINESE : JAPANESE;
      }
    }
  }

  private HanUse() {}

  static byte of(int codePoint) {
    return codePoint >= FIRST && codePoint <= LAST ? USE[codePoint - FIRST] : BOTH;
  }
}
