package dev.neostream.ops.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of tokens as users write them, and the steps that take them. */
public final class StepCount {

  private static final Pattern TOKENS = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([kMBT]?)");
  private static final Pattern PERCENT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(%?)");
  private static final String UNITS = "kMBT";

  private StepCount() {}

  /**
   * Returns a number of tokens.
   *
   * @param given such as {@code 40000}, {@code 300M} or {@code 2.5B}
   * @throws IllegalArgumentException if it is none above 0 that fits 64 bits
   */
  public static long tokens(String given) {
    Matcher parts = TOKENS.matcher(given);
    if (parts.matches()) {
      int thousands = parts.group(2).isEmpty() ? 0 : 1 + UNITS.indexOf(parts.group(2));
      BigDecimal tokens =
          new BigDecimal(parts.group(1))
              .movePointRight(3 * thousands)
              .setScale(0, RoundingMode.HALF_UP);
      if (tokens.signum() > 0 && tokens.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
        return tokens.longValueExact();
      }
    }
    throw new IllegalArgumentException(
        "tokens must be a number above 0 with k, M, B, T or none, such as 2.5B: tokens=" + given);
  }

  /** Returns the number of steps that comes nearest to a number of tokens, half up. */
  public static long steps(long tokens, long tokensAStep) {
    return tokens / tokensAStep + (2 * (tokens % tokensAStep) >= tokensAStep ? 1 : 0);
  }

  /**
   * Returns the number of steps in {@code 500}, or in {@code 20%} of a total, to the nearest step.
   *
   * @throws IllegalArgumentException if it is neither, or less than one step
   */
  public static long stepsOrPercent(String given, long total) {
    Matcher parts = PERCENT.matcher(given);
    if (parts.matches()) {
      BigDecimal number = new BigDecimal(parts.group(1));
      BigDecimal steps =
          parts.group(2).isEmpty()
              ? number
              : number.multiply(BigDecimal.valueOf(total)).movePointLeft(2);
      steps = parts.group(2).isEmpty() ? steps : steps.setScale(0, RoundingMode.HALF_UP);
      if (steps.signum() > 0
          && steps.stripTrailingZeros().scale() <= 0
          && steps.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
        return steps.longValueExact();
      }
    }
    throw new IllegalArgumentException(
        "a length must be a whole number of steps above 0, or a percentage such as 20%: given="
            + given
            + ", steps="
            + total);
  }
}
