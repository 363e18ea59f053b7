package dev.neostream.clean.rule.zh;

import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Format unification of Chinese text (MAP-Neo, Zhang et al. 2024): one way to write what has a
 * full-width and an ASCII form. The published code turns Chinese punctuation into ASCII and leaves
 * full-width letters and digits; here it is the other way round, as Chinese is printed.
 *
 * <pre>
 * format  edit: full-width letters, digits and the symbols ＂＃＄％＆＇＊＋－．／＜＝＞＠［＼］＾＿｀｛｜｝
 *         and the ideographic space become ASCII; ，：；！？（）～ and 。 stay
 * </pre>
 */
public final class ChineseFormat {

  private static final String CHINESE_PUNCTUATION = "!(),:;?~";
  private static final int FULL_WIDTH_FIRST = 0xff01;
  private static final int FULL_WIDTH_LAST = 0xff5e;
  private static final int IDEOGRAPHIC_SPACE = 0x3000;

  private ChineseFormat() {}

  /** Returns the edits of the family by code. */
  public static Map<String, UnaryOperator<byte[]>> edits() {
    return Map.of("zh.format", ChineseFormat::format);
  }

  static byte[] format(byte[] utf8) {
    byte[] formatted = null;
    int length = 0;
    for (int i = 0; i < utf8.length; ) {
      int ascii = ascii(utf8, i);
      if (ascii != 0) {
        if (formatted == null) {
          formatted = utf8.clone();
          length = i;
        }
        formatted[length++] = (byte) ascii;
        i += 3;
      } else {
        if (formatted != null) {
          formatted[length++] = utf8[i];
        }
        i++;
      }
    }
    return formatted == null ? utf8 : Arrays.copyOf(formatted, length);
  }

  /** Returns the ASCII form of the character that starts at an offset, 0 if it is to stay. */
  private static int ascii(byte[] utf8, int i) {
    byte lead = utf8[i];
    if (lead != (byte) 0xef && lead != (byte) 0xe3) {
      return 0;
    }
    int c = (lead & 0xf) << 12 | (utf8[i + 1] & 0x3f) << 6 | utf8[i + 2] & 0x3f;
    if (c == IDEOGRAPHIC_SPACE) {
      return ' ';
    }
    int ascii = c - FULL_WIDTH_FIRST + '!';
    boolean fullWidth = c >= FULL_WIDTH_FIRST && c <= FULL_WIDTH_LAST;
    return fullWidth && CHINESE_PUNCTUATION.indexOf(ascii) < 0 ? ascii : 0;
  }
}
