package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Measure;
import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@code c4_rules_pass}.
 *
 * <ul>
 *   <li>{@code lorem_ipsum} is occurrences over characters with a threshold of 3e-8: one drops
 *       every text below 33 million characters.
 *   <li>{@code sentences} counts matches of a pattern that starts at a word boundary and runs over
 *       line breaks to the next full stop: a list without marks is one sentence, "3.5" is two.
 * </ul>
 */
final class C4Group {

  private C4Group() {}

  static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "published.en.c4.curly_brackets",
            page ->
                GopherGroup.ratio(
                    EnglishText.of(page).curlyBrackets, EnglishText.of(page).characters),
        "published.en.c4.lorem_ipsum", page -> EnglishText.of(page).loremIpsum(),
        "published.en.c4.sentences",
            Measure.bounded(
                page -> EnglishText.of(page).c4Sentences(),
                page -> EnglishText.of(page).c4SentencesBound()));
  }
}
