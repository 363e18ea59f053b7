package dev.neostream.dedup.contamination;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The n-grams of evaluation sets. Immutable; the same for any order of the sets.
 *
 * <p>The normalised words of all texts lie in one array of bytes. An n-gram is known by its first
 * word's number alone: a hash table of such numbers (4 bytes, two slots in three taken), a filter
 * of 16 bits an n-gram in front of it, and the words themselves, which every candidate is compared
 * with.
 */
public final class ContaminationIndex implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final long BASE = 0xBF58476D1CE4E5B9L;
  private static final long SPREAD = 0x94D049BB133111EBL;
  private static final int FILTER_BITS = 16;

  /**
   * What was made of a set.
   *
   * @param items items
   * @param notCoverable items of which no text is long enough, or all n-grams are common
   * @param ngrams n-grams in the index
   * @param common distinct n-grams left out since too many items have them
   */
  public record Coverage(String set, int items, int notCoverable, int ngrams, int common)
      implements Serializable {}

  /** A text of an item: its words are those up to the next text's first. */
  record Text(String set, String item, String field, boolean unspaced) implements Serializable {}

  private final MatchRule rule;
  private final List<Coverage> coverage;
  private final Text[] texts;

  /** First word of each text, and the number of words. */
  private final int[] textStart;

  /** First byte of each word, and the number of bytes. */
  private final int[] wordStart;

  private final byte[] folded;

  /** Word numbers plus one; 0 is an empty slot. */
  private final int[] slots;

  private final long[] filter;
  private final boolean hasSpaced;
  private final boolean hasUnspaced;
  private final int ngrams;

  /** Returns the index of sets with distinct names, by the recommended rule. */
  public static ContaminationIndex of(List<BenchmarkSet> sets) {
    return of(sets, MatchRule.recommended());
  }

  /**
   * Returns the index of sets.
   *
   * @throws IllegalArgumentException if two sets have one name, or the sets hold too much text
   */
  public static ContaminationIndex of(List<BenchmarkSet> sets, MatchRule rule) {
    Set<String> names = new HashSet<>();
    for (BenchmarkSet set : sets) {
      if (!names.add(set.name())) {
        throw new IllegalArgumentException("sets must have distinct names: name=" + set.name());
      }
    }
    var builder = new Builder(rule);
    sets.stream().sorted(Comparator.comparing(BenchmarkSet::name)).forEach(builder::add);
    return new ContaminationIndex(builder);
  }

  private ContaminationIndex(Builder builder) {
    rule = builder.rule;
    coverage = List.copyOf(builder.coverage);
    texts = builder.texts.toArray(Text[]::new);
    textStart = Arrays.copyOf(builder.textStart, texts.length + 1);
    textStart[texts.length] = builder.words;
    wordStart = Arrays.copyOf(builder.wordStart, builder.words + 1);
    wordStart[builder.words] = builder.bytes;
    folded = Arrays.copyOf(builder.folded, builder.bytes);
    hasSpaced = !builder.texts.stream().allMatch(Text::unspaced);
    hasUnspaced = builder.texts.stream().anyMatch(Text::unspaced);
    ngrams = builder.ngrams;
    slots = new int[Math.toIntExact(ngrams + ngrams / 2L + 1)];
    filter = new long[Math.toIntExact((long) ngrams * FILTER_BITS / Long.SIZE + 1)];
    for (int i = 0; i < ngrams; i++) {
      long mixed = mixed(builder.hashes[i]);
      filter[filterWord(mixed)] |= 1L << mixed;
      int slot = slot(mixed);
      while (slots[slot] != 0) {
        slot = slot + 1 == slots.length ? 0 : slot + 1;
      }
      slots[slot] = builder.positions[i] + 1;
    }
  }

  /** Texts whose words are at hand, and which of their words begin an n-gram. */
  private static final class Builder {

    private static final int MAX = 1 << 30;

    private final MatchRule rule;
    private final NormalisedWords read = new NormalisedWords();
    private final List<Coverage> coverage = new ArrayList<>();
    private final List<Text> texts = new ArrayList<>();
    private int[] textStart = new int[16];
    private int[] wordStart = new int[1024];
    private byte[] folded = new byte[8192];
    private int words;
    private int bytes;
    private long[] hashes = new long[1024];
    private int[] positions = new int[1024];
    private int ngrams;

    Builder(MatchRule rule) {
      this.rule = rule;
    }

    void add(BenchmarkSet set) {
      Map<Long, Integer> common = common(set);
      common.values().removeIf(items -> items <= rule.commonItems());
      int before = ngrams;
      int notCoverable = 0;
      for (BenchmarkSet.Item item : set.items()) {
        boolean covered = false;
        for (BenchmarkSet.Field field : item.fields()) {
          covered |= add(set.name(), item.id(), field, common.keySet());
        }
        notCoverable += covered ? 0 : 1;
      }
      coverage.add(
          new Coverage(
              set.name(), set.items().size(), notCoverable, ngrams - before, common.size()));
    }

    /** Returns in how many items each n-gram occurs. */
    private Map<Long, Integer> common(BenchmarkSet set) {
      Map<Long, Integer> counts = new HashMap<>();
      for (BenchmarkSet.Item item : set.items()) {
        Set<Long> seen = new HashSet<>();
        for (BenchmarkSet.Field field : item.fields()) {
          for (long hash : ngrams(field)) {
            if (seen.add(hash)) {
              counts.merge(hash, 1, Integer::sum);
            }
          }
        }
      }
      return counts;
    }

    private boolean unspaced() {
      return 2 * read.unspaced > read.size;
    }

    /** Reads a text and returns the hashes of its n-grams, in order. */
    private long[] ngrams(BenchmarkSet.Field field) {
      read.read(field.text().getBytes(StandardCharsets.UTF_8));
      int n = rule.ngram(unspaced());
      var hashes = new long[Math.max(0, read.size - n + 1)];
      long leaving = power(n);
      long rolling = 0;
      for (int i = 0; i < read.size; i++) {
        rolling = roll(rolling, read, i, n, leaving);
        if (i >= n - 1) {
          hashes[i - n + 1] = rolling;
        }
      }
      return hashes;
    }

    /** Adds a text unless too little of it can be found; returns whether it was added. */
    private boolean add(String set, String item, BenchmarkSet.Field field, Set<Long> common) {
      long[] all = ngrams(field);
      boolean unspaced = unspaced();
      int n = rule.ngram(unspaced);
      Set<Long> seen = new HashSet<>();
      int[] first = new int[all.length];
      int count = 0;
      int coverable = 0;
      int end = 0;
      for (int i = 0; i < all.length; i++) {
        // A second place of an n-gram in its text says nothing new.
        if (seen.add(all[i]) && !common.contains(all[i])) {
          first[count++] = i;
          coverable += i + n - Math.max(i, end);
          end = i + n;
        }
      }
      if (count == 0 || coverable < Math.min(rule.cover(unspaced), read.size)) {
        return false;
      }
      grow(count);
      for (int i = 0; i < count; i++) {
        hashes[ngrams] = all[first[i]];
        positions[ngrams++] = words + first[i];
      }
      textStart[texts.size()] = words;
      texts.add(new Text(set, item, field.name(), unspaced));
      for (int i = 0; i < read.size; i++) {
        wordStart[words++] = bytes + read.start[i];
      }
      System.arraycopy(read.folded, 0, folded, bytes, read.start[read.size]);
      bytes += read.start[read.size];
      return true;
    }

    private void grow(int more) {
      long needed = (long) bytes + read.start[read.size];
      if (needed > MAX) {
        throw new IllegalArgumentException(
            "evaluation sets must hold at most " + MAX + " bytes of words: bytes=" + needed);
      }
      while (folded.length < needed) {
        folded = Arrays.copyOf(folded, 2 * folded.length);
      }
      while (wordStart.length <= words + read.size) {
        wordStart = Arrays.copyOf(wordStart, 2 * wordStart.length);
      }
      while (textStart.length <= texts.size() + 1) {
        textStart = Arrays.copyOf(textStart, 2 * textStart.length);
      }
      while (hashes.length < ngrams + more) {
        hashes = Arrays.copyOf(hashes, 2 * hashes.length);
        positions = Arrays.copyOf(positions, 2 * positions.length);
      }
    }
  }

  /** Returns BASE to the power of n: what the word that leaves an n-gram was multiplied by. */
  static long power(int n) {
    long power = 1;
    for (int i = 0; i < n; i++) {
      power *= BASE;
    }
    return power;
  }

  /** Returns the hash of the n words up to word i from that of the n words up to word i - 1. */
  static long roll(long rolling, NormalisedWords words, int i, int n, long leaving) {
    long next = rolling * BASE + words.hash[i];
    return i < n ? next : next - words.hash[i - n] * leaving;
  }

  private static long mixed(long hash) {
    return (hash ^ hash >>> 32) * SPREAD;
  }

  /** Bits 0 to 5 of a hash choose the bit, others the word. */
  private int filterWord(long mixed) {
    return (int) ((mixed >>> 32) * filter.length >>> 32);
  }

  private int slot(long mixed) {
    return (int) ((mixed >>> 8 & 0xFFFFFFFFL) * slots.length >>> 32);
  }

  /** Takes n-grams of the index that are found in a document. */
  interface Matches {
    void add(int text, int position, int documentWord);
  }

  /** Whether an n-gram may be here; nearly always false for one that is not. */
  boolean mayHold(long hash) {
    long mixed = mixed(hash);
    return (filter[filterWord(mixed)] >>> mixed & 1) != 0;
  }

  /** Finds the n-gram that begins at a word of a document, in texts of one kind, word for word. */
  void find(long hash, NormalisedWords words, int first, boolean unspaced, Matches matches) {
    int n = rule.ngram(unspaced);
    int from = words.start[first];
    int to = words.start[first + n];
    for (int slot = slot(mixed(hash));
        slots[slot] != 0;
        slot = slot + 1 == slots.length ? 0 : slot + 1) {
      int position = slots[slot] - 1;
      if (position + n < wordStart.length
          && Arrays.equals(
              folded, wordStart[position], wordStart[position + n], words.folded, from, to)) {
        int text = textOf(position);
        if (texts[text].unspaced == unspaced && position + n <= textStart[text + 1]) {
          matches.add(text, position - textStart[text], first);
        }
      }
    }
  }

  private int textOf(int position) {
    int at = Arrays.binarySearch(textStart, 0, texts.length, position);
    return at >= 0 ? at : -at - 2;
  }

  MatchRule rule() {
    return rule;
  }

  boolean hasUnspaced() {
    return hasUnspaced;
  }

  boolean hasSpaced() {
    return hasSpaced;
  }

  int texts() {
    return texts.length;
  }

  Text text(int number) {
    return texts[number];
  }

  int words(int text) {
    return textStart[text + 1] - textStart[text];
  }

  /** Returns what was made of each set, by name. */
  public List<Coverage> coverage() {
    return coverage;
  }

  /** Returns the n-grams in the index. */
  public int ngrams() {
    return ngrams;
  }

  /** Returns the bytes that the index takes, without the names of items. */
  public long bytes() {
    return 4L * (slots.length + wordStart.length + textStart.length + texts.length)
        + 8L * filter.length
        + folded.length;
  }

  /** Returns how texts are normalised and matched: results of two versions are not comparable. */
  public String version() {
    return "contamination-"
        + NormalisedWords.VERSION
        + "/words-"
        + rule.words()
        + "-"
        + rule.coverWords()
        + "/characters-"
        + rule.characters()
        + "-"
        + rule.coverCharacters()
        + "/common-"
        + rule.commonItems();
  }
}
