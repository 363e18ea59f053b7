package dev.neostream.trainer.node;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a launcher tells ranks to make them go on in another ring: {@code ring 3 of 4 ranks}.
 *
 * @param generation number of the ring, higher than that of every earlier one
 * @param ranks how many are in it: of those that run, the ones from this number on end
 */
public record RingWord(int generation, int ranks) {

  static final String BEGIN = "ring ";

  private static final Pattern LINE = Pattern.compile(BEGIN + "(\\d+) of (\\d+) ranks");

  /** Returns it as a line of a rank's standard input. */
  public String line() {
    return BEGIN + generation + " of " + ranks + " ranks";
  }

  /**
   * @throws IllegalArgumentException if {@link #line} does not write it so
   */
  static RingWord read(String line) {
    Matcher word = LINE.matcher(line);
    if (!word.matches()) {
      throw new IllegalArgumentException(
          "a ring must be told as `ring N of N ranks`: line=" + line);
    }
    return new RingWord(Integer.parseInt(word.group(1)), Integer.parseInt(word.group(2)));
  }
}
