package dev.neostream.clean;

import dev.neostream.clean.charset.TextDecoder;
import dev.neostream.clean.domain.DomainRule;
import dev.neostream.clean.html.HtmlLimitException;
import dev.neostream.clean.html.MainText;
import dev.neostream.clean.language.FastTextModel;
import dev.neostream.clean.language.Language;
import dev.neostream.clean.language.LanguageIdentifier;
import dev.neostream.clean.mime.MimeSniffer;
import dev.neostream.clean.pii.PiiMasker;
import dev.neostream.clean.quality.QualityModel;
import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Profile;
import dev.neostream.clean.rule.Verdict;
import dev.neostream.clean.text.Signals;
import dev.neostream.clean.url.BlockLists;
import dev.neostream.clean.url.PublishedBlockList;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Cleans documents: bytes to main text, language, rules.
 *
 * <p>Reasons for rejection besides the rules':
 *
 * <pre>
 * url.blocked           on a block list; the value is category and entry
 * extract.size          more than MAX_BYTES bytes, or more than MAX_TEXT_BYTES of text
 * extract.media_type    neither HTML, plain text, Markdown nor source code
 * extract.binary        an image, a PDF, an archive or other bytes that are no text; the value is
 *                       their media type
 * extract.html          more elements or deeper nesting than any page has
 * extract.empty         no text, or fewer than MIN_CHARACTERS characters but white space
 * language.unsupported  a language the profile has no rules for
 * quality.score         the quality model's score is too low
 * clean.failed          an exception, or too deep a recursion; the value is its class and message
 * </pre>
 *
 * <p>Deterministic: equal documents give equal results. Not thread-safe: one instance a thread.
 */
public final class Cleaner {

  /** Larger documents are rejected unread. */
  static final int MAX_BYTES = 16 << 20;

  /** Longer texts are rejected unjudged: no rule set keeps them. */
  static final int MAX_TEXT_BYTES = 4 << 20;

  /** Shorter texts are empty pages, whatever their language: no rule set keeps them. */
  static final int MIN_CHARACTERS = 20;

  private static final String EXTRACTOR = "extract-5";
  private static final Set<String> HTML = Set.of("text/html", "application/xhtml+xml");
  private static final Set<String> TEXT = Set.of("text/plain", "text/markdown");
  private static final String CODE = "code";
  private static final String SOURCE_CODE = "text/x-";

  private final CleanConfig config;
  private final Profile profile;
  private final Optional<Profile> shadow;
  private final Optional<BlockLists> blockLists;
  private final Optional<PublishedBlockList> publishedBlockList;
  private final Optional<QualityModel> quality;
  private final LanguageIdentifier languages;
  private final Optional<PiiMasker> masker;
  private TextDecoder decoder = new TextDecoder();
  private MainText mainText = new MainText();
  private Signals signals = new Signals();

  /** A text on its way, or why there is none. */
  private record Text(byte[] utf8, Rejection rejection) {}

  /**
   * @throws IllegalArgumentException if a profile is wrong or a category does not exist
   * @throws UncheckedIOException if a model or list cannot be read
   */
  public Cleaner(CleanConfig config) {
    this(config, Profile.parse(config.profile(), "profile"));
  }

  /** The same with a profile that may not come from text. */
  Cleaner(CleanConfig config, Profile profile) {
    this.config = config;
    this.profile = profile;
    shadow =
        config.shadow().isEmpty()
            ? Optional.empty()
            : Optional.of(Profile.parse(config.shadow(), "shadow profile"));
    try {
      languages =
          config.languageModel().isEmpty()
              ? new LanguageIdentifier()
              : new LanguageIdentifier(FastTextModel.load(Path.of(config.languageModel())));
      boolean published = config.blockCategories().equals(List.of(CleanConfig.PUBLISHED));
      boolean listed = !config.blockLists().isEmpty();
      blockLists =
          listed && !published
              ? Optional.of(
                  BlockLists.load(
                      Path.of(config.blockLists()),
                      new HashSet<>(config.blockCategories()),
                      new HashSet<>(config.allowCategories())))
              : Optional.empty();
      publishedBlockList =
          listed && published
              ? Optional.of(PublishedBlockList.load(Path.of(config.blockLists())))
              : Optional.empty();
      quality =
          config.qualityModel().isEmpty()
              ? Optional.empty()
              : Optional.of(QualityModel.load(Path.of(config.qualityModel())));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    masker = config.maskPii() ? Optional.of(new PiiMasker()) : Optional.empty();
  }

  private Cleaner(Cleaner other) {
    config = other.config;
    profile = other.profile;
    shadow = other.shadow;
    blockLists = other.blockLists;
    publishedBlockList = other.publishedBlockList;
    quality = other.quality.map(QualityModel::copy);
    languages = other.languages.copy();
    masker = other.masker.map(m -> new PiiMasker());
  }

  /** Returns a cleaner for another thread; models and lists are shared. */
  public Cleaner copy() {
    return new Cleaner(this);
  }

  /** Returns a cleaner with {@link Profile#recommended()}. */
  public static Cleaner recommended() {
    return new Cleaner(CleanConfig.of(Profile.recommended()));
  }

  /**
   * Returns the version of what decides about documents: extractor, language identification and
   * rules. It changes when the result for any document may change.
   */
  public String version() {
    return EXTRACTOR + "/" + languages.version() + "/rules-" + profile.version();
  }

  /** Names of the fields of a record, beyond those of every envelope, that decide about it. */
  public Set<String> fields() {
    return config.fields();
  }

  /** Version of the profile that decides. */
  public String profileVersion() {
    return profile.version();
  }

  /** Version of the shadow profile; empty without one. */
  public String shadowVersion() {
    return shadow.map(Profile::version).orElse("");
  }

  /**
   * Returns the document as clean text, or why not. Never throws an exception; a document that
   * overflows the stack is rejected, other errors of the virtual machine pass through, as they may
   * be any thread's. The raw document is not changed.
   *
   * <p>The domain is that of the first rule that holds. Without one, a domain that the document
   * already has stays; otherwise source code ({@code text/x-*}) goes to {@code code} and everything
   * else to its language's web domain. Source code is judged by the rules for code and has the name
   * in its media type as language.
   */
  public Cleaned clean(Envelope raw) {
    try {
      Optional<Rejection> blocked = blocked(raw.url);
      if (blocked.isPresent()) {
        return rejected(blocked.get(), raw.domain);
      }
      Text text = text(raw);
      return text.rejection == null ? judge(raw, text.utf8) : rejected(text.rejection, raw.domain);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return failed(raw, e);
    }
  }

  /** Returns the document's main text without judging it, or why there is none. */
  public Cleaned extract(Envelope raw) {
    return extract(raw, false);
  }

  /** Returns the same with the text's language and domain. */
  public Cleaned identify(Envelope raw) {
    return extract(raw, true);
  }

  private Cleaned extract(Envelope raw, boolean identified) {
    try {
      Text text = text(raw);
      if (text.rejection != null) {
        return rejected(text.rejection, raw.domain);
      }
      Envelope document = raw.withText(text.utf8);
      if (identified) {
        identify(document, raw, language(raw, text.utf8));
      }
      return new Cleaned.Clean(document, Optional.empty(), Cleaned.Masks.NONE);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return failed(raw, e);
    }
  }

  private void identify(Envelope document, Envelope raw, Language language) {
    document.language = language.code();
    document.languageScore = language.score();
    document.domain = domain(raw, language);
  }

  /** Returns everything that {@link #clean} looks at, without stopping at the first failure. */
  public Explanation explain(Envelope raw) {
    Cleaned outcome = clean(raw);
    try {
      Text text = text(raw);
      if (text.rejection == null) {
        return explain(raw, text.utf8, outcome);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // The outcome says clean.failed with the exception.
      return new Explanation(outcome, "", 0, "", "", List.of());
    }
    return new Explanation(outcome, "", 0, "", "", List.of());
  }

  private Explanation explain(Envelope raw, byte[] text, Cleaned outcome) {
    Language language = language(raw, text);
    Optional<String> kind = kind(profile, raw, language);
    return new Explanation(
        outcome,
        language.code(),
        language.score(),
        kind.orElse(""),
        new String(text, StandardCharsets.UTF_8),
        kind.map(k -> profile.explain(k, page(raw, language, text))).orElse(List.of()));
  }

  private Optional<Rejection> blocked(String url) {
    return blockLists
        .flatMap(lists -> lists.match(url))
        .map(
            match ->
                new Rejection(
                    "url.blocked", match.category() + " " + match.entry(), "on no block list"));
  }

  /** The original looks Chinese documents up only. */
  private Optional<Rejection> blockedAsPublished(Envelope raw, Language language) {
    if (publishedBlockList.isEmpty() || !kind(profile, raw, language).equals(Optional.of("zh"))) {
      return Optional.empty();
    }
    return publishedBlockList
        .get()
        .match(raw.url)
        .map(entry -> new Rejection("url.blocked", entry, "on no block list"));
  }

  private Text text(Envelope raw) {
    if (raw.body.length > MAX_BYTES) {
      return none("extract.size", Integer.toString(raw.body.length), "<= " + MAX_BYTES);
    }
    boolean html = HTML.contains(raw.mediaType);
    if (!html && !isCode(raw) && !TEXT.contains(raw.mediaType)) {
      return none("extract.media_type", raw.mediaType, "HTML, plain text, Markdown, text/x-*");
    }
    Optional<String> binary = MimeSniffer.binaryType(raw.body);
    if (binary.isPresent()) {
      return none("extract.binary", binary.get(), "text");
    }
    byte[] text = decoder.decode(raw.body, raw.charset, html);
    if (html) {
      try {
        text = mainText.extract(text);
      } catch (HtmlLimitException e) {
        return none("extract.html", e.getMessage(), "within the limits of the parser");
      }
    }
    if (text.length > MAX_TEXT_BYTES) {
      return none("extract.size", Integer.toString(text.length), "<= " + MAX_TEXT_BYTES);
    }
    int characters = charactersUpTo(text, MIN_CHARACTERS);
    return characters < MIN_CHARACTERS
        ? none("extract.empty", Integer.toString(characters), ">= " + MIN_CHARACTERS)
        : new Text(text, null);
  }

  private String domain(Envelope raw, Language language) {
    for (DomainRule rule : config.domains()) {
      if (rule.holds(raw, language.code())) {
        return rule.domain();
      }
    }
    return !raw.domain.isEmpty() ? raw.domain : isCode(raw) ? CODE : language.code() + ".web";
  }

  private Cleaned judge(Envelope raw, byte[] text) {
    Language language = language(raw, text);
    String domain = domain(raw, language);
    Optional<Rejection> blocked = blockedAsPublished(raw, language);
    if (blocked.isPresent()) {
      return new Cleaned.Rejected(blocked.get(), language.code(), domain, Optional.empty());
    }
    Page page = page(raw, language, text);
    // Quality does not depend on the profile; it is asked when one of them would keep the page.
    Optional<Optional<Rejection>> byShadow =
        shadow.map(profile -> judge(profile, raw, language, page));
    // The deciding profile last: a page keeps the text as the last profile has left it.
    Optional<Rejection> byRules = judge(profile, raw, language, page);
    float score =
        quality.isPresent()
                && (byRules.isEmpty() || byShadow.isPresent() && byShadow.get().isEmpty())
            ? quality.get().score(page.utf8())
            : Float.NaN;
    Optional<Rejection> lowQuality = lowQuality(score);
    Optional<Rejection> rejection = byRules.or(() -> lowQuality);
    Optional<Cleaned.Shadow> other =
        byShadow.map(verdict -> new Cleaned.Shadow(verdict.or(() -> lowQuality)));
    if (rejection.isPresent()) {
      return new Cleaned.Rejected(rejection.get(), language.code(), domain, other);
    }
    byte[] kept = page.utf8();
    var masks = Cleaned.Masks.NONE;
    if (masker.isPresent()) {
      PiiMasker.Masked masked = masker.get().mask(kept);
      kept = masked.text();
      masks = new Cleaned.Masks(masked.emails(), masked.addresses(), masked.phones());
    }
    Envelope clean = raw.withText(kept);
    identify(clean, raw, language);
    clean.quality = score;
    return new Cleaned.Clean(clean, other, masks);
  }

  private Optional<Rejection> judge(Profile profile, Envelope raw, Language language, Page page) {
    Optional<String> kind = kind(profile, raw, language);
    if (kind.isEmpty()) {
      return Optional.of(
          new Rejection(
              "language.unsupported",
              language.code(),
              profile.kinds().stream()
                  .filter(other -> !other.equals(CODE))
                  .collect(Collectors.joining(", "))));
    }
    return profile.judge(kind.get(), page) instanceof Verdict.Drop drop
        ? Optional.of(drop.rejection())
        : Optional.empty();
  }

  /** Returns why a score is too low; NaN, for a document that was not scored, never is. */
  private Optional<Rejection> lowQuality(float score) {
    return score < config.minQuality()
        ? Optional.of(
            new Rejection("quality.score", Float.toString(score), ">= " + config.minQuality()))
        : Optional.empty();
  }

  /** Returns the kind of page a profile takes the document for. */
  private Optional<String> kind(Profile profile, Envelope raw, Language language) {
    boolean forced = !config.language().equals(CleanConfig.AUTO) && !isCode(raw);
    return profile.kindOf(forced ? config.language() : language.code(), isCode(raw));
  }

  private Language language(Envelope raw, byte[] text) {
    return isCode(raw)
        ? new Language(programmingLanguage(raw.mediaType), 1)
        : languages.identify(text);
  }

  private Page page(Envelope raw, Language language, byte[] text) {
    return new Page(text, language.code(), language.score(), raw.url, signals);
  }

  private static boolean isCode(Envelope raw) {
    return raw.mediaType.startsWith(SOURCE_CODE);
  }

  /** Returns {@code java} for {@code text/x-java-source} and {@code text/x-java}. */
  private static String programmingLanguage(String mediaType) {
    String name = mediaType.substring(SOURCE_CODE.length());
    return name.endsWith("-source") ? name.substring(0, name.length() - "-source".length()) : name;
  }

  /** Counts characters other than ASCII white space and controls, up to {@code limit}. */
  private static int charactersUpTo(byte[] utf8, int limit) {
    int characters = 0;
    for (int i = 0; i < utf8.length && characters < limit; i++) {
      // Continuation bytes are 0x80 to 0xbf, -128 to -65 as signed bytes.
      characters += utf8[i] > ' ' || utf8[i] < -64 ? 1 : 0;
    }
    return characters;
  }

  private static Text none(String reason, String value, String threshold) {
    return new Text(null, new Rejection(reason, value, threshold));
  }

  /** What a failure left half done must not reach the next document. */
  private Cleaned failed(Envelope raw, Throwable e) {
    decoder = new TextDecoder();
    mainText = new MainText();
    signals = new Signals();
    return rejected(new Rejection("clean.failed", e.toString(), "no exception"), raw.domain);
  }

  private static Cleaned rejected(Rejection rejection, String domain) {
    return new Cleaned.Rejected(rejection, "", domain, Optional.empty());
  }
}
