package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Line-wise corrections of RefinedWeb (Penedo et al. 2023, "The RefinedWeb Dataset", appendix G.2),
 * which follow CCNet's documents. A line is removed if more than half of its characters are
 * upper-case letters, if it holds no letter but a digit, counts reactions ("3 likes") or is one
 * word; from lines of at most 10 words a "Sign in" at the start, a "Read more..." at the end and
 * "items in cart" anywhere are cut. The paper gives examples, not lists; these are ours.
 *
 * <pre>
 * corrected_words  share of words in lines that would be removed or cut
 * lines            edit: the corrections; blank lines stay
 * </pre>
 */
public final class RefinedWebRules {

  private static final int MAX_WORDS_OF_SHORT_LINE = 10;

  private static final Pattern COUNTER =
      Pattern.compile(
          "[\\d.,]+[km]?\\s+(likes?|shares?|comments?|retweets?|reposts?|views?|followers?"
              + "|replies|reply|votes?|downloads?)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CUT =
      Pattern.compile(
          "^sign[ -]?in\\b|\\bread more\\W*$|\\bitems in (your )?cart\\b",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private RefinedWebRules() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "refinedweb.corrected_words", (Share) page -> correct(page.text()).correctedShare());
  }

  /** Returns the edits of the family by code. */
  public static Map<String, UnaryOperator<String>> edits() {
    return Map.of("refinedweb.lines", text -> correct(text).text());
  }

  private record Correction(String text, double correctedShare) {}

  private static Correction correct(String text) {
    var kept = new StringBuilder(text.length());
    int words = 0;
    int corrected = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      String stripped = line.strip();
      int lineWords = stripped.isEmpty() ? 0 : SPACE.split(stripped).length;
      words += lineWords;
      String rest =
          lineWords == 0 || lineWords > MAX_WORDS_OF_SHORT_LINE
              ? line
              : CUT.matcher(stripped).replaceAll("").strip();
      boolean changed =
          lineWords > 0 && lineWords <= MAX_WORDS_OF_SHORT_LINE && !rest.equals(stripped);
      boolean removed = lineWords > 0 && (rest.isEmpty() || isFurniture(stripped, lineWords));
      corrected += changed || removed ? lineWords : 0;
      if (!removed) {
        kept.append(changed ? rest : line).append('\n');
      }
    }
    if (kept.length() > 0 && !text.endsWith("\n")) {
      kept.setLength(kept.length() - 1);
    }
    return new Correction(kept.toString(), words == 0 ? 0 : (double) corrected / words);
  }

  private static boolean isFurniture(String line, int words) {
    long upperCase = line.codePoints().filter(Character::isUpperCase).count();
    return words == 1
        || 2 * upperCase > line.codePointCount(0, line.length())
        || line.codePoints().noneMatch(Character::isLetter)
            && line.codePoints().anyMatch(Character::isDigit)
        || COUNTER.matcher(line).matches();
  }
}
