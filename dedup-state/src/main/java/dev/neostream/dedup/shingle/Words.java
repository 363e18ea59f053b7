package dev.neostream.dedup.shingle;

import static dev.neostream.dedup.shingle.EightBytes.EACH;
import static dev.neostream.dedup.shingle.EightBytes.HIGH_BITS;
import static dev.neostream.dedup.shingle.EightBytes.between;

/**
 * Words by the hash of their lower-case UTF-8: mixed in 8 bytes at a time, the last ones padded
 * with zeros. Eight ASCII bytes are classified at once, each in its own byte of a long.
 */
final class Words implements Units {

  private static final long SEED = 0x9e3779b97f4a7c15L;

  private byte[] text;
  private int length;
  private int at;

  @Override
  public void start(byte[] padded, int length) {
    text = padded;
    this.length = length;
    at = 0;
  }

  @Override
  public int read(long[] hashes, int from) {
    int size = from;
    while (at < length && size < hashes.length) {
      long bytes = EightBytes.at(text, at);
      long ascii = bytes & ~HIGH_BITS;
      long letters = between(ascii | 0x20 * EACH, 'a', 'z') & ~bytes;
      long words =
          (letters | between(ascii, '0', '9') | between(ascii, '_', '_')) & ~bytes & HIGH_BITS;
      int run = Long.numberOfTrailingZeros(words ^ HIGH_BITS) >>> 3;
      int behind = at + run;
      if (run < Long.BYTES && text[behind] >= 0) {
        if (run == 0) {
          at += Long.numberOfTrailingZeros(words | bytes & HIGH_BITS) >>> 3;
          continue;
        }
        long lowerCase = bytes | (letters & HIGH_BITS) >>> 2;
        hashes[size++] = Mix.mix(SEED ^ lowerCase & (1L << 8 * run) - 1);
        at = behind + 1;
        continue;
      }
      long hash = word();
      if (hash != 0) {
        hashes[size++] = hash;
      }
    }
    return size;
  }

  /** Reads the word that starts here, character by character; 0 if none does. */
  private long word() {
    long hash = SEED;
    long chunk = 0;
    int filled = 0;
    int start = at;
    while (true) {
      int c = CodePoints.at(text, at);
      int classified = CodePoints.of(c);
      if ((classified & CodePoints.WORD) == 0) {
        break;
      }
      boolean alone = (classified & CodePoints.ALONE) != 0;
      if (alone && at > start) {
        break;
      }
      long code = CodePoints.encode(CodePoints.lowerCase(classified));
      int bytes = Long.SIZE - Long.numberOfLeadingZeros(code) + 7 >>> 3;
      at += CodePoints.bytes(text[at]);
      chunk |= code << 8 * filled;
      filled += bytes;
      if (filled >= Long.BYTES) {
        hash = Mix.mix(hash ^ chunk);
        filled -= Long.BYTES;
        chunk = code >>> 8 * (bytes - filled);
      }
      // The mark of a dotted capital I is no part of a word.
      if (alone || c == CodePoints.DOTTED_CAPITAL_I) {
        break;
      }
    }
    if (at == start) {
      at += CodePoints.bytes(text[at]);
      return 0;
    }
    return filled > 0 ? Mix.mix(hash ^ chunk) : hash;
  }
}
