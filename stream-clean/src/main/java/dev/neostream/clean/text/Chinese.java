package dev.neostream.clean.text;

/**
 * Statistics of Chinese text, where words are not divided.
 *
 * <p>{@link #units}: every character is one, white space left out, but a run of letters and digits
 * other than Han, such as an English word, is one unit as a whole. Otherwise n-grams of letters
 * would make any English quotation look repetitive.
 */
public final class Chinese {

  static final int SEGMENT = 1000;

  private static final int OPENING_BRACKET = '\u3010';
  private static final int CLOSING_BRACKET = '\u3011';

  private final Units units = new Units();
  private final Repetition repetition = new Repetition();

  /** The segment in which a Han character occurred last, counted on from text to text. */
  private final int[] lastSegment = new int[CodePoints.LIMIT];

  private byte[] utf8 = {};
  private boolean unitsKnown;
  private int segment;
  private double distinctHanShare;
  private int bracketed;

  Chinese() {}

  void scan(byte[] utf8) {
    this.utf8 = utf8;
    unitsKnown = false;
    bracketed = 0;
    int opened = -1;
    int characters = 0;
    int han = 0;
    int distinct = 0;
    int segments = 0;
    double shares = 0;
    segment++;
    for (int i = 0; i < utf8.length; ) {
      int c = CodePoints.at(utf8, i);
      i += CodePoints.bytes(c);
      characters++;
      if ((CodePoints.CLASSES[c] & CodePoints.HAN) != 0) {
        if (lastSegment[c] != segment) {
          lastSegment[c] = segment;
          distinct++;
        }
        if (++han == SEGMENT) {
          shares += (double) distinct / SEGMENT;
          segments++;
          segment++;
          han = 0;
          distinct = 0;
        }
      } else if (c == OPENING_BRACKET && opened < 0) {
        opened = characters;
      } else if (c == CLOSING_BRACKET && opened >= 0) {
        bracketed += characters - opened - 1;
        opened = -1;
      } else if (c == '\n') {
        opened = -1;
      }
    }
    distinctHanShare = segments > 0 ? shares / segments : han > 0 ? (double) distinct / han : 1;
  }

  private void addUnits() {
    units.clear();
    long word = 0;
    int length = 0;
    for (int i = 0; i < utf8.length; ) {
      int c = CodePoints.at(utf8, i);
      i += CodePoints.bytes(c);
      int classes = CodePoints.CLASSES[c];
      if ((classes & (CodePoints.LETTER | CodePoints.DIGIT)) != 0
          && (classes & CodePoints.HAN) == 0) {
        word = Hash.extend(word, c);
        length++;
        continue;
      }
      if (length > 0) {
        units.add(word, length);
        word = 0;
        length = 0;
      }
      if ((classes & CodePoints.SPACE) == 0) {
        units.add(c, 1);
      }
    }
    if (length > 0) {
      units.add(word, length);
    }
  }

  /**
   * Returns the mean over consecutive segments of {@value #SEGMENT} Han characters of (distinct /
   * all); a text with fewer is one segment, a rest shorter than one is left out. Unlike the share
   * over a whole text it does not sink with length. 1 without Han characters.
   */
  public double distinctHanShare() {
    return distinctHanShare;
  }

  /** Returns the characters between 【 and the next 】 of the same line. */
  public int bracketed() {
    return bracketed;
  }

  /** Returns the repetition of n-grams of units. */
  public Repetition repetition() {
    if (!unitsKnown) {
      addUnits();
      repetition.of(units);
      unitsKnown = true;
    }
    return repetition;
  }
}
