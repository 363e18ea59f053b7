package dev.neostream.clean.text;

import java.util.List;

/**
 * Characters that come of decoding by the wrong character set, in a text that was encoded and
 * decoded once too often:
 *
 * <pre>
 * latin  UTF-8 read as windows-1252, Latin-1 or another single-byte set   cafÃ©
 *        GBK read as Latin-1                                              ÖÐ¹ú
 * han    UTF-8 read as GBK or Shift-JIS                                   鑰佺
 *        Latin-1 read as GBK                                              fran鏰is
 * </pre>
 *
 * <p>What was UTF-8 once is UTF-8 again when the characters are encoded as they were decoded, and
 * says something then: that is how it is told from text, where it happens by chance only. What
 * cannot be decoded at all is U+FFFD, which is counted elsewhere.
 *
 * <p>Most texts have too few characters that could begin such a sequence, which the characters
 * counted already tell without looking at the text ({@link #latinBound}, {@link #hanBound}).
 */
public final class Mojibake {

  private static final List<WrongCharset> LATIN =
      List.of(
          new WrongCharset("windows-1252"),
          new WrongCharset("windows-1250"),
          new WrongCharset("windows-1251"),
          new WrongCharset("x-MacRoman"),
          new WrongCharset("IBM437"));

  private static final List<WrongCharset> HAN =
      List.of(new WrongCharset("GBK"), new WrongCharset("windows-31j"));

  private static final byte[] LATIN_WEIGHTS = weights(LATIN);
  private static final byte[] HAN_WEIGHTS = weights(HAN);

  private Characters characters;
  private byte[] utf8;

  Mojibake() {}

  /** Returns this for another text. */
  Mojibake of(Characters characters, byte[] utf8) {
    this.characters = characters;
    this.utf8 = utf8;
    return this;
  }

  /** Returns the characters that came of the single-byte set that explains most of them. */
  public int latin() {
    return most(LATIN);
  }

  /** Returns a number that {@link #latin} does not exceed. */
  public long latinBound() {
    return characters.weighed(LATIN_WEIGHTS);
  }

  /** Returns the characters that came of the multi-byte set that explains most of them. */
  public int han() {
    return most(HAN);
  }

  /** Returns a number that {@link #han} does not exceed. */
  public long hanBound() {
    return characters.weighed(HAN_WEIGHTS);
  }

  private int most(List<WrongCharset> charsets) {
    return charsets.stream().mapToInt(charset -> charset.count(utf8)).max().orElse(0);
  }

  private static byte[] weights(List<WrongCharset> charsets) {
    var weights = new byte[Character.MAX_VALUE + 1];
    charsets.forEach(charset -> charset.weigh(weights));
    return weights;
  }
}
