package dev.neostream.clean.language;

/**
 * The language of a text.
 *
 * @param code ISO 639-1 code, or ISO 639-3 where there is no shorter one; {@code und} for a text
 *     without letters
 * @param score confidence of the label, 0 to 1
 */
public record Language(String code, float score) {

  /** Returned for a text without letters. */
  public static final Language UNDETERMINED = new Language("und", 0);

  public Language {
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("score must be in 0..1: score=" + score);
    }
  }
}
