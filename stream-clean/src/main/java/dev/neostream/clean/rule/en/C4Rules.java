package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Filters of C4 (Raffel et al. 2020, "Exploring the Limits of Transfer Learning", section 2.2). C4
 * drops every page with a curly bracket, which is {@code opening_curly_brackets: {max: 0}};
 * MAP-Neo's share of characters keeps prose that quotes code.
 *
 * <pre>
 * curly_brackets          share of characters that are curly brackets
 * opening_curly_brackets  how many {
 * lorem_ipsum             occurrences of the placeholder text's first words, in any case
 * javascript              occurrences of the word, in any case
 * policies                occurrences of six phrases on cookies, privacy and terms of use
 * sentence_count          sentences
 * lines                   edit: trims lines, removes citation marks such as [3], and lines of fewer
 *                         than 3 words, with a word of more than 1,000 characters, "javascript" or
 *                         one of the phrases; so also blank lines
 * terminal_lines          edit: removes lines that do not end in . ? ! " or ', or end in ...
 * </pre>
 */
public final class C4Rules {

  private static final int MIN_WORDS = 3;
  private static final int MAX_WORD_LENGTH = 1000;
  private static final Pattern CITATION = Pattern.compile("\\[\\d*]|\\[edit]|\\[citation needed]");
  private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final String TERMINAL = ".?!\"'";

  private static final List<String> UNWANTED =
      List.of(
          "javascript",
          "terms of use",
          "privacy policy",
          "cookie policy",
          "uses cookies",
          "use of cookies",
          "use cookies");

  private C4Rules() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "c4.curly_brackets",
            Share.of(
                page ->
                    page.signals().characters().occurrences('{')
                        + page.signals().characters().occurrences('}'),
                page -> page.signals().characters().count()),
        "c4.opening_curly_brackets", page -> page.signals().characters().occurrences('{'),
        "c4.lorem_ipsum", page -> page.signals().loremIpsum(),
        "c4.javascript", page -> page.signals().javascript(),
        "c4.policies", page -> page.signals().policies(),
        "c4.sentence_count", page -> page.signals().sentences());
  }

  /** Returns the edits of the family by code. */
  public static Map<String, UnaryOperator<String>> edits() {
    return Map.of(
        "c4.lines",
            text ->
                keep(CITATION.matcher(text).replaceAll(""), C4Rules::hasWordsAndNothingUnwanted),
        "c4.terminal_lines", text -> keep(text, C4Rules::endsSentence));
  }

  private static String keep(String text, Predicate<String> line) {
    return text.lines().map(String::strip).filter(line).collect(Collectors.joining("\n"));
  }

  private static boolean hasWordsAndNothingUnwanted(String line) {
    String[] words = SPACE.split(line);
    String lowerCase = line.toLowerCase(Locale.ROOT);
    if (words.length < MIN_WORDS || UNWANTED.stream().anyMatch(lowerCase::contains)) {
      return false;
    }
    for (String word : words) {
      if (word.codePointCount(0, word.length()) > MAX_WORD_LENGTH) {
        return false;
      }
    }
    return true;
  }

  private static boolean endsSentence(String line) {
    return !line.isEmpty()
        && TERMINAL.indexOf(line.charAt(line.length() - 1)) >= 0
        && !line.endsWith("...");
  }
}
