package dev.neostream.clean.text;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Word statistics of a text whose words are divided by white space, punctuation attached, as the
 * English rule families define them.
 *
 * @param count all words
 * @param characters characters of all words
 * @param alphabetic words with at least one letter
 * @param upperCase words of at least two letters, all upper-case
 * @param symbols occurrences of {@code #} and of an ellipsis (U+2026 or a run of at least two dots)
 * @param distinct different words, case-sensitive
 * @param requiredStopWords how many different ones of {@link #STOP_WORDS} occur
 * @param entropy Shannon entropy of the distribution of words, nats
 * @param units the words as hash and length, for n-grams
 */
public record Words(
    int count,
    int characters,
    int alphabetic,
    int upperCase,
    int symbols,
    int distinct,
    int requiredStopWords,
    double entropy,
    Units units) {

  /** The words of which an English text holds at least two (Rae et al. 2021, appendix A1.1). */
  static final Set<String> STOP_WORDS =
      Set.of("the", "be", "to", "of", "and", "that", "have", "with");

  public static Words of(String text) {
    var units = new Units.Builder();
    var occurrences = new Counts(256);
    Set<String> found = new HashSet<>();
    int alphabetic = 0;
    int upperCase = 0;
    int symbols = 0;
    int i = 0;
    while (i < text.length()) {
      int start = i;
      long hash = 0;
      int length = 0;
      int letters = 0;
      int upper = 0;
      int dots = 0;
      int c = 0;
      while (i < text.length() && !Characters.isSpace(c = text.codePointAt(i))) {
        i += Character.charCount(c);
        hash = Hash.extend(hash, c);
        length++;
        letters += Character.isLetter(c) ? 1 : 0;
        upper += Character.isUpperCase(c) ? 1 : 0;
        dots = c == '.' ? dots + 1 : 0;
        symbols += c == '#' || c == '\u2026' || dots == 2 ? 1 : 0;
      }
      if (length == 0) {
        i += Character.charCount(c);
        continue;
      }
      units.add(hash, length);
      occurrences.add(hash);
      alphabetic += letters > 0 ? 1 : 0;
      upperCase += length >= 2 && upper == length ? 1 : 0;
      if (letters >= 2 && letters <= 4) {
        String word = lettersOf(text, start, i);
        if (STOP_WORDS.contains(word)) {
          found.add(word);
        }
      }
    }
    Units all = units.build();
    return new Words(
        all.count(),
        Arrays.stream(all.lengths()).sum(),
        alphabetic,
        upperCase,
        symbols,
        occurrences.distinct(),
        found.size(),
        occurrences.entropy(),
        all);
  }

  /** Returns the word without punctuation around it, lower-case. */
  private static String lettersOf(String text, int start, int end) {
    int from = start;
    int to = end;
    while (from < to && !Character.isLetter(text.charAt(from))) {
      from++;
    }
    while (to > from && !Character.isLetter(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to).toLowerCase(Locale.ROOT);
  }
}
