package dev.neostream.tokens.bpe;

import java.util.Random;

/** Texts that are hard on a tokenizer, from a seed. */
public final class RandomText {

  // Few characters, so that they repeat: words, runs, digits, scripts, marks, white space,
  // controls.
  private static final int[] COMMON =
      "aabbcetn  \n\t\r019<>s/中国の。ーбвé\u0301\u2581\u0000😀＃７".codePoints().toArray();

  private RandomText() {}

  /** Returns a text over a small alphabet, in which pairs repeat. */
  public static String common(Random random, int length) {
    var text = new StringBuilder();
    while (length > 0) {
      int c = COMMON[random.nextInt(COMMON.length)];
      int run = random.nextInt(8) == 0 ? 1 + random.nextInt(length) : 1;
      for (int i = 0; i < run; i++) {
        text.appendCodePoint(c);
      }
      length -= run;
    }
    return text.toString();
  }

  /** Returns a text of any code points, surrogates left out. */
  public static String unicode(Random random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int c =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x80);
            case 1 -> random.nextInt(0x800);
            case 2 -> random.nextInt(0x10000);
            default -> random.nextInt(Character.MAX_CODE_POINT + 1);
          };
      text.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 'x' : c);
    }
    return text.toString();
  }
}
