package dev.neostream.clean.rule.published;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A set of words, kept as 64-bit hashes over UTF-16 units: 14 bits of length, first and last unit,
 * then the upper 50 bits of FNV-1a. Lists that are better not printed can so be shipped as hashes.
 */
final class WordSet {

  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private static final int KEY_BITS = 14;

  private final long[] hashes;

  /** Buckets that hold a word, and where each starts: most words need no hash to be ruled out. */
  private final long[] used = new long[(1 << KEY_BITS) / 64];

  private final int[] starts = new int[(1 << KEY_BITS) + 1];

  private WordSet(long[] sorted) {
    hashes = sorted;
    for (long hash : sorted) {
      int key = (int) (hash >>> 64 - KEY_BITS);
      used[key >>> 6] |= 1L << key;
      starts[key + 1]++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
  }

  /** Reads a resource of words parted by white space. */
  static WordSet ofWords(String resource) {
    return new WordSet(
        sorted(
            Arrays.stream(read(resource))
                .mapToLong(word -> hash(word.toCharArray(), 0, word.length()))
                .toArray()));
  }

  /** Reads a resource of hashes of sixteen hexadecimal digits. */
  static WordSet ofHashes(String resource) {
    return new WordSet(
        sorted(
            Arrays.stream(read(resource))
                .mapToLong(hash -> Long.parseUnsignedLong(hash, 16))
                .toArray()));
  }

  private static long[] sorted(long[] hashes) {
    return Arrays.stream(hashes)
        .boxed()
        .sorted(Long::compareUnsigned)
        .mapToLong(Long::longValue)
        .toArray();
  }

  private static String[] read(String resource) {
    try (InputStream in = WordSet.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip().split("\\s+");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the upper bits of the hash: of the length, the first and the last unit. */
  private static int key(char[] text, int from, int to) {
    int key = (to - from) * 0x2f1 ^ text[from] * 0x83 ^ text[to - 1] * 0x1c25;
    return key & (1 << KEY_BITS) - 1;
  }

  private static long hash(char[] text, int from, int to) {
    long hash = OFFSET;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text[i]) * PRIME;
    }
    return (long) key(text, from, to) << 64 - KEY_BITS | hash >>> KEY_BITS;
  }

  int size() {
    return hashes.length;
  }

  /** Returns the number of a word in the set, or -1. */
  int find(char[] text, int from, int to) {
    int key = key(text, from, to);
    if ((used[key >>> 6] & 1L << key) == 0) {
      return -1;
    }
    long hash = hash(text, from, to);
    for (int i = starts[key]; i < starts[key + 1]; i++) {
      if (hashes[i] == hash) {
        return i;
      }
    }
    return -1;
  }
}
