package dev.neostream.clean.text;

/**
 * The statistics of one text after another, all lengths in Unicode code points. {@link #scan} reads
 * the text once and counts characters, words, lines and sentences; what needs a table of different
 * words or n-grams is computed when first asked for, so a page that fails its length rule does not
 * pay for it.
 *
 * <p>Everything returned belongs to the text scanned last. Memory (9 MB and 60 bytes a word of the
 * longest text) is kept from text to text: in the steady state nothing is allocated. Not
 * thread-safe: one instance a thread.
 */
public final class Signals {

  private static final byte[] JAVASCRIPT = Phrases.bytes("javascript");
  private static final byte[] SLASHES = Phrases.bytes("//");
  private static final byte[] WWW = Phrases.bytes("www");

  private static final String TERMINAL = ".!?";
  private static final String CLOSING = "\"'\u201d\u2019)]\u300d\u300f";

  private final Characters characters = new Characters();
  private final Words words = new Words();
  private final Lines lines = new Lines(words);
  private final Phrases phrases = new Phrases();
  private final Repetition repetition = new Repetition();
  private final Mojibake mojibake = new Mojibake();
  private final Prose prose = new Prose(lines, words);
  private Chinese chinese;
  private byte[] utf8 = {};
  private boolean proseKnown;
  private boolean chineseKnown;
  private int sentences;
  private int ellipses;
  private int javascript;
  private int urls;

  /**
   * Computes the statistics of a text.
   *
   * @param utf8 well-formed UTF-8, lines ended by LF
   */
  public void scan(byte[] utf8) {
    clear(utf8);
    int[] occurrences = characters.occurrences;
    // Classes of the characters since the last end of a sentence.
    int clause = 0;
    int lineStart = 0;
    int lineLength = 0;
    int firstWord = -1;
    int lastWord = -1;
    int i = 0;
    while (i < utf8.length) {
      int c = utf8[i];
      if (c >= 0 && c <= ' ') {
        occurrences[c]++;
        if (c == '\n') {
          lines.add(utf8, lineStart, i, lineLength, firstWord, lastWord);
          lineStart = i + 1;
          lineLength = -1;
          firstWord = -1;
        }
        lineLength++;
        i++;
        continue;
      }
      int start = i;
      int length = 0;
      long plain = 0;
      int plainLength = 0;
      int anyClass = 0;
      int everyClass = -1;
      while (i < utf8.length) {
        c = utf8[i];
        int next = i + 1;
        int classes;
        if (c >= 0) {
          if (c <= ' ') {
            break;
          }
          classes = CodePoints.CLASSES[c];
          occurrences[c]++;
        } else {
          c = CodePoints.at(utf8, i);
          next = i + CodePoints.bytes(c);
          classes = CodePoints.CLASSES[c];
          if ((classes & CodePoints.SPACE) != 0) {
            break;
          }
          characters.addBeyondAscii(c);
        }
        length++;
        anyClass |= classes;
        everyClass &= classes;
        clause |= classes;
        int folded = CodePoints.plain(c);
        if (folded != 0) {
          plain = Hash.extend(plain, folded);
          plainLength++;
        }
        if (classes < 0 && endsSentence(c, i, next, clause)) {
          sentences++;
          clause = 0;
        }
        i = next;
      }
      if (length == 0) {
        // White space beyond ASCII.
        characters.addBeyondAscii(c);
        lineLength++;
        i += CodePoints.bytes(c);
        continue;
      }
      words.add(Hash.of(utf8, start, i), length, plain, plainLength, anyClass, everyClass);
      lineLength += length;
      firstWord = firstWord < 0 ? start : firstWord;
      lastWord = i;
      if (i + 1 < utf8.length && utf8[i] == ' ') {
        phrases.find(utf8, i);
      }
    }
    if (lineLength > 0) {
      lines.add(utf8, lineStart, utf8.length, lineLength, firstWord, lastWord);
    }
    lines.endParagraph(utf8);
    characters.end();
    repetition.of(words.plain);
  }

  private void clear(byte[] utf8) {
    this.utf8 = utf8;
    characters.clear();
    words.clear();
    lines.clear();
    phrases.clear();
    proseKnown = false;
    chineseKnown = false;
    sentences = 0;
    ellipses = 0;
    javascript = 0;
    urls = 0;
  }

  /**
   * Looks closer at a notable character, from offset {@code at} to {@code next}, and returns
   * whether it ends a sentence.
   */
  private boolean endsSentence(int c, int at, int next, int clause) {
    switch (c) {
      case 'j', 'J' -> {
        javascript += Phrases.occurs(utf8, at, JAVASCRIPT) ? 1 : 0;
        return false;
      }
      case ':' -> {
        urls += Phrases.occurs(utf8, next, SLASHES) ? 1 : 0;
        return false;
      }
      case '.' -> {
        boolean more = next < utf8.length && utf8[next] == '.';
        ellipses += more && (at == 0 || utf8[at - 1] != '.') ? 1 : 0;
        urls += startsWww(at) ? 1 : 0;
      }
      case '\u2026' -> ellipses++;
      default -> {}
    }
    return (clause & (CodePoints.LETTER | CodePoints.DIGIT)) != 0 && (c >= 0x80 || endsWord(next));
  }

  /** An address without scheme: "www" after neither a slash nor a letter or digit. */
  private boolean startsWww(int dot) {
    int start = dot - WWW.length;
    if (!Phrases.occurs(utf8, start, WWW)) {
      return false;
    }
    if (start == 0) {
      return true;
    }
    int before = CodePoints.before(utf8, start);
    return before != '/' && !CodePoints.isLetterOrDigit(before);
  }

  private boolean endsWord(int next) {
    if (next == utf8.length) {
      return true;
    }
    int c = CodePoints.at(utf8, next);
    return CodePoints.isSpace(c) || TERMINAL.indexOf(c) >= 0 || CLOSING.indexOf(c) >= 0;
  }

  public Characters characters() {
    return characters;
  }

  public Words words() {
    return words;
  }

  public Lines lines() {
    return lines;
  }

  /**
   * Returns the number of runs of terminal marks that follow a letter or digit and end a word:
   * {@code . ! ?} do when white space, a closing quote or bracket or the end follows, full-width
   * marks and U+2026 always. Decimal points and dotted names end nothing; a text without marks has
   * no sentence.
   */
  public int sentences() {
    return sentences;
  }

  /** Returns the ellipses: U+2026, and runs of at least two dots. */
  public int ellipses() {
    return ellipses;
  }

  /** Returns occurrences of "lorem ipsum", in any case. */
  public int loremIpsum() {
    return phrases.loremIpsum();
  }

  /** Returns occurrences of "javascript", in any case. */
  public int javascript() {
    return javascript;
  }

  /** Returns occurrences of C4's phrases about policies and cookies, in any case. */
  public int policies() {
    return phrases.policies();
  }

  /** Returns web addresses: occurrences of "://" and of "www." without. */
  public int urls() {
    return urls;
  }

  /** Returns the repetition of n-grams of words, lower-case and without punctuation. */
  public Repetition repetition() {
    return repetition;
  }

  /** Returns the lines that are text, without code and repeated labels. */
  public Prose prose() {
    if (!proseKnown) {
      prose.of(utf8);
      proseKnown = true;
    }
    return prose;
  }

  /** Returns what came of decoding by the wrong character set. */
  public Mojibake mojibake() {
    return mojibake.of(characters, utf8);
  }

  /** Returns what is counted in Chinese characters. */
  public Chinese chinese() {
    if (!chineseKnown) {
      if (chinese == null) {
        chinese = new Chinese();
      }
      chinese.scan(utf8);
      chineseKnown = true;
    }
    return chinese;
  }
}
