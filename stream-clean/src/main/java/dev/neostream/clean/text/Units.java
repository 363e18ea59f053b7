package dev.neostream.clean.text;

import java.util.Arrays;

/**
 * A text as a sequence of units, words or Chinese characters, of which n-grams are made.
 *
 * @param hashes one hash a unit
 * @param lengths characters of each unit
 */
public record Units(long[] hashes, int[] lengths) {

  public Units {
    if (hashes.length != lengths.length) {
      throw new IllegalArgumentException(
          "a unit must have one hash and one length: hashes="
              + hashes.length
              + ", lengths="
              + lengths.length);
    }
  }

  public int count() {
    return hashes.length;
  }

  /**
   * Returns the units of Chinese text: every character is one, white space left out, but a run of
   * letters and digits other than Han, such as an English word, is one unit as a whole. Otherwise
   * n-grams of letters would make any English quotation look repetitive.
   */
  public static Units chinese(String text) {
    var units = new Builder();
    long word = 0;
    int length = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isLetterOrDigit(c) && !Characters.isHan(c)) {
        word = Hash.extend(word, c);
        length++;
        continue;
      }
      if (length > 0) {
        units.add(word, length);
        word = 0;
        length = 0;
      }
      if (!Characters.isSpace(c)) {
        units.add(c, 1);
      }
    }
    if (length > 0) {
      units.add(word, length);
    }
    return units.build();
  }

  /** Grows the two arrays. */
  static final class Builder {
    private long[] hashes = new long[256];
    private int[] lengths = new int[256];
    private int count;

    void add(long hash, int length) {
      if (count == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * count);
        lengths = Arrays.copyOf(lengths, 2 * count);
      }
      hashes[count] = hash;
      lengths[count++] = length;
    }

    Units build() {
      return new Units(Arrays.copyOf(hashes, count), Arrays.copyOf(lengths, count));
    }
  }
}
