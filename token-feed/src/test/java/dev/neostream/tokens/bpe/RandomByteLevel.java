package dev.neostream.tokens.bpe;

import dev.neostream.tokens.bpe.ByteLevelVocabulary.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Byte-level vocabularies from a seed, and encoding as its definition reads: the expression itself
 * cuts words, and all pairs of a word are looked at before every merge.
 */
final class RandomByteLevel {

  private RandomByteLevel() {}

  /**
   * Returns a vocabulary of random merges of pieces that stand next to each other in a text. Ids
   * are in no order, some pieces come of two pairs, and some of none.
   */
  static ByteLevelVocabulary vocabulary(
      Random random, String text, int merges, List<AddedPiece> added, boolean ignoreMerges) {
    List<byte[]> pieces = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      pieces.add(new byte[] {(byte) b});
    }
    Collections.shuffle(pieces, random);
    Map<String, Integer> ids = new HashMap<>();
    pieces.forEach(piece -> ids.put(latin1(piece), ids.size()));
    List<String> symbols = new ArrayList<>();
    for (byte b : Utf8.bytes(text)) {
      symbols.add(latin1(new byte[] {b}));
    }
    List<Merge> rules = new ArrayList<>();
    while (rules.size() < merges) {
      int at = random.nextInt(symbols.size() - 1);
      String left = symbols.get(at);
      String right = symbols.get(at + 1);
      var rule = new Merge(ids.get(left), ids.get(right));
      if (left.length() + right.length() > 12 || rules.contains(rule)) {
        symbols.remove(at); // makes new neighbours
        continue;
      }
      rules.add(rule);
      if (ids.putIfAbsent(left + right, pieces.size()) == null) {
        pieces.add(bytes(left + right));
      }
      if (random.nextBoolean()) {
        symbols.set(at, left + symbols.remove(at + 1));
      }
    }
    for (int i = 0; i < 10; i++) {
      int at = random.nextInt(symbols.size() - 3);
      String unmade = String.join("", symbols.subList(at, at + 3));
      if (ids.putIfAbsent(unmade, pieces.size()) == null) {
        pieces.add(bytes(unmade));
      }
    }
    added.forEach(piece -> pieces.add(new byte[0]));
    return new ByteLevelVocabulary(pieces, added, rules, ignoreMerges);
  }

  /** Returns the ids of a text without added pieces. */
  static int[] encode(ByteLevelVocabulary vocabulary, WordPattern pattern, String text) {
    List<Integer> ids = new ArrayList<>();
    for (String word : words(pattern, text)) {
      ids.addAll(merge(vocabulary, Utf8.bytes(word)));
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns the words that the expression finds. */
  static List<String> words(WordPattern pattern, String text) {
    Matcher matcher =
        Pattern.compile(pattern.regex(), Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE)
            .matcher(text);
    List<String> words = new ArrayList<>();
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  private static List<Integer> merge(ByteLevelVocabulary vocabulary, byte[] word) {
    if (vocabulary.ignoreMerges()) {
      for (int id = 0; id < vocabulary.size(); id++) {
        if (Arrays.equals(vocabulary.learned(id), word)) {
          return List.of(id);
        }
      }
    }
    List<Integer> symbols = new ArrayList<>();
    for (byte b : word) {
      symbols.add(vocabulary.ofByte(b));
    }
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = vocabulary.merges().indexOf(new Merge(symbols.get(i), symbols.get(i + 1)));
        if (rank >= 0 && rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return symbols;
      }
      symbols.set(best, vocabulary.product(bestRank));
      symbols.remove(best + 1);
    }
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }
}
