package dev.neostream.clean.segment;

import static dev.neostream.clean.segment.CharacterClass.SPACE;
import static dev.neostream.clean.segment.CharacterClass.WORD;

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
      while (i < to && isPlain(text[i])) {
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

  private static boolean isPlain(char c) {
    return c < 0x80
        ? c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
        : CharacterClass.is(WORD, c);
  }

  /** A run of letters and digits, which only a contraction cuts. */
  private static void plain(char[] text, int from, int to, Sink sink) {
    int length = to - from;
    if (length == 5 || length == 6) {
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
    java.util.Arrays.fill(cuts, 0, length + 1, false);
    java.util.Arrays.fill(opening, 0, length + 1, false);
    cuts[0] = true;
    cuts[length] = true;
    startingQuotes(from == sentence, from > sentence && text[from - 1] == ' ');
    if (period >= from && period < to) {
      around(period - from, 1);
    }
    commas(to == end);
    marks();
    endingQuotes();
    clitics();
    contractions();
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
      if (c == '«' || c == '“' || c == '‘' || c == '„') {
        around(i, 1);
      } else if (c == '`') {
        int run = i;
        while (i + 1 < length && at(i + 1) == '`') {
          i++;
        }
        around(run, i + 1 - run);
        for (int k = run + 2; k <= i; k += 2) {
          cuts[k] = true; // in pairs
        }
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
      } else if (c >= '‒' && c <= '―' || ";@#$%&?!*()[]{}<>".indexOf(c) >= 0) {
        around(i, 1);
      }
    }
    for (int i = 0; i + 1 < length; i++) {
      if (at(i) == '-' && at(i + 1) == '-' && !cuts[i + 1]) {
        around(i, 2);
        i++;
      }
    }
  }

  private void endingQuotes() {
    for (int i = 0; i < length; i++) {
      char c = at(i);
      if (c == '»' || c == '”' || c == '’' || c == '"') {
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
    for (String[] pair : CONTRACTIONS) {
      int size = pair[0].length() + pair[1].length();
      for (int i = 0; i + size <= length; i++) {
        if (matches(text, start + i, pair[0])
            && matches(text, start + i + pair[0].length(), pair[1])
            && (cuts[i] || !CharacterClass.is(WORD, at(i - 1)))
            && (cuts[i + size] || !pair[0].equals("wan") && !CharacterClass.is(WORD, at(i + size)))
            && whole(i, size)) {
          around(i, size);
          cuts[i + pair[0].length()] = true;
        }
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
