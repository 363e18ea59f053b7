package dev.neostream.clean.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** 64-bit hashes of words and lines: multiply and fold, 8 bytes at a time. */
final class Hash {

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Hash() {}

  /** Returns the hash of a sequence extended by one element; start with 0. */
  static long extend(long hash, long element) {
    return (hash + element + 1) * MULTIPLIER ^ hash >>> 29;
  }

  /** Returns the hash of the bytes from one offset to another. */
  static long of(byte[] bytes, int from, int to) {
    long hash = (to - from) * MULTIPLIER;
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      hash = fold(hash ^ (long) LONGS.get(bytes, i));
    }
    if (i < to) {
      hash = fold(hash ^ rest(bytes, i, to));
    }
    return hash;
  }

  /** Returns the fewer than 8 bytes from one offset to another as a number. */
  private static long rest(byte[] bytes, int from, int to) {
    if (to >= Long.BYTES) {
      return (long) LONGS.get(bytes, to - Long.BYTES) >>> (Long.BYTES - (to - from)) * 8;
    }
    long rest = 0;
    for (int i = to - 1; i >= from; i--) {
      rest = rest << 8 | bytes[i] & 0xff;
    }
    return rest;
  }

  private static long fold(long hash) {
    long product = hash * MULTIPLIER;
    return product ^ product >>> 32;
  }

  /** Returns a bijective scrambling of a key, good in its low bits. */
  static long mix(long key) {
    long h = (key ^ key >>> 32) * 0xff51afd7ed558ccdL;
    return h ^ h >>> 32;
  }
}
