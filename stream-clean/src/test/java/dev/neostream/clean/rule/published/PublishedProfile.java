package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Profile;
import dev.neostream.clean.rule.Range;
import dev.neostream.clean.rule.Rule;
import dev.neostream.clean.rule.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The published profile's rules for one language. */
final class PublishedProfile {

  /** A rule that failed, with the exact value. */
  record Failure(String rule, double value) {}

  private static final Profile PROFILE = Profile.named("published");

  private final String kind;
  private final Map<String, Rule> rules = new LinkedHashMap<>();

  PublishedProfile(String kind) {
    this.kind = kind;
    PROFILE.rules(kind).forEach(rule -> rules.put(rule.code(), rule));
  }

  static Page page(String text) {
    return page(text, 1);
  }

  static Page page(String text, float languageScore) {
    return new Page(text.getBytes(StandardCharsets.UTF_8), "", languageScore, "");
  }

  Set<String> codes() {
    return rules.keySet();
  }

  /** Returns the range of a rule, null for an edit or none. */
  Range range(String code) {
    return rules.get(code) instanceof Rule.Threshold threshold ? threshold.range() : null;
  }

  boolean accepts(String code, double value) {
    return range(code).contains(value);
  }

  /** Returns the first rule the text fails, or null. */
  Failure judge(String text) {
    return PROFILE.judge(kind, page(text)) instanceof Verdict.Drop drop
        ? new Failure(drop.rejection().reason(), Double.parseDouble(drop.rejection().value()))
        : null;
  }

  static double value(String code, String text) {
    ToDoubleFunction<Page> measure =
        PublishedEnglish.measures().getOrDefault(code, PublishedChinese.measures().get(code));
    return measure.applyAsDouble(page(text));
  }
}
