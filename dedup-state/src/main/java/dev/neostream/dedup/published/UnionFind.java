package dev.neostream.dedup.published;

import java.util.stream.IntStream;

/** Disjoint sets of numbers, each represented by its smallest. */
final class UnionFind {

  private final int[] parents;

  UnionFind(int size) {
    parents = IntStream.range(0, size).toArray();
  }

  /** Returns the smallest member of the set that a number is in. */
  int smallest(int number) {
    while (parents[number] != number) {
      parents[number] = parents[parents[number]]; // path halving
      number = parents[number];
    }
    return number;
  }

  void union(int a, int b) {
    int left = smallest(a);
    int right = smallest(b);
    parents[Math.max(left, right)] = Math.min(left, right);
  }
}
