package dev.neostream.clean.language;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/**
 * Identifies the language of a text.
 *
 * <p>Chinese, Japanese and Korean are told by their scripts: a text is in one of them when its
 * script holds at least {@link #SCRIPT_SHARE} of the words ({@link ScriptHistogram}), Japanese when
 * kana are at least a tenth of Han and kana. The score is {@code share / (share + SCRIPT_SHARE)}:
 * 0.5 at the threshold, 0.91 for a text in that script only. So Chinese comments among English
 * identifiers are Chinese, where a model of character n-grams sees bad English.
 *
 * <p>Everything else is judged by OpenNLP's model (character 1- to 3-grams, 103 languages) from the
 * first {@link #MODEL_CODE_POINTS} code points; the score is the model's probability.
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

  static final double KANA_SHARE = 0.1;

  static final int MODEL_CODE_POINTS = 2000;

  /** Codes of the model that {@link Locale} does not relate to a two-letter code. */
  private static final Map<String, String> INDIVIDUAL_LANGUAGES =
      Map.of(
          "cmn", "zh", "ekk", "et", "lvs", "lv", "nob", "no", "pes", "fa", "plt", "mg", "pnb", "pa",
          "zlm", "ms");

  private static final Map<String, String> CODES = codes();

  private final LanguageDetectorME model = new LanguageDetectorME(Model.SHARED);

  /** Returns the language of a text; {@link Language#UNDETERMINED} if it has no letters. */
  public Language identify(String text) {
    ScriptHistogram scripts = ScriptHistogram.of(text);
    if (scripts.total() == 0) {
      return Language.UNDETERMINED;
    }
    double hanAndKana = scripts.han() + scripts.kana();
    double share = Math.max(hanAndKana, scripts.hangul()) / scripts.total();
    if (share < SCRIPT_SHARE) {
      return model(text);
    }
    float score = (float) (share / (share + SCRIPT_SHARE));
    if (scripts.hangul() > hanAndKana) {
      return new Language("ko", score);
    }
    return new Language(scripts.kana() >= KANA_SHARE * hanAndKana ? "ja" : "zh", score);
  }

  private Language model(String text) {
    int end =
        text.length() <= MODEL_CODE_POINTS
            ? text.length()
            : text.offsetByCodePoints(
                0, Math.min(MODEL_CODE_POINTS, text.codePointCount(0, text.length())));
    opennlp.tools.langdetect.Language best = model.predictLanguage(text.substring(0, end));
    String code = CODES.getOrDefault(best.getLang(), best.getLang());
    return new Language(code, (float) Math.min(1, best.getConfidence()));
  }

  private static Map<String, String> codes() {
    var codes = new HashMap<>(INDIVIDUAL_LANGUAGES);
    for (String code : Locale.getISOLanguages()) {
      codes.put(new Locale(code).getISO3Language(), code);
    }
    return Map.copyOf(codes);
  }

  /** Loads the model on first use. */
  private static final class Model {
    static final LanguageDetectorModel SHARED = load();

    private static LanguageDetectorModel load() {
      String name = "/langdetect-183.bin";
      try (InputStream in = LanguageIdentifier.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(
              "the class path must hold opennlp-models-langdetect: resource=" + name);
        }
        return new LanguageDetectorModel(in);
      } catch (IOException e) {
        throw new UncheckedIOException("language model must be readable: resource=" + name, e);
      }
    }
  }
}
