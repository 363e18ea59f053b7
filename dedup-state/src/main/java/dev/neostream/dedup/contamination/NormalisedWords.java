package dev.neostream.dedup.contamination;

import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The words of a text as they are compared, version {@value #VERSION}: what light edits change is
 * not part of them.
 *
 * <ul>
 *   <li>a word is a run of letters or a run of digits, in lower case and ASCII width;
 *   <li>apostrophes inside a word are left out, every other character divides words;
 *   <li>digits in groups of three are one number: {@code 1,000}, {@code 1 000} and {@code 1000};
 *   <li>each character of a script without spaces is a word of its own.
 * </ul>
 *
 * <p>Words lie in {@code folded} one after the other, each followed by a space, so that a run of
 * words is a range of bytes. Scratch memory is kept: not thread-safe, one instance a thread.
 */
final class NormalisedWords {

  /** Texts normalised by two versions must not be compared. */
  static final int VERSION = 1;

  private static final byte DIVIDER = 0;
  private static final byte LETTER = 1;
  private static final byte DIGIT = 2;
  private static final byte UNSPACED = 3;
  private static final byte MARK = 4;
  private static final byte APOSTROPHE = 5;

  private static final int BMP = 1 << 16;
  private static final byte[] KIND = new byte[BMP];
  private static final char[] FOLD = new char[BMP];

  private static final long WORD_PRIME = 0x9E3779B97F4A7C15L;
  private static final long MIX = 0xD6E8FEB86659FD93L;

  static {
    for (int c = 0; c < BMP; c++) {
      FOLD[c] = (char) foldOf(c);
      KIND[c] = kindOf(FOLD[c]);
    }
  }

  /** Words. */
  int size;

  /** How many of the words are characters of scripts without spaces. */
  int unspaced;

  /** Word i is made of the text's bytes {@code from[i]} to {@code to[i]}. */
  int[] from = new int[1024];

  int[] to = new int[1024];

  /** Word i begins at {@code start[i]} in {@code folded}; (size + 1) values. */
  int[] start = new int[1025];

  long[] hash = new long[1024];
  byte[] folded = new byte[8192];

  private int length;
  private long running;

  private static int foldOf(int c) {
    int ascii = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
    if (Character.getType(ascii) == Character.DECIMAL_DIGIT_NUMBER) {
      return '0' + Character.digit(ascii, 10);
    }
    return Character.toLowerCase(ascii);
  }

  private static byte kindOf(int c) {
    if (c >= '0' && c <= '9') {
      return DIGIT;
    }
    if (c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x02BC) {
      return APOSTROPHE;
    }
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK) {
      return MARK;
    }
    // The sign for long vowels belongs to both kana and so to no script.
    if (c == 0x30FC) {
      return UNSPACED;
    }
    if (!Character.isLetter(c)) {
      return DIVIDER;
    }
    UnicodeScript script = UnicodeScript.of(c);
    return switch (script) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> UNSPACED;
      default -> LETTER;
    };
  }

  private static int fold(int c) {
    return c < BMP ? FOLD[c] : foldOf(c);
  }

  private static byte kind(int c, int folded) {
    return c < BMP ? KIND[c] : kindOf(folded);
  }

  /** Reads a text of well-formed UTF-8 in place of the last one. */
  void read(byte[] utf8) {
    size = 0;
    unspaced = 0;
    length = 0;
    byte open = DIVIDER;
    int digits = 0;
    int end = 0;
    for (int at = 0; at < utf8.length; ) {
      int c = utf8[at];
      int next = at + 1;
      if (c < 0) {
        c = codePoint(utf8, at);
        next = at + width(c);
      }
      int plain = fold(c);
      byte kind = kind(c, plain);
      switch (kind) {
        case LETTER, DIGIT, UNSPACED -> {
          if (kind != open || kind == UNSPACED) {
            close(open, end);
            begin(at);
            open = kind;
            digits = 0;
          }
          append(plain);
          digits++;
          next = kind == LETTER ? appendLetters(utf8, next) : next;
          end = next;
        }
        case MARK -> {
          if (open != DIVIDER) {
            append(plain);
            end = next;
          }
        }
        case APOSTROPHE -> {
          // Part of the word around it, or of none.
        }
        default -> {
          if (open == DIGIT && digits <= 3 && groupFollows(utf8, plain, next)) {
            digits = 0;
          } else {
            close(open, end);
            open = DIVIDER;
          }
        }
      }
      at = next;
    }
    close(open, end);
    start[size] = length;
  }

  private void begin(int at) {
    if (size == from.length) {
      int capacity = 2 * size;
      from = Arrays.copyOf(from, capacity);
      to = Arrays.copyOf(to, capacity);
      start = Arrays.copyOf(start, capacity + 1);
      hash = Arrays.copyOf(hash, capacity);
    }
    from[size] = at;
    start[size] = length;
    running = 0;
  }

  private void append(int c) {
    if (length + 5 > folded.length) {
      folded = Arrays.copyOf(folded, 2 * folded.length);
    }
    running = (running + c) * WORD_PRIME;
    if (c < 0x80) {
      folded[length++] = (byte) c;
    } else if (c < 0x800) {
      folded[length++] = (byte) (0xC0 | c >> 6);
      folded[length++] = (byte) (0x80 | c & 0x3F);
    } else if (c < BMP) {
      folded[length++] = (byte) (0xE0 | c >> 12);
      folded[length++] = (byte) (0x80 | c >> 6 & 0x3F);
      folded[length++] = (byte) (0x80 | c & 0x3F);
    } else {
      folded[length++] = (byte) (0xF0 | c >> 18);
      folded[length++] = (byte) (0x80 | c >> 12 & 0x3F);
      folded[length++] = (byte) (0x80 | c >> 6 & 0x3F);
      folded[length++] = (byte) (0x80 | c & 0x3F);
    }
  }

  /** Appends the ASCII letters that follow, which are most of most texts; returns their end. */
  private int appendLetters(byte[] utf8, int from) {
    int at = from;
    int out = length;
    long rolling = running;
    // One byte is left for the space behind the word.
    int stop = Math.min(utf8.length, from + folded.length - 1 - length);
    for (; at < stop && utf8[at] >= 0 && KIND[utf8[at]] == LETTER; at++) {
      char c = FOLD[utf8[at]];
      folded[out++] = (byte) c;
      rolling = (rolling + c) * WORD_PRIME;
    }
    length = out;
    running = rolling;
    return at;
  }

  private void close(byte open, int end) {
    if (open == DIVIDER) {
      return;
    }
    if (open == UNSPACED) {
      unspaced++;
    }
    to[size] = end;
    folded[length++] = ' ';
    hash[size++] = (running ^ running >>> 32) * MIX;
  }

  /** Whether a divider between digits separates thousands: three digits follow, and no fourth. */
  private static boolean groupFollows(byte[] utf8, int divider, int at) {
    if (divider != ','
        && divider != ' '
        && divider != 0xA0
        && divider != 0x2009
        && divider != 0x202F) {
      return false;
    }
    int next = at;
    for (int i = 0; i < 4; i++) {
      int c = next < utf8.length ? utf8[next] : ' ';
      if (c < 0) {
        c = codePoint(utf8, next);
      }
      if (kind(c, fold(c)) == DIGIT != i < 3) {
        return false;
      }
      next += width(c);
    }
    return true;
  }

  private static int codePoint(byte[] utf8, int at) {
    int b = utf8[at];
    if (b >= 0) {
      return b;
    }
    int second = utf8[at + 1] & 0x3F;
    if ((b & 0xE0) == 0xC0) {
      return (b & 0x1F) << 6 | second;
    }
    int third = utf8[at + 2] & 0x3F;
    if ((b & 0xF0) == 0xE0) {
      return (b & 0xF) << 12 | second << 6 | third;
    }
    return (b & 7) << 18 | second << 12 | third << 6 | utf8[at + 3] & 0x3F;
  }

  private static int width(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < BMP ? 3 : 4;
  }

  /** Returns words as a string with single spaces. */
  String text(int first, int last) {
    return new String(
        folded, start[first], start[last + 1] - 1 - start[first], StandardCharsets.UTF_8);
  }
}
