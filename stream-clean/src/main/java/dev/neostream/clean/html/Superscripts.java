package dev.neostream.clean.html;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Writes raised and lowered numbers so that they do not run into the number or word before them:
 * 10<sup>6</sup> is no 106, and 3<sup>1</sup>/<sub>2</sub> no 31/2.
 *
 * <p>Numbers become Unicode superscripts, which are right for powers, units and footnotes alike;
 * other exponents are written with a circumflex. What belongs to its word (1st, H2O) stays as it
 * is.
 */
final class Superscripts {

  private static final int LONGEST = 64;

  private static final Pattern NUMBER = Pattern.compile("[-+\u2212(]?[0-9n][0-9n+\u2212=()-]*");
  private static final Pattern TERM = Pattern.compile("[A-Za-z0-9]+([-+\u2212*/][A-Za-z0-9]+)+");
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  private static final String PLAIN = "0123456789+-\u2212=()n";
  private static final String RAISED =
      "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
          + "\u207a\u207b\u207b\u207c\u207d\u207e\u207f";

  private Superscripts() {}

  /**
   * Returns what stands for a raised text; empty if it stays as it is.
   *
   * @param before last byte of what it is attached to
   */
  static String raised(byte[] html, int from, int to, byte before) {
    String text = text(html, from, to);
    if (NUMBER.matcher(text).matches()) {
      var raised = new StringBuilder();
      text.chars().forEach(c -> raised.append(RAISED.charAt(PLAIN.indexOf(c))));
      return raised.toString();
    }
    if (TERM.matcher(text).matches()) {
      return "^(" + text + ")";
    }
    boolean letter = text.length() == 1 && Name.isLetter(text.charAt(0));
    return letter && before >= '0' && before <= '9' ? "^" + text : "";
  }

  /**
   * Returns what stands for a lowered text; empty unless it is the denominator of a fraction.
   *
   * @param written what it is attached to
   */
  static String lowered(byte[] html, int from, int to, byte[] written, int length) {
    String text = text(html, from, to);
    boolean slash = written[length - 1] == '/';
    boolean fractionSlash =
        length > 2
            && written[length - 3] == (byte) 0xe2
            && written[length - 2] == (byte) 0x81
            && written[length - 1] == (byte) 0x84;
    if (!slash && !fractionSlash || !DIGITS.matcher(text).matches()) {
      return "";
    }
    var lowered = new StringBuilder();
    text.chars().forEach(c -> lowered.append((char) ('\u2080' + c - '0')));
    return lowered.toString();
  }

  private static String text(byte[] html, int from, int to) {
    return to - from > LONGEST
        ? ""
        : new String(html, from, to - from, StandardCharsets.UTF_8)
            .replace("&minus;", "\u2212")
            .strip();
  }
}
