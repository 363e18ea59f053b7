package dev.neostream.ops.eval;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression of a task file, as {@link Pattern} has them. */
record Expression(Pattern compiled) {

  /**
   * @throws IllegalArgumentException if it is none
   */
  @JsonCreator
  static Expression parse(String pattern) {
    try {
      return new Expression(Pattern.compile(pattern));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "it must be a regular expression: " + pattern + ": " + e.getDescription(), e);
    }
  }

  /** Returns it as it was written. */
  String pattern() {
    return compiled.pattern();
  }
}
