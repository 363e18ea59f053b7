package dev.neostream.clean.text;

import java.nio.charset.StandardCharsets;

/**
 * Counts occurrences, in any case, of phrases that mark placeholder text and notices about cookies
 * and policies (C4; Raffel et al. 2020). All hold a space, so a search starts where a word ends.
 */
final class Phrases {

  static final byte[] LOREM_IPSUM = bytes("lorem ipsum");

  private static final byte[][] ALL = {
    LOREM_IPSUM,
    bytes("terms of use"),
    bytes("privacy policy"),
    bytes("cookie policy"),
    bytes("uses cookies"),
    bytes("use of cookies"),
    bytes("use cookies")
  };

  /** Offset of each phrase's first space. */
  private static final int[] SPACE = new int[ALL.length];

  /** Whether a phrase has these letters, five bits each, before and after its first space. */
  private static final boolean[] CANDIDATE = new boolean[1 << 10];

  static {
    for (int p = 0; p < ALL.length; p++) {
      SPACE[p] = new String(ALL[p], StandardCharsets.UTF_8).indexOf(' ');
      CANDIDATE[letters(ALL[p], SPACE[p])] = true;
    }
  }

  private int loremIpsum;
  private int policies;

  void clear() {
    loremIpsum = 0;
    policies = 0;
  }

  /** Looks for phrases whose first space is the one at an offset inside the text. */
  void find(byte[] utf8, int space) {
    if (!CANDIDATE[letters(utf8, space)]) {
      return;
    }
    for (int p = 0; p < ALL.length; p++) {
      if (space >= SPACE[p] && occurs(utf8, space - SPACE[p], ALL[p])) {
        if (ALL[p] == LOREM_IPSUM) {
          loremIpsum++;
        } else {
          policies++;
        }
      }
    }
  }

  int loremIpsum() {
    return loremIpsum;
  }

  int policies() {
    return policies;
  }

  /** Returns whether lower-case bytes occur at an offset, ASCII letters in any case. */
  static boolean occurs(byte[] utf8, int offset, byte[] lowerCase) {
    if (offset < 0 || offset + lowerCase.length > utf8.length) {
      return false;
    }
    for (int i = 0; i < lowerCase.length; i++) {
      int b = utf8[offset + i];
      if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != lowerCase[i]) {
        return false;
      }
    }
    return true;
  }

  private static int letters(byte[] utf8, int space) {
    return (utf8[space - 1] & 31) << 5 | utf8[space + 1] & 31;
  }

  static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }
}
