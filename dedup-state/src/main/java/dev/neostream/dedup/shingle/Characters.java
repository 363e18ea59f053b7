package dev.neostream.dedup.shingle;

import static dev.neostream.dedup.shingle.EightBytes.EACH;
import static dev.neostream.dedup.shingle.EightBytes.HIGH_BITS;
import static dev.neostream.dedup.shingle.EightBytes.between;
import static dev.neostream.dedup.shingle.EightBytes.highBits;

/** Characters of the text in lower case, without ASCII punctuation, white space as one space. */
final class Characters implements Units {

  /** Whether an ASCII character is neither deleted nor white space. */
  private static final boolean[] ASCII_KEPT = new boolean[0x80];

  private static final long[] ASCII_HASHES = new long[0x80];

  static {
    for (int c = 0; c < ASCII_KEPT.length; c++) {
      int classified = CodePoints.of(c);
      boolean punctuation = c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
      boolean space = (classified & CodePoints.SPACE) != 0;
      ASCII_KEPT[c] = !punctuation && !space;
      ASCII_HASHES[c] = hash(space ? ' ' : CodePoints.lowerCase(classified));
    }
  }

  private byte[] text;
  private int length;
  private int at;

  /** 1 if the last unit is a space or there is none, 0 otherwise. */
  private int spaced;

  @Override
  public void start(byte[] padded, int length) {
    text = padded;
    this.length = trimmed(padded, length);
    at = 0;
    spaced = 1;
  }

  private static int trimmed(byte[] text, int length) {
    int end = length;
    while (end > 0) {
      int start = end - 1;
      while (start > 0 && text[start] < (byte) 0xc0) {
        start--;
      }
      int c = CodePoints.at(text, start);
      boolean kept = c < 0x80 ? ASCII_KEPT[c] : !isSpace(c);
      if (kept) {
        break;
      }
      end = start;
    }
    return end;
  }

  @Override
  public int read(long[] hashes, int from) {
    int size = from;
    int i = at;
    int spaced = this.spaced;
    byte[] text = this.text;
    int length = this.length;
    int last = hashes.length - MOST_AT_ONCE;
    while (i < length && size <= last) {
      long bytes = EightBytes.at(text, i);
      int ascii = Math.min(Long.numberOfTrailingZeros(bytes & HIGH_BITS) >>> 3, length - i);
      if (ascii > 0) {
        long low = bytes & ~HIGH_BITS;
        long letters = between(low | 0x20 * EACH, 'a', 'z');
        int spaces = highBits(between(low, '\t', '\r') | between(low, 0x1c, ' '));
        int deleted = highBits(between(low, '!', '~') & ~(letters | between(low, '0', '9')));
        // Bit k: whether a space stands before byte k. A space sets it and what is deleted leaves
        // it
        // as it was, which is how an addition makes and hands on its carry.
        int spacedAt = (spaces | deleted) + spaces + spaced ^ deleted;
        int units = ~(deleted | spaces & spacedAt) & (1 << ascii) - 1;
        // Without branches: where words end is what a processor cannot predict. Hashes of what is
        // no
        // unit are written over.
        for (int k = 0; k < Long.BYTES; k++) {
          hashes[size] = ASCII_HASHES[(int) (low >>> Byte.SIZE * k) & 0x7f];
          size += units >> k & 1;
        }
        spaced = spacedAt >> ascii & 1;
        i += ascii;
        continue;
      }
      int c = CodePoints.at(text, i);
      i += CodePoints.bytes(text[i]);
      int classified = CodePoints.of(c);
      if ((classified & CodePoints.SPACE) != 0) {
        hashes[size] = ASCII_HASHES[' '];
        size += 1 - spaced;
        spaced = 1;
        continue;
      }
      spaced = 0;
      hashes[size++] = hash(CodePoints.lowerCase(classified));
      if (c == CodePoints.DOTTED_CAPITAL_I) {
        hashes[size++] = hash(CodePoints.DOT_ABOVE);
      }
    }
    at = i;
    this.spaced = spaced;
    return size;
  }

  private static boolean isSpace(int c) {
    return (CodePoints.of(c) & CodePoints.SPACE) != 0;
  }

  private static long hash(int c) {
    return Mix.mix(c + 1);
  }
}
