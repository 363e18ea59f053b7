package dev.neostream.dedup.shingle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Characters of the text in lower case, without ASCII punctuation, white space as one space. */
final class Characters implements Units {

  private static final int DELETED = 0;
  private static final int SPACE = 1;
  private static final int KEPT = 2;

  private static final byte[] ASCII_KINDS = new byte[0x80];
  private static final long[] ASCII_HASHES = new long[0x80];

  static {
    for (int c = 0; c < ASCII_KINDS.length; c++) {
      int classified = CodePoints.of(c);
      boolean punctuation = c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
      boolean space = (classified & CodePoints.SPACE) != 0;
      ASCII_KINDS[c] = (byte) (punctuation ? DELETED : space ? SPACE : KEPT);
      ASCII_HASHES[c] = hash(space ? ' ' : CodePoints.lowerCase(classified));
    }
  }

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long HIGH_BITS = 0x8080808080808080L;

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
      boolean kept = c < 0x80 ? ASCII_KINDS[c] == KEPT : !isSpace(c);
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
      long bytes = (long) LONGS.get(text, i);
      int ascii = Math.min(Long.numberOfTrailingZeros(bytes & HIGH_BITS) >>> 3, length - i);
      if (ascii > 0) {
        // Without branches: where words end is what a processor cannot predict.
        for (int k = 0; k < ascii; k++) {
          int c = (int) bytes & 0x7f;
          bytes >>>= Byte.SIZE;
          int kind = ASCII_KINDS[c];
          hashes[size] = ASCII_HASHES[c];
          size += kind >> 1 | kind & ~spaced & SPACE;
          spaced = spaced & ~(kind | kind >> 1) | kind & SPACE;
        }
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
