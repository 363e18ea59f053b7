package dev.neostream.tokens.bpe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The four classes that the words of byte-level tokenizers are made of: Unicode's letters, its
 * numbers, its white space, and everything else.
 *
 * <p>The table is of Unicode 16.0 and comes with the program: what the Java runtime knows differs
 * from version to version, and ids must not.
 */
final class CharacterClass {

  static final byte OTHER = 0;
  static final byte LETTER = 1;
  static final byte NUMBER = 2;
  static final byte SPACE = 3;

  // No letter, number or space lies beyond plane 3.
  private static final byte[] CLASSES = new byte[0x40000];

  static {
    try (InputStream in = CharacterClass.class.getResourceAsStream("letters-and-numbers.txt");
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .forEach(
              range ->
                  Arrays.fill(
                      CLASSES,
                      Integer.parseInt(range[1], 16),
                      Integer.parseInt(range[2], 16) + 1,
                      range[0].equals("L") ? LETTER : NUMBER));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // White_Space, which has not changed since Unicode 6.3.
    Arrays.fill(CLASSES, 0x09, 0x0D + 1, SPACE);
    Arrays.fill(CLASSES, 0x2000, 0x200A + 1, SPACE);
    for (int c : new int[] {0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}) {
      CLASSES[c] = SPACE;
    }
  }

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH = 0x0101010101010101L;

  private CharacterClass() {}

  static byte of(int codePoint) {
    return codePoint < CLASSES.length ? CLASSES[codePoint] : OTHER;
  }

  /**
   * Returns the class of the character that starts at a byte.
   *
   * @throws IllegalArgumentException if the bytes there are not UTF-8
   */
  static byte at(byte[] text, int at) {
    return of(Utf8.codePointAt(text, at));
  }

  /**
   * Returns where the run of letters that starts at a byte ends.
   *
   * @throws IllegalArgumentException if the bytes there are not UTF-8
   */
  static int endOfLetters(byte[] text, int from, int limit) {
    // Eight bytes at a time: most words end in one step, without a branch for every letter.
    int at = from;
    while (at + Long.BYTES <= limit) {
      long bytes = (long) WORD.get(text, at);
      long lower = (bytes | 0x20 * EACH) & 0x7F * EACH;
      long fromA = lower + (0x80 - 'a') * EACH; // the highest bit of every byte says it
      long beyondZ = lower + (0x7F - 'z') * EACH;
      long others = (bytes | ~fromA | beyondZ) & 0x80 * EACH;
      if (others != 0) {
        at += Long.numberOfTrailingZeros(others) >>> 3;
        return text[at] >= 0 ? at : end(text, at, limit, LETTER);
      }
      at += Long.BYTES;
    }
    return end(text, at, limit, LETTER);
  }

  /**
   * Returns where the run of one class that may start at a byte ends.
   *
   * @throws IllegalArgumentException if the bytes there are not UTF-8
   */
  static int end(byte[] text, int from, int limit, byte ofClass) {
    int at = from;
    while (at < limit) {
      int c = text[at];
      if (c >= 0) {
        if (CLASSES[c] != ofClass) {
          return at;
        }
        at++;
      } else {
        c = Utf8.codePointAt(text, at);
        if (of(c) != ofClass) {
          return at;
        }
        at += Utf8.length(c);
      }
    }
    return at;
  }
}
