package dev.neostream.clean.rule.published;

import static dev.neostream.clean.segment.CharacterClass.COMPOSED;
import static dev.neostream.clean.segment.CharacterClass.LINE_BREAK;
import static dev.neostream.clean.segment.CharacterClass.SPACE;
import static dev.neostream.clean.segment.CharacterClass.WORD;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.segment.CharacterClass;
import dev.neostream.clean.segment.ChineseSegmenter;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;

/**
 * Statistics the Chinese rules share, most of the NFKC text. One instance a thread, kept until that
 * thread asks for another text.
 */
final class ChineseText {

  private static final ThreadLocal<ChineseText> OF_THREAD =
      ThreadLocal.withInitial(ChineseText::new);

  private static final String BULLETS = "•●○■□▪▫※·➢‣▶◀◦–";

  /** Code points of the text as it is. */
  int rawCharacters;

  int hashRuns;
  int ellipsisRuns;

  /** Code points of the NFKC text. */
  int characters;

  /** Those that are {@code \w} or {@code \s}. */
  int wordOrSpaceCharacters;

  int digits;
  int punctuation;
  int lines;
  int bulletLines;
  int readMoreLines;
  int distinctCharacters;

  private String text;
  private char[] raw = new char[0];
  private int rawLength;
  private char[] units;
  private int length;

  /** NFKC text without punctuation, and how many of its code points are not white space. */
  private char[] cleaned = new char[0];

  private int cleanedLength;
  private int cleanedCharacters;

  private final int[] counts = new int[1 << 16];
  private char[] seen = new char[1024];
  private int seenCount;
  private final Map<Integer, Integer> otherCounts = new HashMap<>();

  private final ChineseSegmenter segmenter = new ChineseSegmenter();
  private final CharacterNgrams ngrams = new CharacterNgrams();
  private boolean ngramsLoaded;

  /** Returns the statistics of a page, valid until this thread asks for those of another text. */
  static ChineseText of(Page page) {
    ChineseText statistics = OF_THREAD.get();
    String text = page.text();
    if (statistics.text != text) {
      statistics.load(text);
    }
    return statistics;
  }

  private void load(String text) {
    this.text = text;
    rawLength = text.length();
    if (raw.length < rawLength) {
      raw = new char[2 * rawLength];
    }
    text.getChars(0, rawLength, raw, 0);
    ngramsLoaded = false;
    units = raw;
    length = rawLength;
    if (scanRaw()) {
      String nfkc = Normalizer.normalize(text, Normalizer.Form.NFKC);
      units = nfkc.toCharArray();
      length = units.length;
    }
    scan();
    scanLines();
  }

  /** Returns whether NFKC may change the text. */
  private boolean scanRaw() {
    hashRuns = 0;
    ellipsisRuns = 0;
    int pairs = 0;
    int all = 0;
    char before = 0;
    for (int i = 0; i < rawLength; i++) {
      char c = raw[i];
      all |= CharacterClass.of(c);
      if (c == '#') {
        hashRuns += before == '#' ? 0 : 1;
      } else if (c == '…') {
        ellipsisRuns += before == '…' ? 0 : 1;
      } else if (c == '.' && before == '.') {
        ellipsisRuns += i > 1 && raw[i - 2] == '.' ? 0 : 1;
      } else if (Character.isLowSurrogate(c) && Character.isHighSurrogate(before)) {
        pairs++;
      }
      before = c;
    }
    rawCharacters = rawLength - pairs;
    return (all & COMPOSED) != 0;
  }

  private void scan() {
    for (int i = 0; i < seenCount; i++) {
      counts[seen[i]] = 0;
    }
    seenCount = 0;
    otherCounts.clear();
    if (cleaned.length < length) {
      cleaned = new char[2 * length];
    }
    cleanedLength = 0;
    wordOrSpaceCharacters = 0;
    digits = 0;
    punctuation = 0;
    characters = 0;
    int spaces = 0;
    for (int i = 0; i < length; i++) {
      char c = units[i];
      characters++;
      if (Character.isHighSurrogate(c)
          && i + 1 < length
          && Character.isLowSurrogate(units[i + 1])) {
        other(Character.toCodePoint(c, units[++i]));
        continue;
      }
      if (counts[c]++ == 0) {
        if (seenCount == seen.length) {
          seen = java.util.Arrays.copyOf(seen, 2 * seenCount);
        }
        seen[seenCount++] = c;
      }
      int classes = CharacterClass.of(c);
      if ((classes & (WORD | SPACE)) != 0) {
        cleaned[cleanedLength++] = c;
        wordOrSpaceCharacters++;
        spaces += (classes & SPACE) != 0 ? 1 : 0;
      }
    }
    for (int i = 0; i < seenCount; i++) {
      char c = seen[i];
      boolean mark = c > ' ' && c < 0x7F && (c == '_' || !CharacterClass.is(WORD, c));
      punctuation += mark || c == '…' ? counts[c] : 0;
      digits += CharacterClass.isDigit(c) ? counts[c] : 0;
    }
    distinctCharacters = seenCount + otherCounts.size();
    cleanedCharacters = wordOrSpaceCharacters - spaces;
  }

  private void other(int codePoint) {
    otherCounts.merge(codePoint, 1, Integer::sum);
    if (CharacterClass.isWord(codePoint)) {
      cleanedLength += Character.toChars(codePoint, cleaned, cleanedLength);
      wordOrSpaceCharacters++;
      digits += CharacterClass.isDigit(codePoint) ? 1 : 0;
    }
  }

  private void scanLines() {
    lines = 0;
    bulletLines = 0;
    readMoreLines = 0;
    for (int i = 0; i < length; i++) {
      int start = i;
      while (i < length && !CharacterClass.is(LINE_BREAK, units[i])) {
        i++;
      }
      lines++;
      bulletLines += i > start && BULLETS.indexOf(units[start]) >= 0 ? 1 : 0;
      readMoreLines +=
          endsIn("展开", start, i) || endsIn("更多", start, i) || endsIn("readmore", start, i) ? 1 : 0;
      if (i + 1 < length && units[i] == '\r' && units[i + 1] == '\n') {
        i++;
      }
    }
  }

  private boolean endsIn(String end, int from, int to) {
    if (to - from < end.length()) {
      return false;
    }
    for (int k = end.length() - 1; k >= 0; k--) {
      if (units[to - end.length() + k] != end.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the entropy of characters, natural logarithm. */
  double entropy() {
    double sum = 0;
    for (int i = 0; i < seenCount; i++) {
      int count = counts[seen[i]];
      sum += count > 1 ? count * Math.log(count) : 0;
    }
    for (int count : otherCounts.values()) {
      sum += count * Math.log(count);
    }
    return characters == 0 ? 0 : Math.log(characters) - sum / characters;
  }

  /** Returns the number of words the text would have were each character a word. */
  int cleanedCharacters() {
    return cleanedCharacters;
  }

  /**
   * Counts jieba's words of the text without punctuation, white space not counted, and stops when
   * it is clear that there are at least {@code min} and at most {@code max}.
   */
  int words(double min, double max) {
    int count = 0;
    int left = cleanedCharacters;
    for (int i = 0; i < cleanedLength; ) {
      int from = i;
      while (i < cleanedLength && ChineseSegmenter.inBlock(cleaned[i])) {
        i++;
      }
      if (i > from) {
        count += segmenter.segment(cleaned, from, i);
        left -= i - from;
      } else {
        boolean pair = Character.isHighSurrogate(cleaned[i]) && i + 1 < cleanedLength;
        if (!CharacterClass.is(SPACE, cleaned[i])) {
          count++;
          left--;
        }
        i += pair ? 2 : 1;
      }
      if (count >= min && count + left <= max) {
        return count;
      }
    }
    return count;
  }

  CharacterNgrams ngrams() {
    if (!ngramsLoaded) {
      ngrams.load(raw, rawLength);
      ngramsLoaded = true;
    }
    return ngrams;
  }

  /**
   * Returns the pieces between runs of {@code .!…?;"} that are not blank, counting up to a limit.
   */
  int sentences(int enough) {
    int count = 0;
    boolean blank = true;
    for (int i = 0; i < rawLength && count < enough; i++) {
      char c = raw[i];
      if (c == '.' || c == '!' || c == '…' || c == '?' || c == ';' || c == '"') {
        count += blank ? 0 : 1;
        blank = true;
      } else {
        blank &= CharacterClass.is(SPACE, c);
      }
    }
    return count < enough && !blank ? count + 1 : count;
  }
}
