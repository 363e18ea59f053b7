package dev.neostream.clean.segment;

import static dev.neostream.clean.segment.CharacterClass.LETTER;
import static dev.neostream.clean.segment.CharacterClass.LOWER;
import static dev.neostream.clean.segment.CharacterClass.SPACE;
import static dev.neostream.clean.segment.CharacterClass.UPPER;

import java.util.Arrays;
import java.util.Set;

/**
 * Sentences of English as NLTK's {@code sent_tokenize} (3.10) cuts them: Punkt, Kiss and Strunk,
 * "Unsupervised Multilingual Sentence Boundary Detection" (2006), section 4.
 *
 * <p>A question or exclamation mark ends a sentence, a period does unless the word before it is an
 * abbreviation, an initial or a number, where the next word decides. The learned tables of the
 * original are replaced by short lists: abbreviations of American newspapers (the published English
 * model is trained on them, so no "etc.", "e.g." or "Fig."), frequent sentence starters, and, for
 * the 20,000 words whose case was counted, some frequent ones. Left out: collocations and ellipses
 * with spaces between the dots.
 *
 * <p>Not thread-safe.
 */
public final class PunktSentences {

  private static final Set<String> ABBREVIATIONS =
      Set.of(
          ("mr mrs ms dr prof gen lt maj sgt sen rep reps adm col messrs jr sr st sts bros co corp cos inc ltd cie"
                  + " jan feb aug sep sept oct nov dec tues wed fri ave ft mg yr vs"
                  + " ala ariz calif colo conn fla ga ill kan ky mich minn mo nev okla ore pa tenn va vt wash wis"
                  + " ph.d u.s u.s.a u.k u.n p.m a.m i.m.s n.y n.j n.c n.h n.d n.m s.c d.c w.va l.a s.p.a u.s.s.r m.b.a"
                  + " a.a a.c a.d a.g a.h b.f d.h d.w e.h e.l e.m f.g f.j g.d g.f g.k h.c h.f h.m j.b j.c j.j j.k"
                  + " j.p j.r l.f l.p m.j n.v r.a r.h r.i r.j r.k r.t a.s a.t s.a s.g s.s t.j w.c w.r w.w"
                  + " c d e f g h k l m n p r s t v w")
              .split(" "));

  private static final Set<String> STARTERS =
      Set.of(
          ("according although among both but despite even he however i if in indeed instead it many"
                  + " meanwhile moreover most nevertheless nor separately similarly since so some the there"
                  + " these they this though thus under when while yet")
              .split(" "));

  /** Frequent words that newspapers capitalise at the start of sentences only. */
  private static final Set<String> SELDOM_CAPITALISED =
      Set.of(
          ("above along already always anyone anything approximately available because before being"
                  + " besides between beyond certainly currently either elsewhere especially ever except"
                  + " finally following furthermore generally given hence her here him himself immediately"
                  + " including itself later likewise neither nothing once otherwise ours overall"
                  + " particularly per perhaps please presumably probably recently regarding regardless"
                  + " relatively still such thank thanks therefore through throughout thus together"
                  + " unfortunately unless unlikely upon us using usually various very whenever whereas"
                  + " whether which whom within without yes yet your copyright")
              .split(" "));

  /** Longest run after a candidate that is looked at. */
  private static final int LOOKAHEAD = 256;

  private int[] bounds = new int[256];
  private int count;

  private char[] text;
  private int length;

  /** Cuts a text and returns the number of its sentences; see {@link #start} and {@link #end}. */
  public int split(char[] text, int length) {
    this.text = text;
    this.length = length;
    count = 0;
    int sentence = 0;
    int match = -1; // last candidate of the current run of non-space characters
    int word = 0; // start of that run
    int before = 0; // start of the run of the candidate
    for (int i = 0; i < length; i++) {
      char c = text[i];
      if (c > '?' || c != '.' && c != '?' && c != '!') {
        if (c <= ' ' && (c == ' ' || c >= 9 && c <= 13)) {
          if (match >= 0) {
            sentence = decide(sentence, before, match);
            match = -1;
          }
          // White space at the very start is not seen, as in NLTK.
          word = i == 0 ? 0 : i + 1;
        }
        continue;
      }
      if (i + 1 < length && (closes(text[i + 1]) || next(i + 1) > i + 1)) {
        if (match >= 0 && match == word) {
          sentence = decide(sentence, word, match); // NLTK keeps a candidate without a word before
        }
        match = i;
        before = word;
      }
    }
    if (match >= 0) {
      sentence = decide(sentence, before, match);
    }
    int end = length;
    while (end > 0 && CharacterClass.is(SPACE, text[end - 1])) {
      end--;
    }
    add(sentence, Math.max(sentence, end));
    realign();
    return count;
  }

  public int start(int sentence) {
    return bounds[2 * sentence];
  }

  public int end(int sentence) {
    return bounds[2 * sentence + 1];
  }

  private void add(int start, int end) {
    if (bounds.length < 2 * count + 2) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * count] = start;
    bounds[2 * count + 1] = end;
    count++;
  }

  /** Adds the sentence if it ends at the candidate, and returns the start of the open sentence. */
  private int decide(int sentence, int word, int match) {
    if (!ends(word, match)) {
      return sentence;
    }
    add(sentence, match + 1);
    return closes(text[match + 1]) ? match + 1 : next(match + 1);
  }

  /** Returns the first non-space position from {@code i}, or {@code i} if only space follows. */
  private int next(int i) {
    int to = i;
    while (to < length && CharacterClass.is(SPACE, text[to])) {
      to++;
    }
    return to < length ? to : i;
  }

  private static boolean closes(char c) {
    return c < 0x80 ? ")\";}]*:@'({[?!".indexOf(c) >= 0 : "‘’“”«»".indexOf(c) >= 0;
  }

  /** Moves quotes and brackets that follow the mark from the next sentence to the one it ends. */
  private void realign() {
    int kept = 0;
    int start = bounds[0];
    for (int i = 0; i < count; i++) {
      int end = bounds[2 * i + 1];
      int next = i + 1 < count ? bounds[2 * i + 2] : -1;
      if (next >= 0) {
        int nextEnd = bounds[2 * i + 3];
        int to = next;
        while (to < nextEnd && "\"')]}‘’“”«»".indexOf(text[to]) >= 0) {
          to++;
        }
        boolean moves =
            to > next
                && (to == nextEnd
                    || CharacterClass.is(SPACE, text[to])
                    || to + 1 < nextEnd && text[to] == '-' && text[to + 1] == '-');
        if (moves) {
          end = to;
          while (to < nextEnd && CharacterClass.is(SPACE, text[to])) {
            to++;
          }
          next = to;
        }
      }
      if (start < end) {
        bounds[2 * kept] = start;
        bounds[2 * kept + 1] = end;
        kept++;
      }
      start = next;
    }
    count = kept;
  }

  /**
   * Whether a sentence ends within the run of characters from {@code word} to the candidate {@code
   * match}, with something after it.
   */
  private boolean ends(int word, int match) {
    if (text[match] != '.') {
      return true;
    }
    int token = word;
    for (int i = word; i < match; i++) {
      if (text[i] == '?' || text[i] == '!') {
        return true;
      }
      if (closes(text[i])) {
        if (i > token && text[i - 1] == '.' && endsAt(token, i, i)) {
          return true;
        }
        token = closes(text[i]) && text[i] != '\'' ? i + 1 : i;
      }
    }
    int after = match + 1;
    if (closes(text[after])) {
      return endsAt(token, after, after);
    }
    int next = next(after);
    return endsAt(token, after, next) || endsInside(next);
  }

  /**
   * Whether the run of characters from here holds a mark that ends a sentence with more after it.
   */
  private boolean endsInside(int from) {
    for (int i = from;
        i + 1 < length && i - from < LOOKAHEAD && !CharacterClass.is(SPACE, text[i + 1]);
        i++) {
      char c = text[i];
      if (c == '?' || c == '!' || c == '.' && closes(text[i + 1]) && endsAt(from, i + 1, i + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a token with a final period ends a sentence, given the next token. */
  private boolean endsAt(int token, int end, int next) {
    int dots = end;
    while (dots > token && text[dots - 1] == '.') {
      dots--;
    }
    if (end - dots > 1) {
      return starts(next); // an ellipsis
    }
    while (token < dots && "-,&#".indexOf(text[token]) >= 0) {
      token++;
    }
    if (token == dots) {
      return true; // a period on its own
    }
    boolean initial = dots - token == 1 && CharacterClass.is(LETTER, text[token]);
    if (!initial && isNumber(token, dots)) {
      return !continues(next);
    }
    boolean abbreviation = isAbbreviation(token, dots);
    if (initial) {
      return !abbreviation && !continues(next) && !isName(token, next);
    }
    return !abbreviation || starts(next);
  }

  private boolean isNumber(int from, int to) {
    int i = from;
    if (i < to && text[i] == '-') {
      i++;
    }
    if (i < to && (text[i] == '.' || text[i] == ',')) {
      i++;
    }
    if (i == to || !Character.isDigit(text[i])) {
      return false;
    }
    while (i < to
        && (Character.isDigit(text[i]) || text[i] == ',' || text[i] == '.' || text[i] == '-')) {
      i++;
    }
    return i == to;
  }

  private boolean isAbbreviation(int from, int to) {
    int hyphen = to;
    while (hyphen > from && text[hyphen - 1] != '-') {
      hyphen--;
    }
    return to - hyphen <= 8 && ABBREVIATIONS.contains(lower(hyphen, to));
  }

  /** Whether the next token is known to start sentences. */
  private boolean starts(int next) {
    if (!CharacterClass.is(UPPER, text[next])) {
      return false;
    }
    String word = lower(next, wordEnd(next));
    return STARTERS.contains(word) || SELDOM_CAPITALISED.contains(word);
  }

  /** Whether the next token is known not to start sentences. */
  private boolean continues(int next) {
    return ";:,.!?".indexOf(text[next]) >= 0 || CharacterClass.is(LOWER, text[next]);
  }

  /** Whether an initial and the next token make a name, as in "A. Smith"; "I." is the pronoun. */
  private boolean isName(int initial, int next) {
    return text[initial] != 'I'
        && CharacterClass.is(UPPER, text[initial])
        && CharacterClass.is(UPPER, text[next])
        && !starts(next);
  }

  private int wordEnd(int from) {
    int to = from;
    while (to < length && to - from < 16 && CharacterClass.is(LETTER, text[to])) {
      to++;
    }
    return to;
  }

  private String lower(int from, int to) {
    return new String(text, from, to - from).toLowerCase(java.util.Locale.ROOT);
  }
}
