package dev.neostream.clean.segment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Words with their counts as a trie: nodes are numbers, edges one open-addressed table of longs
 * (node, unit, child), so that a step costs one memory access. Immutable, shared by threads.
 */
final class WordDictionary {

  /** jieba's dictionary, from the jar of its Java port, which lacks one of its words. */
  static final WordDictionary JIEBA = read("/dict.txt", "吉林 89 ns");

  private static final int NODE_BITS = 20;
  private static final int NODE_MASK = (1 << NODE_BITS) - 1;

  private final int[] roots = new int[1 << 16];
  private long[] edges = new long[1 << 20];
  private int nodes = 1;
  private double[] scores = new double[1 << 19];
  private double unknown;

  private WordDictionary() {}

  private static WordDictionary read(String resource, String missing) {
    WordDictionary dictionary = new WordDictionary();
    double total = 0;
    try (InputStream in = WordDictionary.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "the class path must hold jieba's " + resource + " (com.huaban:jieba-analysis)");
      }
      var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      String line;
      while ((line = lines.readLine()) != null) {
        total += dictionary.add(line);
      }
      total += dictionary.add(missing);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    dictionary.unknown = -Math.log(total);
    for (int node = 1; node < dictionary.nodes; node++) {
      double count = dictionary.scores[node];
      dictionary.scores[node] = count == 0 ? 0 : Math.log(count) - Math.log(total);
    }
    return dictionary;
  }

  private long add(String line) {
    int space = line.indexOf(' ');
    int end = line.indexOf(' ', space + 1);
    long count = Long.parseLong(line.substring(space + 1, end < 0 ? line.length() : end).strip());
    int node = 0;
    for (int i = 0; i < space; i++) {
      node = grow(node, line.charAt(i));
    }
    scores[node] = count;
    return count;
  }

  private int grow(int node, char c) {
    int child = node == 0 ? roots[c] : child(node, c);
    if (child == 0) {
      child = nodes++;
      if (child > NODE_MASK) {
        throw new IllegalStateException("a dictionary must have < 2^20 prefixes");
      }
      if (child == scores.length) {
        scores = Arrays.copyOf(scores, 2 * child);
      }
      if (node == 0) {
        roots[c] = child;
      } else {
        insert((long) node << 36 | (long) c << NODE_BITS | child);
      }
    }
    return child;
  }

  private void insert(long edge) {
    int slot = slot(edge >>> NODE_BITS);
    while (edges[slot] != 0) {
      slot = slot + 1 & edges.length - 1;
    }
    edges[slot] = edge;
  }

  private int slot(long key) {
    return (int) (key * 0x9E3779B97F4A7C15L >>> 44);
  }

  /** Returns the node of a one-unit prefix, or 0. */
  int root(char c) {
    return roots[c];
  }

  /** Returns the node one unit below a node, or 0. */
  int child(int node, char c) {
    long key = (long) node << 16 | c;
    int slot = slot(key);
    while (true) {
      long edge = edges[slot];
      if (edge == 0) {
        return 0;
      }
      if (edge >>> NODE_BITS == key) {
        return (int) edge & NODE_MASK;
      }
      slot = slot + 1 & edges.length - 1;
    }
  }

  /** Returns the logarithm of the probability of a node's word, or 0 for a prefix that is none. */
  double score(int node) {
    return scores[node];
  }

  /** Returns the score of a unit that is no word. */
  double unknown() {
    return unknown;
  }
}
