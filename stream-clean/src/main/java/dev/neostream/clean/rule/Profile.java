package dev.neostream.clean.rule;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which rules, with which thresholds, each kind of page is judged by; read from YAML:
 *
 * <pre>
 * version: mine-3                # names the profile wherever it decides
 * description: for whom          # optional
 * other_languages: reject        # or the kind that judges them, e.g. en; reject if left out
 * kinds:                         # a language's ISO code, or code
 *   en:
 *     rules:                     # in this order; the first that fails decides
 *       language.score: {min: 0.4}
 *       gopher.word_count: {min: 50, max: 100000}
 *       gopher.symbol_to_word: {below: 0.1}
 *       c4.lines: apply          # an edit: for the rules after it and for the output
 * </pre>
 *
 * <p>{@code min} and {@code max} are allowed values themselves, {@code above} and {@code below} are
 * not. Cheap rules and those that bound the work of others come first. Immutable; to send a profile
 * elsewhere, send {@link #yaml} and {@link #parse} it there.
 */
public final class Profile {

  /** Profiles that come with the program. */
  public static final List<String> NAMES =
      List.of("recommended", "published", "fineweb", "documentation");

  private final String yaml;
  private final String version;
  private final String otherLanguages;
  private final Map<String, List<Rule>> kinds;

  /**
   * @param otherLanguages kind that judges languages without rules of their own; empty for none
   */
  Profile(
      String yaml, String version, String otherLanguages, LinkedHashMap<String, List<Rule>> kinds) {
    this.yaml = yaml;
    this.version = version;
    this.otherLanguages = otherLanguages;
    this.kinds = kinds;
  }

  /** Returns the published rules in their corrected form; RATIONALE lists where they differ. */
  public static Profile recommended() {
    return named("recommended");
  }

  /**
   * Returns one of {@link #NAMES}.
   *
   * @throws IllegalArgumentException if there is no such profile
   */
  public static Profile named(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException("profile must be one of " + NAMES + ": profile=" + name);
    }
    String resource = name + ".yaml";
    try (InputStream in = Profile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "the class path must hold the profile: resource=" + resource);
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), resource);
    } catch (IOException e) {
      throw new UncheckedIOException("profile must be readable: resource=" + resource, e);
    }
  }

  /**
   * Returns the profile in a YAML document.
   *
   * @param place where the text is from, for messages
   * @throws IllegalArgumentException naming every problem at once with place and line: unknown keys
   *     and rules (with the nearest that exists), wrong types, ranges that no value or every value
   *     satisfies
   */
  public static Profile parse(String yaml, String place) {
    return new ProfileParser(yaml, place).parse();
  }

  /** Returns the name and number of the profile, part of {@code Cleaner.version()}. */
  public String version() {
    return version;
  }

  /** Returns the text this profile was read from. */
  public String yaml() {
    return yaml;
  }

  /** Returns the kinds of page there are rules for, in the order of the text. */
  public Set<String> kinds() {
    return kinds.keySet();
  }

  /**
   * Returns the kind that judges a page; empty if the profile has no rules for it.
   *
   * @param language ISO code of its language
   * @param code whether it is source code, whose language does not matter
   */
  public Optional<String> kindOf(String language, boolean code) {
    String kind = code ? "code" : language;
    if (kinds.containsKey(kind)) {
      return Optional.of(kind);
    }
    return code || otherLanguages.isEmpty() ? Optional.empty() : Optional.of(otherLanguages);
  }

  /**
   * Returns the rules of a kind of page, in order.
   *
   * @throws IllegalArgumentException if there are none
   */
  public List<Rule> rules(String kind) {
    List<Rule> rules = kinds.get(kind);
    if (rules == null) {
      throw new IllegalArgumentException(
          "kind must be one of " + kinds.keySet() + ": kind=" + kind + ", version=" + version);
    }
    return rules;
  }

  /**
   * Returns Keep, or the Drop of the first rule that fails. Edits by an earlier judgement are
   * undone first, so several profiles can judge a page in turn and share its signals; the page
   * keeps the text as this one left it.
   *
   * @throws IllegalArgumentException if there are no rules for the kind
   */
  public Verdict judge(String kind, Page page) {
    page.restore();
    for (Rule rule : rules(kind)) {
      Verdict verdict = rule.judge(page);
      if (verdict instanceof Verdict.Drop) {
        return verdict;
      }
    }
    return Verdict.KEEP;
  }

  /**
   * Returns what every rule finds, whether or not one before it failed; {@link #judge} decides by
   * the first that did not pass.
   *
   * @throws IllegalArgumentException if there are no rules for the kind
   */
  public List<Finding> explain(String kind, Page page) {
    page.restore();
    var findings = new ArrayList<Finding>();
    for (Rule rule : rules(kind)) {
      findings.add(rule.explain(page));
    }
    return findings;
  }
}
