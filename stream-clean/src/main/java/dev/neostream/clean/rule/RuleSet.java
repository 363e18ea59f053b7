package dev.neostream.clean.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.rule.code.TheStackRules;
import dev.neostream.clean.rule.en.C4Rules;
import dev.neostream.clean.rule.en.CcNetRules;
import dev.neostream.clean.rule.en.GopherRules;
import dev.neostream.clean.rule.en.PretrainerRules;
import dev.neostream.clean.rule.en.RefinedWebRules;
import dev.neostream.clean.rule.zh.RepetitionRules;
import dev.neostream.clean.rule.zh.SelfDefinedRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The rules of each kind of page, loaded from data:
 *
 * <pre>
 * { "version": "recommended-1",
 *   "rules": { "en": { "gopher.word_count": { "min": 50, "max": 100000 }, ... },
 *              "zh": { ... }, "code": { ... } } }
 * </pre>
 *
 * <p>Rules are applied in the order of the file and the first that fails decides, so cheap ones and
 * those that bound the work of others come first.
 *
 * @param version name and number of the set, part of {@code Cleaner.version()}
 * @param rules rules by kind of page: a language's ISO 639-1 code, or {@code code}
 */
public record RuleSet(String version, Map<String, List<Rule>> rules) {

  private static final Map<String, ToDoubleFunction<Page>> MEASURES =
      merge(
          Stream.of(
              GopherRules.measures(),
              C4Rules.measures(),
              CcNetRules.measures(),
              PretrainerRules.measures(),
              RefinedWebRules.measures(),
              SelfDefinedRules.measures(),
              RepetitionRules.measures(),
              TheStackRules.measures()));

  public RuleSet {
    var copy = new HashMap<String, List<Rule>>();
    rules.forEach((kind, list) -> copy.put(kind, List.copyOf(list)));
    rules = Map.copyOf(copy);
  }

  /** Returns the published rules in their corrected form; README lists where they differ. */
  public static RuleSet recommended() {
    try (InputStream in = RuleSet.class.getResourceAsStream("recommended.json")) {
      return read(new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException("resource recommended.json must be readable", e);
    }
  }

  /**
   * Returns the rule set in a JSON document.
   *
   * @throws IllegalArgumentException naming every problem at once: unknown rules, unknown fields,
   *     ranges that are none
   */
  static RuleSet read(JsonNode json) {
    var problems = new ArrayList<String>();
    var rules = new HashMap<String, List<Rule>>();
    String version = json.path("version").asText();
    if (version.isEmpty()) {
      problems.add("version must be given");
    }
    json.path("rules")
        .properties()
        .forEach(
            kind -> {
              var list = new ArrayList<Rule>();
              kind.getValue()
                  .properties()
                  .forEach(rule -> rule(rule.getKey(), rule.getValue(), list, problems));
              rules.put(kind.getKey(), list);
            });
    if (rules.isEmpty()) {
      problems.add("rules must name at least one kind of page");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("rule set is wrong: " + String.join("; ", problems));
    }
    return new RuleSet(version, rules);
  }

  private static void rule(String reason, JsonNode range, List<Rule> list, List<String> problems) {
    if (!MEASURES.containsKey(reason)) {
      problems.add("rule must exist: rule=" + reason);
      return;
    }
    JsonNode min = range.path("min");
    JsonNode max = range.path("max");
    boolean known =
        range.isObject()
            && !range.isEmpty()
            && range.properties().stream()
                .allMatch(
                    end ->
                        Set.of("min", "max").contains(end.getKey()) && end.getValue().isNumber());
    if (!known
        || !(min.asDouble(Double.NEGATIVE_INFINITY) <= max.asDouble(Double.POSITIVE_INFINITY))) {
      problems.add(
          "range must be min, max or both, min <= max: rule=" + reason + ", range=" + range);
      return;
    }
    list.add(
        new Rule(
            reason,
            MEASURES.get(reason),
            new Range(
                min.asDouble(Double.NEGATIVE_INFINITY), max.asDouble(Double.POSITIVE_INFINITY))));
  }

  /**
   * Returns Keep, or the Drop of the first rule that fails.
   *
   * @param kind kind of page; must be one of {@link #rules}
   * @throws IllegalArgumentException if there are no rules for the kind
   */
  public Verdict judge(String kind, Page page) {
    List<Rule> list = rules.get(kind);
    if (list == null) {
      throw new IllegalArgumentException(
          "kind must have rules: kind=" + kind + ", version=" + version);
    }
    for (Rule rule : list) {
      Verdict verdict = rule.judge(page);
      if (verdict instanceof Verdict.Drop) {
        return verdict;
      }
    }
    return new Verdict.Keep();
  }

  private static Map<String, ToDoubleFunction<Page>> merge(
      Stream<Map<String, ToDoubleFunction<Page>>> families) {
    var all = new LinkedHashMap<String, ToDoubleFunction<Page>>();
    families.forEach(all::putAll);
    return all;
  }
}
