package dev.neostream.tokens.bpe;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Byte-pair encoding as its definition reads: whole texts, counts from scratch in every round,
 * rules asked of the joined text. Quadratic; what the package does must give the same.
 */
final class NaiveBpe {

  private NaiveBpe() {}

  /** Returns the ids of a text. */
  static int[] encode(Vocabulary vocabulary, String text) {
    var idOf = new HashMap<String, Integer>();
    for (int id : vocabulary.ids(Piece.Kind.LEARNED)) {
      idOf.put(vocabulary.piece(id), id);
    }
    var symbols = characters(text);
    while (true) {
      int best = -1;
      int bestId = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int id = idOf.getOrDefault(symbols.get(i) + symbols.get(i + 1), Integer.MAX_VALUE);
        if (id < bestId) {
          best = i;
          bestId = id;
        }
      }
      if (best < 0) {
        break;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
    var ids = new ArrayList<Integer>();
    for (String symbol : symbols) {
      if (idOf.containsKey(symbol)) {
        ids.add(idOf.get(symbol));
      } else {
        for (byte b : Utf8.bytes(symbol)) {
          ids.add(vocabulary.ofByte(b));
        }
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns the learned pieces: merges, then the alphabet. */
  static List<String> train(BpeConfig config, List<String> documents) {
    List<List<String>> texts = new ArrayList<>();
    for (String document : documents) {
      for (String text :
          config.whitespacePieces() ? new String[] {document} : document.split("\n")) {
        texts.add(characters(config.dummyPrefix() && !text.isEmpty() ? " " + text : text));
      }
    }
    var alphabet = alphabet(config, texts);
    var ages = new ArrayList<>(alphabet);
    var dropped = new HashSet<List<String>>();
    var merges = new ArrayList<String>();
    while (Vocabulary.FIRST_LEARNED + alphabet.size() + merges.size() < config.vocabSize()) {
      Map<List<String>, Long> counts = new HashMap<>();
      for (List<String> text : texts) {
        for (int i = 0; i + 1 < text.size(); i++) {
          var pair = List.of(text.get(i), text.get(i + 1));
          if (ages.containsAll(pair) && valid(config, pair.get(0) + pair.get(1))) {
            counts.merge(pair, 1L, Long::sum);
          }
        }
      }
      counts.keySet().removeAll(dropped);
      var best =
          counts.entrySet().stream()
              .min(
                  Comparator.<Map.Entry<List<String>, Long>>comparingLong(e -> -e.getValue())
                      .thenComparingInt(e -> characters(String.join("", e.getKey())).size())
                      .thenComparing(e -> order(String.join("", e.getKey())))
                      .thenComparingInt(e -> ages.indexOf(e.getKey().get(0))));
      if (best.isEmpty()) {
        break;
      }
      var pair = best.get().getKey();
      String piece = String.join("", pair);
      dropped.add(pair);
      if (ages.contains(piece)) {
        continue;
      }
      ages.add(piece);
      merges.add(piece);
      for (List<String> text : texts) {
        for (int i = 0; i + 1 < text.size(); i++) {
          if (text.get(i).equals(pair.get(0)) && text.get(i + 1).equals(pair.get(1))) {
            text.set(i, piece);
            text.remove(i + 1);
          }
        }
      }
    }
    merges.addAll(alphabet);
    return merges;
  }

  private static List<String> alphabet(BpeConfig config, List<List<String>> texts) {
    Map<String, Long> counts = new HashMap<>();
    texts.forEach(text -> text.forEach(c -> counts.merge(c, 1L, Long::sum)));
    long total = counts.values().stream().mapToLong(Long::longValue).sum();
    var alphabet = new ArrayList<String>();
    long covered = 0;
    for (String c :
        counts.keySet().stream()
            .sorted(
                Comparator.<String>comparingLong(c -> -counts.get(c))
                    .thenComparing(NaiveBpe::order))
            .toList()) {
      if ((float) covered / total >= (float) config.characterCoverage()) {
        break;
      }
      covered += counts.get(c);
      boolean excluded =
          c.equals("\0")
              || c.equals("\u2581")
              || !config.whitespacePieces() && (c.equals("\n") || c.equals("\t"));
      if (!excluded) {
        alphabet.add(c);
      }
    }
    return alphabet;
  }

  private static boolean valid(BpeConfig config, String piece) {
    int[] characters = piece.codePoints().toArray();
    String whitespace = config.whitespacePieces() ? " \n\t\r" : "";
    if (characters.length > config.maxPieceLength() || piece.equals("<s>")) {
      return false;
    }
    if (piece.codePoints().allMatch(c -> whitespace.indexOf(c) >= 0)) {
      return true;
    }
    var scripts = new HashSet<UnicodeScript>();
    for (int i = 0; i < characters.length; i++) {
      int c = characters[i];
      if (c == ' ' && i == 0) {
        continue;
      }
      boolean digit = c >= '0' && c <= '9' || c >= '０' && c <= '９';
      if (c == ' ' || whitespace.indexOf(c) >= 0 || digit && characters.length > 1) {
        return false;
      }
      UnicodeScript script = UnicodeScript.of(c);
      if (script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA || c == 0x30FC) {
        script = UnicodeScript.HAN;
      }
      if (script != UnicodeScript.INHERITED) {
        scripts.add(script);
      }
    }
    return scripts.size() <= 1;
  }

  private static String order(String text) {
    // Fixed-width digits sort as code points do.
    var order = new StringBuilder();
    text.codePoints().forEach(c -> order.append(String.format("%06x", c == ' ' ? 0x2581 : c)));
    return order.toString();
  }

  private static List<String> characters(String text) {
    var characters = new ArrayList<String>();
    text.codePoints().forEach(c -> characters.add(Character.toString(c)));
    return characters;
  }
}
