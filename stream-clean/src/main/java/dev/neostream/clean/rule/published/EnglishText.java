package dev.neostream.clean.rule.published;

import static dev.neostream.clean.segment.CharacterClass.ALPHANUMERIC;
import static dev.neostream.clean.segment.CharacterClass.COMPOSED;
import static dev.neostream.clean.segment.CharacterClass.LETTER;
import static dev.neostream.clean.segment.CharacterClass.LINE_BREAK;
import static dev.neostream.clean.segment.CharacterClass.LOWER;
import static dev.neostream.clean.segment.CharacterClass.SPACE;
import static dev.neostream.clean.segment.CharacterClass.UPPER;
import static dev.neostream.clean.segment.CharacterClass.WORD;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.segment.CharacterClass;
import java.text.Normalizer;
import java.util.Arrays;

/**
 * Statistics the English rules share: counts of one scan at once, words and n-grams when first
 * asked for. One instance a thread, kept until that thread asks for another text.
 */
final class EnglishText {

  private static final ThreadLocal<EnglishText> OF_THREAD =
      ThreadLocal.withInitial(EnglishText::new);

  private static final String BULLETS = "•●○■□▪▫※·➢‣▶◀◦–";

  /** Length in code points, like every count of characters here. */
  int characters;

  int lines;
  int bulletLines;
  int hashes;
  int hashRuns;
  int ellipsisMarks;
  int ellipsisRuns;
  int tripleDots;
  int curlyBrackets;
  int punctuation;
  int terminators;

  /** Characters after trimming and deleting blanks, line feeds and tabs. */
  int solidCharacters;

  /** Characters that are {@code \w} or {@code \s}. */
  int wordOrSpaceCharacters;

  int spacedWords;
  int wordsWithoutLetter;
  int upperCaseWords;
  int distinctWords;
  double wordEntropy;

  private int dots; // in the current run
  private int marks;
  private int surrogatePairs;

  private String text;
  private char[] units = new char[0];
  private int length;
  private boolean normal;

  private char[] normalized;
  private final NltkWords words = new NltkWords();
  private final NltkWords normalWords = new NltkWords();
  private boolean wordsKnown;
  private boolean normalWordsKnown;
  private final CharacterNgrams ngrams = new CharacterNgrams();
  private boolean ngramsLoaded;

  private long[] vocabulary = new long[1024];
  private int[] occurrences = new int[1024];
  private int slots;

  /** Returns the statistics of a page, valid until this thread asks for those of another text. */
  static EnglishText of(Page page) {
    EnglishText statistics = OF_THREAD.get();
    String text = page.text();
    if (statistics.text != text) {
      statistics.load(text);
    }
    return statistics;
  }

  private void load(String text) {
    this.text = text;
    length = text.length();
    if (units.length < length) {
      units = new char[2 * length];
    }
    text.getChars(0, length, units, 0);
    wordsKnown = false;
    normalWordsKnown = false;
    ngramsLoaded = false;
    normalized = null;
    scan();
  }

  /** One pass over the text, by runs of white space and words between them. */
  private void scan() {
    clear();
    int blanks = 0;
    int all = 0;
    boolean lineStart = true;
    for (int i = 0; i < length; ) {
      char c = units[i];
      int classes = CharacterClass.of(c);
      if (lineStart) {
        lines++;
        bulletLines += c >= 0x80 && BULLETS.indexOf(c) >= 0 ? 1 : 0;
        lineStart = false;
      }
      if ((classes & SPACE) != 0) {
        blanks += c == ' ' || c == '\n' || c == '\t' ? 1 : 0;
        i++;
        lineStart = (classes & LINE_BREAK) != 0 && (c != '\r' || i == length || units[i] != '\n');
        continue;
      }
      long hash = 0;
      int any = 0;
      int every = LETTER;
      int from = i;
      do {
        any |= classes;
        every &= classes;
        hash = (hash + c) * 0x9E3779B97F4A7C15L;
        if ((classes & ALPHANUMERIC) == 0) {
          mark(i, c);
        }
        if (++i == length) {
          break;
        }
        c = units[i];
        classes = CharacterClass.of(c);
      } while ((classes & SPACE) == 0);
      all |= any;
      if ((any & COMPOSED) != 0) {
        any |= otherLetters(from, i);
      }
      spacedWords++;
      wordsWithoutLetter += (any & LETTER) == 0 ? 1 : 0;
      upperCaseWords += every != 0 && (any & (UPPER | LOWER)) == UPPER ? 1 : 0;
      count(hash ^ hash >>> 29);
    }
    characters -= surrogatePairs;
    wordOrSpaceCharacters = characters - marks;
    solidCharacters = characters - blanks - otherSpaceAtEnds();
    normal = (all & COMPOSED) == 0;
    wordEntropy = entropy();
  }

  private void clear() {
    characters = length;
    lines = 0;
    bulletLines = 0;
    hashes = 0;
    hashRuns = 0;
    ellipsisMarks = 0;
    ellipsisRuns = 0;
    tripleDots = 0;
    curlyBrackets = 0;
    punctuation = 0;
    terminators = 0;
    marks = 0;
    surrogatePairs = 0;
    spacedWords = 0;
    wordsWithoutLetter = 0;
    upperCaseWords = 0;
    distinctWords = 0;
    slots = 1024;
    Arrays.fill(vocabulary, 0, slots, 0);
    Arrays.fill(occurrences, 0, slots, 0);
  }

  /** Counts a character that is neither a letter or number nor white space. */
  private void mark(int i, char c) {
    char before = i == 0 ? 0 : units[i - 1];
    marks += c == '_' ? 0 : 1;
    punctuation += c > ' ' && c < 0x7F ? 1 : 0;
    switch (c) {
      case '.' -> {
        dots = before == '.' ? dots + 1 : 1;
        terminators++;
        ellipsisRuns += dots == 2 ? 1 : 0;
        tripleDots += dots % 3 == 0 ? 1 : 0;
      }
      case '!', '?' -> terminators++;
      case '{', '}' -> curlyBrackets++;
      case '#' -> {
        hashes++;
        hashRuns += before == '#' ? 0 : 1;
      }
      case '…' -> {
        ellipsisMarks++;
        ellipsisRuns += before == '…' ? 0 : 1;
      }
      default -> {
        if (Character.isLowSurrogate(c) && Character.isHighSurrogate(before)) {
          surrogatePairs++;
          marks -= CharacterClass.isWord(Character.toCodePoint(before, c)) ? 2 : 1;
        }
      }
    }
  }

  private double entropy() {
    double repeated = 0;
    for (int i = 0; i < slots; i++) {
      repeated += occurrences[i] > 1 ? occurrences[i] * Math.log(occurrences[i]) : 0;
    }
    return spacedWords == 0 ? 0 : Math.log(spacedWords) - repeated / spacedWords;
  }

  private int otherSpaceAtEnds() {
    int from = 0;
    int others = 0;
    for (; from < length && CharacterClass.is(SPACE, units[from]); from++) {
      others += " \n\t".indexOf(units[from]) < 0 ? 1 : 0;
    }
    for (int i = length - 1; i > from && CharacterClass.is(SPACE, units[i]); i--) {
      others += " \n\t".indexOf(units[i]) < 0 ? 1 : 0;
    }
    return others;
  }

  /** Whether a unit is half of a {@code \w} beyond the basic plane. */
  private boolean isOtherWord(int i) {
    if (i == length || !Character.isSurrogate(units[i])) {
      return false;
    }
    int first = Character.isLowSurrogate(units[i]) && i > 0 ? i - 1 : i;
    return CharacterClass.isWord(Character.codePointAt(units, first, length));
  }

  /** Returns {@link CharacterClass#LETTER} if a word holds a letter beyond the basic plane. */
  private int otherLetters(int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.isHighSurrogate(units[i])
          && CharacterClass.isLetter(Character.codePointAt(units, i, to))) {
        return LETTER;
      }
    }
    return 0;
  }

  /** Counts a word, which stands for itself by its hash. */
  private void count(long hash) {
    hash = hash == 0 ? 1 : hash;
    int slot = slot(hash);
    occurrences[slot]++;
    if (vocabulary[slot] == 0) {
      vocabulary[slot] = hash;
      if (++distinctWords * 2 > slots) {
        grow();
      }
    }
  }

  private int slot(long hash) {
    int slot = (int) (hash ^ hash >>> 32) & slots - 1;
    while (vocabulary[slot] != hash && vocabulary[slot] != 0) {
      slot = slot + 1 & slots - 1;
    }
    return slot;
  }

  private void grow() {
    long[] words = Arrays.copyOf(vocabulary, slots);
    int[] counts = Arrays.copyOf(occurrences, slots);
    slots *= 2;
    if (vocabulary.length < slots) {
      vocabulary = new long[slots];
      occurrences = new int[slots];
    } else {
      Arrays.fill(vocabulary, 0, slots, 0);
      Arrays.fill(occurrences, 0, slots, 0);
    }
    for (int i = 0; i < words.length; i++) {
      if (words[i] != 0) {
        int slot = slot(words[i]);
        vocabulary[slot] = words[i];
        occurrences[slot] = counts[i];
      }
    }
  }

  /** Returns the NLTK words of the text. */
  NltkWords words() {
    if (!wordsKnown) {
      words.of(units, length);
      wordsKnown = true;
    }
    return words;
  }

  /** Returns the NLTK words of the text under NFKC. */
  NltkWords normalWords() {
    if (normalized() == units) {
      return words();
    }
    if (!normalWordsKnown) {
      normalWords.of(normalized, normalized.length);
      normalWordsKnown = true;
    }
    return normalWords;
  }

  private char[] normalized() {
    if (normalized == null) {
      normalized = units;
      if (!normal) {
        String nfkc = Normalizer.normalize(text, Normalizer.Form.NFKC);
        normalized = nfkc.equals(text) ? units : nfkc.toCharArray();
      }
    }
    return normalized;
  }

  private int normalLength() {
    return normalized() == units ? length : normalized.length;
  }

  CharacterNgrams ngrams() {
    if (!ngramsLoaded) {
      ngrams.load(units, length);
      ngramsLoaded = true;
    }
    return ngrams;
  }

  /** Occurrences of "lorem ipsum", in any case, over the characters of the NFKC text. */
  double loremIpsum() {
    char[] nfkc = normalized();
    int end = normalLength();
    String phrase = "lorem ipsum";
    int found = 0;
    for (int i = 0; i < end; i++) {
      if ((nfkc[i] | 0x20) == 'l') {
        int k = 1;
        while (k < phrase.length()
            && i + k < end
            && Character.toLowerCase(nfkc[i + k]) == phrase.charAt(k)) {
          k++;
        }
        found += k == phrase.length() ? 1 : 0;
      }
    }
    return found == 0 ? 0 : (double) found / Character.codePointCount(nfkc, 0, end);
  }

  /**
   * Matches of {@code \b[^.!?]+[.!?]*} in the NFKC text: from a word boundary to the next full
   * stop, exclamation or question mark, and the marks after it.
   */
  int c4Sentences() {
    char[] nfkc = normalized();
    int end = normalLength();
    int found = 0;
    int i = 0;
    while (i < end) {
      boolean boundary =
          CharacterClass.is(WORD, nfkc[i]) != (i > 0 && CharacterClass.is(WORD, nfkc[i - 1]));
      if (!boundary || isTerminator(nfkc[i])) {
        i++;
        continue;
      }
      found++;
      while (i < end && !isTerminator(nfkc[i])) {
        i++;
      }
      while (i < end && isTerminator(nfkc[i])) {
        i++;
      }
    }
    return found;
  }

  /** A number that {@link #c4Sentences} does not exceed: all but the last end in a mark. */
  int c4SentencesBound() {
    return normalized() == units ? terminators + 1 : Integer.MAX_VALUE;
  }

  private static boolean isTerminator(char c) {
    return c == '.' || c == '!' || c == '?';
  }

  /**
   * Counts distinct stop words, until there are enough: punctuation but apostrophe and backslash is
   * deleted (so words parted by a dash alone are glued), then words are parted at white space.
   */
  int stopWords(int enough) {
    var seen = new boolean[GopherGroup.STOP_WORDS.size()];
    char[] word = new char[24];
    int size = 0;
    int found = 0;
    for (int i = 0; i <= length && found < enough; i++) {
      char c = i < length ? units[i] : ' ';
      int classes = CharacterClass.of(c);
      if ((classes & SPACE) != 0) {
        int number =
            size == 0 || size > word.length ? -1 : GopherGroup.STOP_WORDS.find(word, 0, size);
        if (number >= 0 && !seen[number]) {
          seen[number] = true;
          found++;
        }
        size = 0;
      } else if ((classes & WORD) != 0 || c == '\'' || c == '\\' || isOtherWord(i)) {
        if (size < word.length) {
          word[size] = Character.toLowerCase(c);
        }
        size = Math.min(size + 1, word.length + 1);
      }
    }
    return found;
  }
}
