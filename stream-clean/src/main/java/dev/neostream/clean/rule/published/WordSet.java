package dev.neostream.clean.rule.published;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A set of words, kept as 64-bit FNV-1a hashes over UTF-16 units. Lists that are better not printed
 * can so be shipped as hashes.
 */
final class WordSet {

  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private final long[] hashes;
  private final int[] index;

  private WordSet(long[] sorted) {
    hashes = sorted;
    index = new int[(1 << 16) + 1];
    for (long hash : sorted) {
      index[(int) (hash >>> 48) + 1]++;
    }
    for (int i = 1; i < index.length; i++) {
      index[i] += index[i - 1];
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

  private static long hash(char[] text, int from, int to) {
    long hash = OFFSET;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text[i]) * PRIME;
    }
    return hash;
  }

  int size() {
    return hashes.length;
  }

  /** Returns the number of a word in the set, or -1. */
  int find(char[] text, int from, int to) {
    long hash = hash(text, from, to);
    int bucket = (int) (hash >>> 48);
    for (int i = index[bucket]; i < index[bucket + 1]; i++) {
      if (hashes[i] == hash) {
        return i;
      }
    }
    return -1;
  }
}
