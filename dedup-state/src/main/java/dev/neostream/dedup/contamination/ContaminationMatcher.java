package dev.neostream.dedup.contamination;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds benchmark items in documents, in one pass over a document's words: a hash of the last n
 * words rolls along, and where the index may know it the words themselves are compared. Not
 * thread-safe: one instance a thread.
 */
public final class ContaminationMatcher {

  /** Matches kept before they are judged. Only a document made of repeats has more. */
  private static final int MAX_MATCHES = 1 << 20;

  /** Bounds of the evidence of a hit, which a document that repeats an item for ever would fill. */
  static final int MAX_STRETCHES = 64;

  static final int MAX_STRETCH_WORDS = 1000;

  private final ContaminationIndex index;
  private final NormalisedWords words = new NormalisedWords();
  private final List<Hit> hits = new ArrayList<>();
  private final ContaminationIndex.Matches collector = this::add;

  /** The matches of each text, in document order: first match plus one by text, next by match. */
  private final int[] firstOf;

  private final int[] lastOf;
  private int[] next = new int[64];
  private int[] place = new int[64];
  private int[] position = new int[64];
  private int matches;
  private int[] touched = new int[16];
  private int touchedTexts;

  /** Which run last covered each word of a text, and found the n-gram that begins there. */
  private final int[] coveredBy;

  private final int[] foundBy;
  private int run;

  public ContaminationMatcher(ContaminationIndex index) {
    this.index = index;
    firstOf = new int[index.texts()];
    lastOf = new int[index.texts()];
    int longest = 0;
    for (int text = 0; text < index.texts(); text++) {
      longest = Math.max(longest, index.words(text));
    }
    coveredBy = new int[longest];
    foundBy = new int[longest];
  }

  /**
   * Returns what a text of well-formed UTF-8 repeats, in the order of the text, then of the names
   * of set, item and field. An item that is repeated in two places is two hits.
   */
  public List<Hit> match(byte[] utf8) {
    words.read(utf8);
    if (index.hasSpaced()) {
      match(false);
    }
    if (index.hasUnspaced()) {
      match(true);
    }
    if (hits.isEmpty()) {
      return List.of();
    }
    hits.sort(
        Comparator.comparingInt(Hit::from)
            .thenComparing(Hit::set)
            .thenComparing(Hit::item)
            .thenComparing(Hit::field)
            .thenComparing(Hit::to));
    List<Hit> found = List.copyOf(hits);
    hits.clear();
    return found;
  }

  private void match(boolean unspaced) {
    if (unspaced && words.unspaced == 0) {
      return;
    }
    int n = index.rule().ngram(unspaced);
    long leaving = ContaminationIndex.power(n);
    long rolling = 0;
    for (int i = 0; i < words.size; i++) {
      rolling = ContaminationIndex.roll(rolling, words, i, n, leaving);
      if (i >= n - 1 && index.mayHold(rolling)) {
        index.find(rolling, words, i - n + 1, unspaced, collector);
        if (matches >= MAX_MATCHES) {
          judge();
        }
      }
    }
    judge();
  }

  private void add(int text, int textPosition, int documentWord) {
    if (matches == next.length) {
      next = Arrays.copyOf(next, 2 * matches);
      place = Arrays.copyOf(place, 2 * matches);
      position = Arrays.copyOf(position, 2 * matches);
    }
    place[matches] = documentWord;
    position[matches] = textPosition;
    next[matches] = 0;
    if (firstOf[text] == 0) {
      if (touchedTexts == touched.length) {
        touched = Arrays.copyOf(touched, 2 * touchedTexts);
      }
      touched[touchedTexts++] = text;
      firstOf[text] = matches + 1;
    } else {
      next[lastOf[text] - 1] = matches + 1;
    }
    lastOf[text] = ++matches;
  }

  /** Turns the matches so far into hits. */
  private void judge() {
    for (int i = 0; i < touchedTexts; i++) {
      judge(touched[i]);
      firstOf[touched[i]] = 0;
    }
    touchedTexts = 0;
    matches = 0;
  }

  /**
   * Judges the matches of a text run by run. A run ends where the document goes on for more than
   * the words of two n-grams without one: what comes later was not copied together with it.
   */
  private void judge(int text) {
    int n = index.rule().ngram(index.text(text).unspaced());
    for (int first = firstOf[text]; first != 0; ) {
      int last = first;
      while (next[last - 1] != 0 && place[next[last - 1] - 1] <= place[last - 1] + 3 * n) {
        last = next[last - 1];
      }
      judge(text, first, last, n);
      first = next[last - 1];
    }
  }

  private void judge(int text, int first, int last, int n) {
    run++;
    int covered = 0;
    int ngrams = 0;
    for (int match = first; ; match = next[match - 1]) {
      int from = position[match - 1];
      if (foundBy[from] != run) {
        foundBy[from] = run;
        ngrams++;
        for (int word = from; word < from + n; word++) {
          if (coveredBy[word] != run) {
            coveredBy[word] = run;
            covered++;
          }
        }
      }
      if (match == last) {
        break;
      }
    }
    ContaminationIndex.Text named = index.text(text);
    int size = index.words(text);
    int needed = Math.min(index.rule().cover(named.unspaced()), size);
    if (covered < needed) {
      return;
    }
    hits.add(
        new Hit(
            named.set(),
            named.item(),
            named.field(),
            words.from[place[first - 1]],
            words.to[place[last - 1] + n - 1],
            ngrams,
            covered,
            needed,
            size,
            evidence(first, last, n)));
  }

  private List<String> evidence(int first, int last, int n) {
    var evidence = new ArrayList<String>();
    int from = place[first - 1];
    int to = from + n;
    for (int match = first; match != last && evidence.size() < MAX_STRETCHES; ) {
      match = next[match - 1];
      if (place[match - 1] > to) {
        evidence.add(stretch(from, to));
        from = place[match - 1];
      }
      to = place[match - 1] + n;
    }
    if (evidence.size() < MAX_STRETCHES) {
      evidence.add(stretch(from, to));
    }
    return List.copyOf(evidence);
  }

  private String stretch(int from, int to) {
    return words.text(from, Math.min(to, from + MAX_STRETCH_WORDS) - 1);
  }
}
