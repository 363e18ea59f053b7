package dev.neostream.clean.segment;

import static dev.neostream.clean.segment.CharacterClass.ALPHANUMERIC;
import static dev.neostream.clean.segment.CharacterClass.SPACE;
import static dev.neostream.clean.segment.CharacterClass.WORD;

import java.util.Arrays;

/**
 * Words of a sentence as NLTK's {@code NLTKWordTokenizer} (3.10) cuts them: the Penn Treebank
 * conventions (MacIntyre's {@code tokenizer.sed}), with punctuation marks as words, clitics cut off
 * ({@code do n't}) and straight quotes rewritten as two characters.
 *
 * <p>NLTK pads marks with spaces by some twenty substitutions, one after the other. None of them
 * moves a character, so here each one sets cuts in a run of non-space characters, in the same
 * order: a cut stands for the space a later substitution would see. Runs of letters and digits skip
 * all that. Not thread-safe.
 */
public final class TreebankWords {

  /** Receives words; the array is only valid during the call. */
  @FunctionalInterface
  public interface Sink {
    void word(char[] text, int start, int end);
  }

  private static final char[] OPENING = {'`', '`'};
  private static final char[] CLOSING = {'\'', '\''};
  private static final String[][] CONTRACTIONS = {
    {"can", "not"},
    {"d", "'ye"},
    {"gim", "me"},
    {"gon", "na"},
    {"got", "ta"},
    {"lem", "me"},
    {"more", "'n"},
    {"wan", "na"}
  };
  private static final int SHORTEST_CONTRACTION = 4;

  /** Lower five bits of the first letters of contractions. */
  private static final boolean[] CONTRACTED = new boolean[32];

  // What a character can set off; a run without a kind skips the substitutions for it.
  private static final int OPENING_QUOTE = 1;
  private static final int CLOSING_QUOTE = 2;
  private static final int STRAIGHT_QUOTE = 4;
  private static final int APOSTROPHE = 8;
  private static final int COMMA = 16;
  private static final int PERIOD = 32;
  private static final int DASH = 64;
  private static final int MARK = 128;
  private static final int[] KINDS = new int[1 << 7];

  static {
    for (char mark : ";@#$%&?!*()[]{}<>".toCharArray()) {
      KINDS[mark] = MARK;
    }
    KINDS['`'] = OPENING_QUOTE;
    KINDS['"'] = STRAIGHT_QUOTE;
    KINDS['\''] = APOSTROPHE;
    KINDS[','] = COMMA;
    KINDS[':'] = COMMA;
    KINDS['.'] = PERIOD;
    KINDS['-'] = DASH;
    for (String[] pair : CONTRACTIONS) {
      CONTRACTED[pair[0].charAt(0) & 0x1F] = true;
    }
  }

  private boolean[] cuts = new boolean[64];
  private boolean[] opening = new boolean[64];

  private char[] text;
  private int start;
  private int length;

  /**
   * Sends the words of a sentence to a sink, in order.
   *
   * @param from first unit of the sentence
   * @param to end of the sentence, which must not end in white space
   */
  public void words(char[] text, int from, int to, Sink sink) {
    int period = finalPeriod(text, from, to);
    int i = from;
    while (i < to) {
      while (i < to && CharacterClass.is(SPACE, text[i])) {
        i++;
      }
      int run = i;
      while (i < to && CharacterClass.is(ALPHANUMERIC, text[i])) {
        i++;
      }
      if (i == to || CharacterClass.is(SPACE, text[i])) {
        if (i > run) {
          plain(text, run, i, sink);
        }
        continue;
      }
      int mark = i;
      while (i < to && !CharacterClass.is(SPACE, text[i])) {
        i++;
      }
      boolean comma = text[mark] == ',' || mark == period;
      // "cannot." is cut even where its period is not.
      boolean simple = comma || text[mark] == '.' && (mark - run < 5 || mark - run > 6);
      if (i == mark + 1 && mark > run && simple) {
        if (comma) {
          plain(text, run, mark, sink);
          sink.word(text, mark, i);
        } else {
          sink.word(text, run, i);
        }
      } else {
        cut(text, run, i, from, to, period);
        send(sink);
      }
    }
  }

  /** A run of letters and digits, which only a contraction cuts. */
  private static void plain(char[] text, int from, int to, Sink sink) {
    int length = to - from;
    if ((length == 5 || length == 6) && CONTRACTED[text[from] & 0x1F]) {
      for (String[] pair : CONTRACTIONS) {
        if (pair[0].length() + pair[1].length() == length
            && matches(text, from, pair[0])
            && matches(text, from + pair[0].length(), pair[1])) {
          sink.word(text, from, from + pair[0].length());
          sink.word(text, from + pair[0].length(), to);
          return;
        }
      }
    }
    sink.word(text, from, to);
  }

  /** The period that ends the sentence: before nothing but closing marks and spaces; or -1. */
  private static int finalPeriod(char[] text, int from, int to) {
    int i = to - 1;
    while (i > from && (text[i] == ' ' || "])}>\"'»”’".indexOf(text[i]) >= 0)) {
      boolean opens = (text[i] == '"' || text[i] == '\'' && text[i - 1] == '\'');
      int before = text[i] == '"' ? i - 1 : i - 2;
      if (opens && before >= from && " ([{<".indexOf(text[before]) >= 0) {
        return -1;
      }
      i--;
    }
    return i > from && text[i] == '.' && text[i - 1] != '.' ? i : -1;
  }

  private void cut(char[] text, int from, int to, int sentence, int end, int period) {
    this.text = text;
    this.start = from;
    this.length = to - from;
    if (cuts.length <= length) {
      cuts = new boolean[2 * length];
      opening = new boolean[2 * length];
    }
    Arrays.fill(cuts, 0, length + 1, false);
    Arrays.fill(opening, 0, length + 1, false);
    cuts[0] = true;
    cuts[length] = true;
    int kinds = 0;
    for (int i = from; i < to; i++) {
      kinds |= kind(text[i]);
    }
    if ((kinds & (OPENING_QUOTE | STRAIGHT_QUOTE | APOSTROPHE)) != 0) {
      startingQuotes(from == sentence, from > sentence && text[from - 1] == ' ');
    }
    if (period >= from && period < to) {
      around(period - from, 1);
    }
    if ((kinds & COMMA) != 0) {
      commas(to == end);
    }
    if ((kinds & (PERIOD | DASH | MARK)) != 0) {
      marks();
    }
    if ((kinds & (CLOSING_QUOTE | STRAIGHT_QUOTE | APOSTROPHE)) != 0) {
      endingQuotes();
    }
    if ((kinds & APOSTROPHE) != 0) {
      clitics();
    }
    contractions();
  }

  private static int kind(char c) {
    if (c < KINDS.length) {
      return KINDS[c];
    }
    return switch (c) {
      case '«', '“', '‘', '„' -> OPENING_QUOTE;
      case '»', '”', '’' -> CLOSING_QUOTE;
      default -> c >= '‒' && c <= '―' ? MARK : 0;
    };
  }

  private char at(int i) {
    return text[start + i];
  }

  private void around(int i, int count) {
    cuts[i] = true;
    cuts[i + count] = true;
  }

  private void startingQuotes(boolean atSentence, boolean afterBlank) {
    for (int i = 0; i < length; i++) {
      char c = at(i);
      if (c == '`') {
        int run = i;
        while (i + 1 < length && at(i + 1) == '`') {
          i++;
        }
        around(run, i + 1 - run);
        for (int k = run + 2; k <= i; k += 2) {
          cuts[k] = true; // in pairs
        }
      } else if (kind(c) == OPENING_QUOTE) {
        around(i, 1);
      }
    }
    if (atSentence && at(0) == '"') {
      opening[0] = true;
      around(0, 1);
    }
    // Backwards, so that a cut after an opening quote is not taken for a space before the next.
    for (int i = length - 1; i >= 0; i--) {
      boolean single = at(i) == '\'' && i + 1 < length && at(i + 1) == '\'';
      if (at(i) == '"' && !opening[i] || single) {
        boolean open = i == 0 ? afterBlank : cuts[i] || "([{<".indexOf(at(i - 1)) >= 0;
        if (open) {
          opening[i] = true;
          around(i, single ? 2 : 1);
        }
      }
    }
    for (int i = 0; i + 1 < length; i++) {
      if (at(i) == '\''
          && CharacterClass.is(WORD, at(i + 1))
          && (i == 0 || !CharacterClass.is(WORD, at(i - 1)))
          && !clitic(i + 1)) {
        cuts[i + 1] = true;
      }
    }
  }

  private boolean clitic(int i) {
    int to = i;
    while (to < length && CharacterClass.is(WORD, at(to))) {
      to++;
    }
    if (to - i == 1) {
      return "mtsdnMTSDN".indexOf(at(i)) >= 0;
    }
    return to - i == 2
        && (matches(text, start + i, "re")
            || matches(text, start + i, "ve")
            || matches(text, start + i, "ll"));
  }

  private void commas(boolean atEnd) {
    for (int i = 0; i < length; i++) {
      if (at(i) != ',' && at(i) != ':') {
        continue;
      }
      if (cuts[i + 1]) {
        cuts[i] = true;
      } else if (!Character.isDigit(at(i + 1))) {
        around(i, 1);
        i++; // the substitution has consumed the next character, even a second comma
      }
    }
    if (atEnd && (at(length - 1) == ',' || at(length - 1) == ':')) {
      cuts[length - 1] = true;
    }
  }

  private void marks() {
    for (int i = 0; i < length; i++) {
      char c = at(i);
      if (c == '.') {
        int run = i;
        while (i + 1 < length && at(i + 1) == '.' && !cuts[i + 1]) {
          i++;
        }
        if (i > run) {
          around(run, i + 1 - run);
        }
      } else if (kind(c) == MARK) {
        around(i, 1);
      } else if (c == '-' && i + 1 < length && at(i + 1) == '-' && !cuts[i + 1]) {
        around(i, 2);
        i++;
      }
    }
  }

  private void endingQuotes() {
    for (int i = 0; i < length; i++) {
      char c = at(i);
      if ((kind(c) & (CLOSING_QUOTE | STRAIGHT_QUOTE)) != 0) {
        around(i, 1);
      } else if (c == '\'' && i + 1 < length && at(i + 1) == '\'' && !cuts[i + 1]) {
        around(i, 2);
        i++;
      }
    }
  }

  private void clitics() {
    for (int i = 1; i < length; i++) {
      if (at(i) != '\'' || cuts[i] || at(i - 1) == '\'') {
        continue;
      }
      boolean one =
          cuts[i + 1] || i + 1 < length && "sSmMdD".indexOf(at(i + 1)) >= 0 && cuts[i + 2];
      cuts[i] |= one;
    }
    for (int i = 1; i + 1 < length; i++) {
      if (at(i) != '\'') {
        continue;
      }
      boolean joined = !cuts[i] && at(i - 1) != '\'';
      if (i + 2 < length && !cuts[i + 1] && !cuts[i + 2] && cuts[i + 3]) {
        char c = at(i + 1);
        char d = at(i + 2);
        cuts[i] |=
            joined
                && (c == 'l' && d == 'l'
                    || c == 'L' && d == 'L'
                    || (c == 'r' || c == 'v') && d == 'e'
                    || (c == 'R' || c == 'V') && d == 'E');
      }
      if (i > 1
          && !cuts[i]
          && !cuts[i - 1]
          && !cuts[i + 1]
          && cuts[i + 2]
          && at(i - 2) != '\''
          && (at(i - 1) == 'n' && at(i + 1) == 't' || at(i - 1) == 'N' && at(i + 1) == 'T')) {
        cuts[i - 1] = true;
      }
    }
  }

  private void contractions() {
    for (int i = 0; i + SHORTEST_CONTRACTION <= length; i++) {
      if ((cuts[i] || !CharacterClass.is(WORD, at(i - 1))) && CONTRACTED[at(i) & 0x1F]) {
        contraction(i);
      }
    }
  }

  private void contraction(int i) {
    for (String[] pair : CONTRACTIONS) {
      int size = pair[0].length() + pair[1].length();
      if (i + size <= length
          && matches(text, start + i, pair[0])
          && matches(text, start + i + pair[0].length(), pair[1])
          && (cuts[i + size] || !pair[0].equals("wan") && !CharacterClass.is(WORD, at(i + size)))
          && whole(i, size)) {
        around(i, size);
        cuts[i + pair[0].length()] = true;
      }
    }
  }

  private boolean whole(int i, int size) {
    for (int k = i + 1; k < i + size; k++) {
      if (cuts[k]) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(char[] text, int at, String lower) {
    for (int k = 0; k < lower.length(); k++) {
      if ((text[at + k] | 0x20) != (lower.charAt(k) | 0x20)) {
        return false;
      }
    }
    return true;
  }

  private void send(Sink sink) {
    int from = 0;
    for (int i = 1; i <= length; i++) {
      if (!cuts[i]) {
        continue;
      }
      if (opening[from]) {
        sink.word(OPENING, 0, 2);
      } else if (i == from + 1 && at(from) == '"') {
        sink.word(CLOSING, 0, 2);
      } else {
        sink.word(text, start + from, start + i);
      }
      from = i;
    }
  }
}
