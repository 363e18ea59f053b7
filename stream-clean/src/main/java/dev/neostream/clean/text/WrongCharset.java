package dev.neostream.clean.text;

import java.nio.charset.Charset;

/**
 * A character set by which text in another one was decoded by mistake, and how many characters of a
 * text came of that. UTF-8 gives itself away where it is followed: a leading byte and as many
 * continuations as it asks for, of a character that occurs in text.
 *
 * <p>In a set of two bytes a character a sequence begins with a character or right behind another
 * sequence; anywhere else is chance. Bytes that were lost between are passed over.
 */
final class WrongCharset {

  private static final int LATIN_RUN = 4;

  /** A no-break space is c2 a0 in UTF-8; its second half is often a plain space by now. */
  private static final int NO_BREAK_LEAD = 0xc2;

  /** The block of quotation marks and dashes, e2 80 xx in UTF-8. */
  private static final int QUOTES = 0x2000;

  /** What each character was decoded from: a byte, two bytes, or 0 if it was not by this set. */
  private final char[] codes = new char[0x10000];

  private final boolean doubleByte;

  /** Sets of two bytes a character, and the one in which accented letters are mistaken, too. */
  private final boolean western;

  WrongCharset(String name) {
    Charset charset = Charset.forName(name);
    western = name.equals("windows-1252");
    boolean pairs = false;
    for (int first = 0x80; first <= 0xff; first++) {
      if (!put(charset, first)) {
        for (int second = 0x40; second <= 0xfe; second++) {
          pairs |= put(charset, first << 8 | second);
        }
      }
    }
    doubleByte = pairs;
    for (int b = 0x80; western && b <= 0xff; b++) {
      codes[b] = (char) b; // Latin-1, and what windows-1252 leaves undefined
    }
  }

  private boolean put(Charset charset, int code) {
    byte[] bytes =
        code > 0xff ? new byte[] {(byte) (code >> 8), (byte) code} : new byte[] {(byte) code};
    String text = new String(bytes, charset);
    boolean defined = text.length() == 1 && text.charAt(0) >= 0x80 && text.charAt(0) != '\ufffd';
    if (defined) {
      codes[text.charAt(0)] = (char) code;
    }
    return defined;
  }

  /**
   * Raises {@code weights[c]} to the most characters that {@link #count} may count for each
   * occurrence of character c.
   */
  void weigh(byte[] weights) {
    for (int c = 0x80; c < codes.length; c++) {
      int weight = 0;
      int first = codes[c] > 0xff ? codes[c] >> 8 : codes[c];
      if (!doubleByte) {
        weight = length(first) > 0 || western && first == 0xa1 ? LATIN_RUN : 0;
      } else if (length(first) > 0 && isContinuation(codes[c] & 0xff)) {
        weight = 3; // two sequences of three bytes are three characters, one of them like this
      } else if (isSwallowed(codes[c])) {
        weight = 1;
      }
      weights[c] = (byte) Math.max(weights[c], weight);
    }
  }

  /** Returns how many characters came of this set. */
  int count(byte[] utf8) {
    var scan = new Scan();
    int before = 0;
    for (int i = 0; i < utf8.length; scan.index++) {
      int c = utf8[i];
      int code = 0;
      if (c < 0) {
        c = CodePoints.at(utf8, i);
        code = c < codes.length ? codes[c] : 0;
      }
      if (code == 0) {
        scan.interrupt();
        if (western && before == NO_BREAK_LEAD && c == ' ') {
          scan.count(scan.index - 1, scan.index);
        }
      } else if (code <= 0xff) {
        scan.add(code, true);
        scan.addHalf(code);
      } else {
        scan.add(code >> 8, true);
        scan.add(code & 0xff, false);
        boolean inLatin = (before | 0x20) >= 'a' && (before | 0x20) <= 'z';
        if (inLatin && isSwallowed(code) && (i + 3 >= utf8.length || utf8[i + 3] >= 0)) {
          scan.count(scan.index, scan.index + 1);
        }
      }
      before = c;
      i += CodePoints.bytes(c);
    }
    scan.interrupt();
    return scan.counted;
  }

  /**
   * An accented letter, and if it was Latin-1 the letter behind it, as one character: inside a word
   * of Latin letters it is no other.
   */
  private static boolean isSwallowed(int code) {
    int first = code >> 8;
    int second = code & 0xff;
    return first >= 0xc0 && second >= 'a' && second <= 'z'
        || (first == 0xc2 || first == 0xc3) && isContinuation(second);
  }

  private static boolean isContinuation(int b) {
    return (b & 0xc0) == 0x80;
  }

  /** Bytes of the sequence that a byte may begin; 0 if it begins none that is looked for. */
  private int length(int b) {
    if (b >= 0xe2 && b <= 0xef) {
      return 3;
    }
    return b == 0xf0 ? 4 : western && b >= 0xc2 && b < 0xe0 ? 2 : 0;
  }

  /** Whether text has such characters: punctuation, symbols, CJK, emoji; accents by themselves. */
  private static boolean occurs(int c, int length) {
    return switch (length) {
      case 2 -> c < 0x700;
      case 3 ->
          c >= 0x2010 && c < 0x2070
              || c >= 0x20a0 && c < 0x2800
              || c >= 0x3000 && c < 0xa000
              || c >= 0xac00 && c < 0xd7a4
              || c >= 0xfe30 && c < 0xfe50
              || c >= 0xff00 && c < 0xfffe;
      default -> c >= 0x1f000 && c < 0x30000;
    };
  }

  private final class Scan {

    /** Of the character looked at. */
    private int index;

    private int counted;

    /** Characters in front of this index are counted, if they are to be. */
    private int settled;

    private int bytes;
    private int missing;
    private int character;
    private int start;

    /** Sequences right behind each other up to here, and where the first began. */
    private int chain;

    private int chainStart;

    /** Characters in a row that may be halves of characters of GBK, and what was seen of them. */
    private int halves;

    private int leading;
    private boolean varied;
    private int firstHalf;
    private int countedBefore;

    private void add(int b, boolean first) {
      if (missing > 0 && isContinuation(b)) {
        character = character << 6 | b & 0x3f;
        missing--;
        if (missing == 0) {
          end();
        } else if (character == QUOTES >> 6 && missing == 1 && (western || doubleByte)) {
          count(start, index + 1); // the third byte may be lost
        }
        return;
      }
      chain = missing == 0 ? chain : 0;
      bytes = length(b);
      missing = 0;
      if (bytes == 0 || !first && (chain == 0 || bytes == 4)) {
        chain = 0;
        return;
      }
      missing = bytes - 1;
      character = b & 0xff >> bytes + 1;
      start = index;
    }

    private void end() {
      if (!occurs(character, bytes)) {
        chain = 0;
        return;
      }
      chainStart = chain == 0 ? start : chainStart;
      chain++;
      // Behind another one it is no chance. Nor is it alone, but for Han that stands for Han, and
      // accented letters of the less usual half.
      if (chain > 1 || (doubleByte ? character < 0x2070 : bytes > 2 || character < 0x100)) {
        count(chainStart, index + 1);
      }
    }

    private void addHalf(int b) {
      if (!western || b < 0xa1) {
        endHalves();
        return;
      }
      if (halves == 0) {
        firstHalf = b;
        countedBefore = counted;
      }
      varied |= b != firstHalf;
      halves++;
      leading += length(b) > 0 ? 1 : 0;
    }

    /** Letters that are all accented, and are not a line drawn with one of them, are no word. */
    private void endHalves() {
      boolean word = halves >= LATIN_RUN && leading * LATIN_RUN >= halves;
      boolean quote = firstHalf == 0xa1 && (halves == 2 || halves == LATIN_RUN);
      if (varied && (word || quote)) {
        counted = countedBefore + halves;
        settled = index;
      }
      halves = 0;
      leading = 0;
      varied = false;
    }

    private void interrupt() {
      missing = 0;
      chain = 0;
      endHalves();
    }

    private void count(int from, int to) {
      counted += Math.max(0, to - Math.max(from, settled));
      settled = Math.max(settled, to);
    }
  }
}
