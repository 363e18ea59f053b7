package dev.neostream.clean.language;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * Identifies the language of a text.
 *
 * <p>The script decides first. Chinese, Japanese and Korean: a text is in one of them when its
 * script holds at least {@link #SCRIPT_SHARE} of the words ({@link ScriptHistogram}). Han alone
 * does not say which: it is Korean when Hangul is at least {@link #HANGUL_SHARE} of these words,
 * Japanese when kana are at least {@link #KANA_SHARE} of Han and kana, or when there are kana and
 * of the characters that only one of Chinese and Japanese writes ({@link HanUse}) no more are
 * Chinese. The score is {@code share / (share + SCRIPT_SHARE)}: 0.5 at the threshold, 0.91 for a
 * text in that script only. So Chinese comments among English identifiers are Chinese, where a
 * model of character n-grams sees bad English.
 *
 * <p>A text in another language that quotes them is not in them: if most of that script stands on
 * lines with twice as many other words, it holds less than {@link #OTHER_SHARE} of the words, and
 * the model knows the language of the others ({@link #QUOTING_SCORE}), that is the language.
 *
 * <p>Otherwise the script is the most frequent one besides Latin if it holds {@link #OTHER_SHARE}
 * of the words, else Latin. Scripts of one language name it, with the share as score. For Latin,
 * Cyrillic, Arabic and Devanagari {@link LanguageModel} judges the words of that script within the
 * first {@link #MODEL_CODE_POINTS} code points; the score is the model's probability times the
 * share. Lists of identifiers are {@code zxx} (ISO 639-2, no linguistic content).
 *
 * <p>With a {@link FastTextModel} that model judges all texts except Chinese, Japanese and Korean
 * ones.
 *
 * <p>Deterministic. Not thread-safe: one instance a thread; the model is loaded once and shared.
 */
public final class LanguageIdentifier {

  /**
   * Words in a script from which a text counts as written in it. Chinese Javadoc under English
   * headings holds 0.17 to 0.57 (quartile to 95th percentile of hutool's class pages), three
   * archives of English Javadoc at most 0.0005; see README.
   */
  static final double SCRIPT_SHARE = 0.1;

  /** Running Japanese holds 0.4 to 0.6, Chinese that quotes a Japanese title 0.1. */
  static final double KANA_SHARE = 0.3;

  /** Korean law in mixed script holds 0.3 and more, Chinese that explains Korean words less. */
  static final double HANGUL_SHARE = 0.15;

  /** From here the words around are a language and not names and identifiers. */
  static final double QUOTING_SCORE = 0.5;

  /** More than Greek letters take in mathematics. */
  static final double OTHER_SHARE = 0.3;

  static final int MODEL_CODE_POINTS = 2000;

  /**
   * Labels that say nothing about the words around; a user's model may give the East Asian ones.
   */
  private static final Set<String> NOT_QUOTING = Set.of("zh", "ja", "ko", "zxx", "und");

  private static final String VERSION = "lang-3";

  private final FastTextModel fastText;
  private final LanguageModel model;
  private final ScriptHistogram scripts = new ScriptHistogram();
  private final NGrams features = new NGrams();
  private final float[] hidden = new float[LanguageModel.DIM];
  private final float[] probabilities;

  /** Uses the model that comes with this module. */
  public LanguageIdentifier() {
    this(null, Model.SHARED);
  }

  /** Uses a model trained by fastText, such as lid.176 or GlotLID. */
  public LanguageIdentifier(FastTextModel fastText) {
    this(fastText, Model.SHARED);
  }

  private LanguageIdentifier(FastTextModel fastText, LanguageModel model) {
    this.fastText = fastText;
    this.model = model;
    probabilities = new float[model.codes.length];
  }

  /** Returns an identifier for another thread; the model is shared. */
  public LanguageIdentifier copy() {
    return new LanguageIdentifier(fastText == null ? null : fastText.copy(), model);
  }

  /** Returns the version of what decides: this class's, with the fingerprint of a user's model. */
  public String version() {
    return fastText == null ? VERSION : VERSION + "-fasttext-" + fastText.fingerprint();
  }

  /**
   * Returns the language of a text; {@link Language#UNDETERMINED} if it has no letters.
   *
   * @param utf8 well-formed UTF-8
   */
  public Language identify(byte[] utf8) {
    scripts.count(utf8);
    double total = scripts.total();
    if (total == 0) {
      return Language.UNDETERMINED;
    }
    double kana = scripts.words(Script.KANA);
    double hanAndKana = scripts.words(Script.HAN) + kana;
    double hangul = scripts.words(Script.HANGUL);
    double eastAsian = hanAndKana + hangul;
    double share = eastAsian / total;
    if (share < SCRIPT_SHARE) {
      return other(utf8);
    }
    if (share < OTHER_SHARE && scripts.quoted() > eastAsian / 2) {
      Language language = other(utf8);
      if (language.score() >= QUOTING_SCORE && !NOT_QUOTING.contains(language.code())) {
        return language;
      }
    }
    boolean japanese =
        kana >= KANA_SHARE * hanAndKana
            || kana > 0 && scripts.han(HanUse.JAPANESE) >= scripts.han(HanUse.CHINESE);
    String code = hangul >= HANGUL_SHARE * eastAsian ? "ko" : japanese ? "ja" : "zh";
    return new Language(code, (float) (share / (share + SCRIPT_SHARE)));
  }

  private Language other(byte[] utf8) {
    return fastText == null ? model(utf8) : fastText.predict(utf8);
  }

  private Language model(byte[] utf8) {
    Script script = script();
    double share = scripts.words(script) / scripts.total();
    if (script.language != null) {
      return new Language(script.language, (float) share);
    }
    features.collect(utf8, script, MODEL_CODE_POINTS);
    int best = model.predict(features, script, hidden, probabilities);
    return best < 0
        ? Language.UNDETERMINED
        : new Language(model.codes[best], (float) (probabilities[best] * share));
  }

  private Script script() {
    Script script = Script.OTHER;
    for (Script s : Script.ALL) {
      if (s != Script.LATIN && scripts.words(s) > scripts.words(script)) {
        script = s;
      }
    }
    boolean other = scripts.words(script) >= OTHER_SHARE * scripts.total();
    return other || scripts.words(Script.LATIN) == 0 ? script : Script.LATIN;
  }

  /** Loads the model on first use. */
  private static final class Model {
    static final LanguageModel SHARED = load();

    private static LanguageModel load() {
      String name = "language.model";
      try (InputStream in = LanguageIdentifier.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("class path must hold the model: resource=" + name);
        }
        return LanguageModel.read(in);
      } catch (IOException e) {
        throw new UncheckedIOException("language model must be readable: resource=" + name, e);
      }
    }
  }
}
