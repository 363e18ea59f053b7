package dev.neostream.clean.text;

/**
 * The part of a text that is to be read as text: the one view on which {@code recommended} measures
 * repetition. It is chosen by lines:
 *
 * <pre>
 * code       between fences of Markdown; elsewhere a line of which more than a fifth is marks, or a
 *            tenth and it starts as code does, or that ends as code does
 * mark       a line without a letter: braces, table rules, line numbers, rows of figures
 * label      at most {@value #LABEL} bytes, 13 Chinese characters or some 7 English words, twice as
 *            many if it does not end a sentence: headings, menus, user cards, names of fields
 * text line  any other
 * </pre>
 *
 * <p>The view holds each line once, for what is repeated as a whole is counted as line; of fewer
 * than {@value #FEW} text lines, whose shares say nothing, it holds all. Only text lines count as
 * lines. Memory is kept from text to text.
 */
public final class Prose {

  /** Lines from which on shares of them are measured. */
  public static final int FEW = 5;

  static final int LABEL = 40;

  /** Units at the start of a Chinese text in which it names its topic. */
  static final int OPENING = 50;

  private static final int CHARACTERS_A_MARK = 5;
  private static final int CHARACTERS_A_MARK_OF_CODE = 10;
  private static final int CHARACTERS_A_CONTINUATION = 8;
  private static final int FENCE = 3;
  private static final String CODE_STARTS = "<{}@";
  private static final String CODE_ENDS = "{};([=>";

  private final Lines lines;
  private final Words words;
  private final Units units = new Units();
  private final Units chineseUnits = new Units();
  private final Repetition repetition = new Repetition();
  private final Repetition chineseRepetition = new Repetition(OPENING);
  private final Counts counts = new Counts();
  private byte[] utf8 = {};

  /** The non-blank lines in the view; repeated text lines as complement until all are known. */
  private int[] shown = new int[64];

  private int shownCount;
  private int textLines;
  private long textCharacters;
  private int duplicates;
  private long duplicateCharacters;
  private int naturalWords;
  private int alphabeticWords;
  private boolean chineseKnown;
  private boolean entropyKnown;
  private double entropy;
  private int digits;

  /** Takes lines and words of a text; {@link #of} when they are complete. */
  Prose(Lines lines, Words words) {
    this.lines = lines;
    this.words = words;
  }

  void of(byte[] utf8) {
    this.utf8 = utf8;
    int count = lines.nonBlank();
    if (shown.length < count) {
      shown = new int[Integer.highestOneBit(count) << 1];
    }
    shownCount = 0;
    textLines = 0;
    textCharacters = 0;
    duplicates = 0;
    duplicateCharacters = 0;
    naturalWords = 0;
    alphabeticWords = 0;
    chineseKnown = false;
    entropyKnown = false;
    counts.clear(count);
    for (int line = 0; line < count; line++) {
      if (isFence(line)) {
        line = closingFence(line);
      } else if (!isCode(line)) {
        add(line);
      }
    }
    settleRepeated();
    repetition.of(shownCount == count ? words.plain : shownWords());
  }

  /** Drops the repeated text lines, or shows them where lines are few. */
  private void settleRepeated() {
    int all = shownCount;
    shownCount = 0;
    for (int i = 0; i < all; i++) {
      int line = shown[i];
      if (line >= 0 || textLines < FEW) {
        shown[shownCount++] = line < 0 ? ~line : line;
      }
    }
  }

  private Units shownWords() {
    units.clear();
    for (int i = 0; i < shownCount; i++) {
      units.addAll(words.plain, lines.plainWord(shown[i]), lines.plainWord(shown[i] + 1));
    }
    return units;
  }

  private void add(int line) {
    int alphabetic = lines.alphabetic(line + 1) - lines.alphabetic(line);
    naturalWords += lines.word(line + 1) - lines.word(line);
    alphabeticWords += alphabetic;
    if (alphabetic == 0) {
      return;
    }
    boolean again = counts.count(counts.add(lines.hash(line))) > 1;
    if (!isLabel(line)) {
      textLines++;
      textCharacters += lines.length(line);
      duplicates += again ? 1 : 0;
      duplicateCharacters += again ? lines.length(line) : 0;
      shown[shownCount++] = again ? ~line : line;
    } else if (!again) {
      shown[shownCount++] = line;
    }
  }

  private boolean isLabel(int line) {
    int last = lines.last(line);
    int bytes = last - lines.first(line);
    return bytes <= LABEL
        || bytes <= 2 * LABEL
            && (CodePoints.CLASSES[CodePoints.before(utf8, last)] & CodePoints.TERMINAL) == 0;
  }

  private boolean isFence(int line) {
    int first = lines.first(line);
    byte mark = utf8[first];
    return (mark == '`' || mark == '~')
        && lines.last(line) - first >= FENCE
        && utf8[first + 1] == mark
        && utf8[first + 2] == mark;
  }

  /** Returns the line that closes a fence, or the opening one if none does. */
  private int closingFence(int opening) {
    for (int line = opening + 1; line < lines.nonBlank(); line++) {
      if (isFence(line)) {
        return line;
      }
    }
    return opening;
  }

  private boolean isCode(int line) {
    int characters = words.characters(lines.word(line), lines.word(line + 1));
    if (lines.continuationBytes(line) * CHARACTERS_A_CONTINUATION > characters) {
      // Code is written in ASCII, and Chinese has as many marks.
      return false;
    }
    int plain = words.plain.characters(lines.plainWord(line), lines.plainWord(line + 1));
    int marks = characters - plain;
    return plain > 0 && marks * CHARACTERS_A_MARK > characters
        || CODE_STARTS.indexOf(utf8[lines.first(line)]) >= 0
            && marks * CHARACTERS_A_MARK_OF_CODE > characters
        || CODE_ENDS.indexOf(utf8[lines.last(line) - 1]) >= 0;
  }

  /** Returns the text lines. */
  public int textLines() {
    return textLines;
  }

  /** Returns the characters of the text lines. */
  public long textCharacters() {
    return textCharacters;
  }

  /** Returns the text lines equal to an earlier one. */
  public int duplicates() {
    return duplicates;
  }

  /** Returns the characters of {@link #duplicates}. */
  public long duplicateCharacters() {
    return duplicateCharacters;
  }

  /** Returns the words, divided by white space, of all lines but code. */
  public int words() {
    return naturalWords;
  }

  /** Returns those of {@link #words} with at least one letter. */
  public int alphabeticWords() {
    return alphabeticWords;
  }

  /** Returns the repetition of n-grams of words in the view. */
  public Repetition repetition() {
    return repetition;
  }

  /**
   * Returns the repetition of n-grams of Chinese characters in the view. What is written in other
   * letters and digits is one unit up to a space, so addresses and dotted names are; marks are left
   * out. The name of the topic does not count as most frequent n-gram where it stands alone.
   */
  public Repetition chineseRepetition() {
    chinese();
    return chineseRepetition;
  }

  /** Returns the Shannon entropy of the distribution of those units, nats. */
  public double chineseEntropy() {
    chinese();
    if (!entropyKnown) {
      counts.clear(chineseUnits.count());
      for (int i = 0; i < chineseUnits.count(); i++) {
        counts.add(chineseUnits.hashes[i]);
      }
      entropy = counts.entropy();
      entropyKnown = true;
    }
    return entropy;
  }

  /** Returns the letters and digits of those units. */
  public int chineseCharacters() {
    chinese();
    return chineseUnits.characters();
  }

  /** Returns those of {@link #chineseCharacters} that are digits. */
  public int chineseDigits() {
    chinese();
    return digits;
  }

  private void chinese() {
    if (chineseKnown) {
      return;
    }
    chineseUnits.clear();
    digits = 0;
    for (int i = 0; i < shownCount; i++) {
      addChinese(lines.first(shown[i]), lines.last(shown[i]));
    }
    chineseRepetition.of(chineseUnits);
    chineseKnown = true;
  }

  private void addChinese(int from, int to) {
    long word = 0;
    int length = 0;
    for (int i = from; i < to; ) {
      int c = CodePoints.at(utf8, i);
      i += CodePoints.bytes(c);
      int classes = CodePoints.CLASSES[c];
      boolean han = (classes & CodePoints.HAN) != 0;
      if (!han && (classes & (CodePoints.LETTER | CodePoints.DIGIT)) != 0) {
        digits += (classes & CodePoints.DIGIT) != 0 ? 1 : 0;
        word = Hash.extend(word, c);
        length++;
        continue;
      }
      if (length > 0 && (c > '~' || c <= ' ')) {
        chineseUnits.add(word, length);
        word = 0;
        length = 0;
      }
      if (han) {
        chineseUnits.add(c, 1);
      }
    }
    if (length > 0) {
      chineseUnits.add(word, length);
    }
  }
}
