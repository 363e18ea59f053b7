package dev.neostream.clean;

import dev.neostream.clean.charset.TextDecoder;
import dev.neostream.clean.html.MainText;
import dev.neostream.clean.language.Language;
import dev.neostream.clean.language.LanguageIdentifier;
import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.RuleSet;
import dev.neostream.clean.rule.Verdict;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Cleans documents: bytes to main text, language, quality rules.
 *
 * <p>Reasons for rejection besides the rules':
 *
 * <pre>
 * extract.size          more than MAX_BYTES bytes
 * extract.media_type    neither HTML, plain text, Markdown nor source code
 * extract.empty         no text, or fewer than MIN_CHARACTERS characters but white space
 * language.unsupported  label not among LANGUAGES
 * language.score        label supported, score below MIN_LANGUAGE_SCORE
 * clean.failed          an exception; the value is its class and message
 * </pre>
 *
 * <p>Deterministic: equal documents give equal results. Not thread-safe: one instance a thread.
 */
public final class Cleaner {

  /**
   * Larger documents are rejected unread. A page of this size that is nothing but tags needs
   * between 300 and 600 MB of heap and three seconds; no rule set keeps a text this long.
   */
  static final int MAX_BYTES = 4 << 20;

  /** Shorter texts are empty pages, whatever their language: no rule set keeps them. */
  static final int MIN_CHARACTERS = 20;

  /** Languages with rules; a domain {@code <language>.web} each. */
  static final Set<String> LANGUAGES = Set.of("en", "zh");

  /** MAP-Neo's threshold; unlike there the label is looked at too. */
  static final float MIN_LANGUAGE_SCORE = 0.4f;

  private static final Set<String> HTML = Set.of("text/html", "application/xhtml+xml");
  private static final Set<String> TEXT = Set.of("text/plain", "text/markdown");
  private static final String CODE = "code";
  private static final String SOURCE_CODE = "text/x-";

  private final RuleSet rules;
  private final TextDecoder decoder = new TextDecoder();
  private final LanguageIdentifier languages = new LanguageIdentifier();

  /**
   * @param rules rules for {@code en}, {@code zh} and {@code code}
   */
  public Cleaner(RuleSet rules) {
    this.rules = rules;
  }

  /** Returns a cleaner with {@link RuleSet#recommended()}. */
  public static Cleaner recommended() {
    return new Cleaner(RuleSet.recommended());
  }

  /**
   * Returns the version of what decides about documents: extractor, language identification and
   * rules. It changes when the result for any document may change.
   */
  public String version() {
    return "extract-1/lang-2/rules-" + rules.version();
  }

  /**
   * Returns the document as clean text, or why not. Never throws an exception; errors of the
   * virtual machine pass through. The raw document is not changed.
   *
   * <p>A domain that the document already has stays. Otherwise source code ({@code text/x-*}) goes
   * to {@code code} and everything else to its language's web domain. Source code is judged by the
   * rules for code and has the name in its media type as language.
   */
  public Cleaned clean(Envelope raw) {
    try {
      return judge(raw);
    } catch (RuntimeException e) {
      return rejected("clean.failed", e.toString(), "no exception");
    }
  }

  private Cleaned judge(Envelope raw) {
    if (raw.body.length > MAX_BYTES) {
      return rejected("extract.size", Integer.toString(raw.body.length), "<= " + MAX_BYTES);
    }
    boolean html = HTML.contains(raw.mediaType);
    boolean code = raw.mediaType.startsWith(SOURCE_CODE);
    if (!html && !code && !TEXT.contains(raw.mediaType)) {
      return rejected("extract.media_type", raw.mediaType, "HTML, plain text, Markdown, text/x-*");
    }
    String decoded =
        new String(decoder.decode(raw.body, raw.charset, html), StandardCharsets.UTF_8);
    String text = html ? MainText.of(decoded) : decoded;
    long characters = text.chars().filter(c -> c > ' ').limit(MIN_CHARACTERS).count();
    if (characters < MIN_CHARACTERS) {
      return rejected("extract.empty", Long.toString(characters), ">= " + MIN_CHARACTERS);
    }
    Language language =
        code
            ? new Language(programmingLanguage(raw.mediaType), 1)
            : languages.identify(text.getBytes(StandardCharsets.UTF_8));
    if (!code && !LANGUAGES.contains(language.code())) {
      return rejected("language.unsupported", language.code(), "en, zh");
    }
    if (language.score() < MIN_LANGUAGE_SCORE) {
      return rejected(
          "language.score", Float.toString(language.score()), ">= " + MIN_LANGUAGE_SCORE);
    }
    Verdict verdict = rules.judge(code ? CODE : language.code(), new Page(text));
    if (verdict instanceof Verdict.Drop drop) {
      return new Cleaned.Rejected(drop.rejection());
    }
    Envelope clean = raw.withText(text);
    clean.language = language.code();
    clean.languageScore = language.score();
    if (raw.domain.isEmpty()) {
      clean.domain = code ? CODE : language.code() + ".web";
    }
    return new Cleaned.Clean(clean);
  }

  /** Returns {@code java} for {@code text/x-java-source} and {@code text/x-java}. */
  private static String programmingLanguage(String mediaType) {
    String name = mediaType.substring(SOURCE_CODE.length());
    return name.endsWith("-source") ? name.substring(0, name.length() - "-source".length()) : name;
  }

  private static Cleaned rejected(String reason, String value, String threshold) {
    return new Cleaned.Rejected(new Rejection(reason, value, threshold));
  }
}
